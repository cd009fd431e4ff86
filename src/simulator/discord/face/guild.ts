/** A guild (a server) as tests and the playground see it. */

import type { Locale } from './user.ts';

export interface SimulatedGuild {
  readonly id: string;
  readonly name: string;
  readonly locale: Locale;
  /** The role that Discord gives every bot in a guild; `<@&botRoleId>` mentions it. */
  readonly botRoleId: string;
}
