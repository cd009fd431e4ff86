/**
 * What happens in a guild that this process knows nothing of yet waits until it does: discord.js drops a message of a channel
 * that it does not know. Of a session that this process began, every guild is known.
 */
import { GatewayDispatchEvents } from 'discord.js';
import { isRecord } from '../../../json.ts';
import { type ConcernOptions, mayConcern } from '../message-concern.ts';

/** An event as it came; nothing of its data is certain. */
export interface Dispatch {
  readonly op: number;
  readonly t: string;
  readonly s: number;
  readonly d: unknown;
}

export interface GuildGateOptions extends ConcernOptions {
  readonly forward: (dispatch: Dispatch) => void;
  /** @returns the data of the guild's GUILD_CREATE, or undefined when the bot is not in it. */
  readonly load: (guildId: string) => Promise<object | undefined>;
  /** A guild could not be loaded, or too much waits for one: what was asked in it is not heard in this session. */
  readonly onLost: (error: unknown) => void;
}

/** For one guild; a guild is loaded in less than a second. */
const mostHeld = 1_000;

export class GuildGate {
  readonly #options: GuildGateOptions;
  readonly #known = new Set<string>();
  readonly #held = new Map<string, Dispatch[]>();
  readonly #loading = new Map<string, Promise<void>>();
  #isOpen = false;

  constructor(options: GuildGateOptions) {
    this.#options = options;
  }

  /** Whether nothing waits. */
  get isIdle(): boolean {
    return this.#held.size === 0;
  }

  /** From now on the gateway tells of every guild. */
  open(): void {
    this.#isOpen = true;
  }

  pass(dispatch: Dispatch): void {
    const guildId = this.#isOpen ? undefined : guildOf(dispatch);
    if (guildId === undefined || this.#known.has(guildId)) {
      this.#options.forward(dispatch);
      return;
    }
    const held = this.#held.get(guildId);
    if (held !== undefined && held.length < mostHeld) held.push(dispatch);
    else if (held !== undefined) this.#options.onLost(new Error('Too much waits for a guild.'));
    else if (isWhole(dispatch)) this.#enter(guildId, dispatch);
    else if (this.#concerns(dispatch)) {
      this.#held.set(guildId, [dispatch]);
      void this.load(guildId);
    }
  }

  /** Resolves when the guild is known, or is not to be known. Never rejects. */
  load(guildId: string): Promise<void> {
    if (this.#isOpen || this.#known.has(guildId)) return Promise.resolve();
    const loading = this.#loading.get(guildId) ?? this.#load(guildId);
    this.#loading.set(guildId, loading);
    return loading;
  }

  async #load(guildId: string): Promise<void> {
    if (!this.#held.has(guildId)) this.#held.set(guildId, []);
    try {
      const guild = await this.#options.load(guildId);
      // Commands can be used where the bot is not: there is nothing to know.
      if (guild === undefined) this.#known.add(guildId);
      else this.#enter(guildId, { op: 0, t: GatewayDispatchEvents.GuildCreate, s: 0, d: guild });
    } catch (error) {
      this.#options.onLost(error);
    } finally {
      const held = this.#held.get(guildId) ?? [];
      this.#held.delete(guildId);
      this.#loading.delete(guildId);
      for (const dispatch of held) this.#options.forward(dispatch);
    }
  }

  #enter(guildId: string, dispatch: Dispatch): void {
    this.#known.add(guildId);
    this.#options.forward(dispatch);
  }

  /** Of a guild that is not known, all else is of no use: it is in what is loaded later. */
  #concerns({ t, d }: Dispatch): boolean {
    if (t === GatewayDispatchEvents.InteractionCreate) return true;
    if (t !== GatewayDispatchEvents.MessageCreate || !isRecord(d)) return false;
    return mayConcern(d, this.#options);
  }
}

function guildOf({ t, d }: Dispatch): string | undefined {
  if (!isRecord(d)) return undefined;
  const isGuild = t === GatewayDispatchEvents.GuildCreate || t === GatewayDispatchEvents.GuildDelete;
  const id = isGuild ? d.id : d.guild_id;
  return typeof id === 'string' ? id : undefined;
}

/** A guild that the bot has just come to, or that is back from an outage. */
function isWhole({ t, d }: Dispatch): boolean {
  return t === GatewayDispatchEvents.GuildCreate && isRecord(d) && d.unavailable !== true;
}
