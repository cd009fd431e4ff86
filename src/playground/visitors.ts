/** Everybody who ever came to this run of the playground. */
import { randomUUID } from 'node:crypto';
import type { SimulatedDiscord } from '../simulator/discord/discord.ts';
import { toLocale } from './to-wire.ts';
import type { Visitor } from './visitor.ts';
import type { Language, ToServer } from './wire.ts';
import { pickName } from './world.ts';

export class Visitors {
  readonly #discord: SimulatedDiscord;
  readonly #bySecret = new Map<string, Visitor>();

  constructor(discord: SimulatedDiscord) {
    this.#discord = discord;
  }

  get all(): readonly Visitor[] {
    return [...this.#bySecret.values()];
  }

  /** Who shows a secret of this run is that member again; anybody else becomes one. */
  join({ secret, name, language }: ToServer & { type: 'join' }): Visitor {
    const known = secret === null ? undefined : this.#bySecret.get(secret);
    if (known) {
      // It may have been chosen while there was no connection, or in another window.
      this.change(known, known.user.displayName, language);
      return known;
    }
    const taken = this.all.map(({ user }) => user.displayName);
    const displayName = name ?? pickName(language, taken);
    const user = this.#discord.createUser({
      name: displayName,
      displayName,
      locale: toLocale(language),
      // Everybody may try every command, `/forget` too.
      isModerator: true,
    });
    // Nor is anybody kept from the settings of a guild.
    for (const guild of this.#discord.guilds) {
      const admins = guild.roles.find(
        ({ permissions, isManaged }) => !isManaged && permissions.includes('ManageGuild'),
      );
      if (admins !== undefined) guild.giveRole(user, admins.id);
    }
    const visitor = { secret: randomUUID(), user, dm: this.#discord.openDm(user) };
    this.#bySecret.set(visitor.secret, visitor);
    return visitor;
  }

  change({ user }: Visitor, name: string, language: Language): void {
    // Members can change both on Discord. The simulator has no deed for it, and makes its payloads of this very object.
    Object.assign(user, { displayName: name, locale: toLocale(language) });
  }
}
