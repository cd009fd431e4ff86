/** A guild (a server) as tests and the playground see it, and what its admins do there. */

import type { PermissionName } from './permission.ts';
import type { Locale, SimulatedUser } from './user.ts';

export interface SimulatedRole {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly PermissionName[];
  /** Made by Discord for a bot: nobody can give or take it. */
  readonly isManaged: boolean;
}

export interface SimulatedGuild {
  readonly id: string;
  readonly name: string;
  /** `preferred_locale`: only a Community guild has another than `en-US`. */
  readonly locale: Locale;
  /** The role that Discord gives the bot in this guild, under the bot's own name. */
  readonly botRoleId: string;
  /** What a client writes into a message when the member picks that role, which it offers beside the bot itself. */
  readonly botRoleMention: string;
  /** `@everyone` first, under the guild's own id. */
  readonly roles: readonly SimulatedRole[];
  /** Takes permissions from the bot in the whole guild: from every role that it has, `@everyone` too. */
  deny(...permissions: readonly PermissionName[]): void;
  /** Gives permissions to the bot's own role. */
  allow(...permissions: readonly PermissionName[]): void;
  /** A role of this guild alone. @param options.botId makes it the managed role of that other bot. @returns its id. */
  createRole(
    name: string,
    options?: { readonly permissions?: readonly PermissionName[]; readonly botId?: string },
  ): string;
  /** Changes a role, `@everyone` (the guild's id) included; what is left out stays. */
  setRole(
    roleId: string,
    changes: { readonly permissions?: readonly PermissionName[]; readonly isMentionable?: boolean },
  ): void;
  /** Gives a member, the bot included, a role that the guild has. */
  giveRole(user: SimulatedUser, roleId: string): void;
  takeRole(user: SimulatedUser, roleId: string): void;
  /** The member may only look on for so long (default 60 000 ms); 0 ends it. */
  timeOut(user: SimulatedUser, forMs?: number): void;
}
