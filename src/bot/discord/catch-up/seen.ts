/**
 * What a later process must know to find what was missed: until when the bot has seen everything, the newest question of each channel
 * that was passed over, and the DMs in use. Stored beside the turns, for each set of shards its own: others see other guilds.
 */
import { SnowflakeUtil } from 'discord.js';
import type { Agent } from '../../../agent/agent.ts';
import type { JsonValue } from '../../../agent/turn.ts';
import type { ShardConfig } from '../../../config/types.ts';
import { isRecord } from '../../../json.ts';
import type { Logger } from '../../../log.ts';
import { ofShards } from '../shards.ts';
import { isSnowflake } from '../snowflakes.ts';

export interface SeenOptions {
  readonly agent: Pick<Agent, 'recall' | 'remember'>;
  readonly log: Logger;
  readonly shards: ShardConfig | undefined;
}

/** Clocks differ a little, and the last moments before a crash are not on record: so much of what was seen is looked at again. */
export const overlapMs = 5_000;
const mostDms = 50;
const seenKey = 'seen-until';
const dmsKey = 'dm-channels';
const passedOverKey = 'passed-over-in';

export class Seen {
  readonly #options: SeenOptions;
  #until: number | undefined;
  /** As it is stored: a later process looks at what came after. */
  #storedUntil = 0;
  #passedOver: ReadonlyMap<string, bigint> = new Map();
  #dms: readonly string[] = [];

  constructor(options: SeenOptions) {
    this.#options = options;
  }

  /** Reads what an earlier process has left. Rejects when the store does. */
  async load(): Promise<void> {
    const { agent, shards } = this.#options;
    const keys = [seenKey, dmsKey, passedOverKey];
    const [until, dms, passedOver] = await Promise.all(keys.map((key) => agent.recall(ofShards(key, shards))));
    this.#passedOver = readIds(passedOver);
    this.#until = typeof until === 'number' ? until : undefined;
    this.#storedUntil = this.#until ?? 0;
    this.#dms = Array.isArray(dms) ? dms.filter((id): id is string => typeof id === 'string') : [];
  }

  /** Everything asked before was seen, in ms since 1970 UTC; undefined: the bot has never run. */
  get until(): number | undefined {
    return this.#until;
  }

  advance(until: number): void {
    this.#until = Math.max(this.#until ?? 0, until);
  }

  /** @param bound Nothing from then on counts as seen in the store, such as a question that no record holds yet. */
  async save(bound: number): Promise<void> {
    if (this.#until === undefined) return;
    this.#storedUntil = Math.min(this.#until, bound - 1);
    await this.#remember(seenKey, this.#storedUntil);
  }

  /** The id of the newest question of that channel that was left out: no later run must take it, nor any that is older. */
  passedOverIn(channelId: string): bigint {
    return this.#passedOver.get(channelId) ?? 0n;
  }

  async passOver({ channelId, id }: { readonly channelId: string; readonly id: string }): Promise<void> {
    const since = this.#storedUntil - overlapMs;
    // What is older is not found again.
    const others = [...this.#passedOver].filter(([, other]) => SnowflakeUtil.timestampFrom(other) >= since);
    this.#passedOver = new Map([...others, [channelId, BigInt(id)]]);
    const stored = [...this.#passedOver].map(([channel, last]) => [channel, String(last)] as const);
    await this.#remember(passedOverKey, Object.fromEntries(stored));
  }

  /** Newest first. */
  get dms(): readonly string[] {
    return this.#dms;
  }

  /** DM channels are not among what the gateway tells after a start: those in use are remembered by id. */
  noteDm(channelId: string): void {
    if (this.#dms[0] === channelId) return;
    this.#dms = [channelId, ...this.#dms.filter((id) => id !== channelId)].slice(0, mostDms);
    void this.#remember(dmsKey, this.#dms);
  }

  /** The DM's conversation is forgotten; the next message in it brings it back. */
  forgetDm(channelId: string): void {
    if (!this.#dms.includes(channelId)) return;
    this.#dms = this.#dms.filter((id) => id !== channelId);
    void this.#remember(dmsKey, this.#dms);
  }

  async #remember(key: string, value: JsonValue): Promise<void> {
    const { agent, log, shards } = this.#options;
    await agent
      .remember(ofShards(key, shards), value)
      .catch((error: unknown) => log.warn('not-remembered', { key, error }));
  }
}

/** Of channels. What cannot be read is left out. */
function readIds(value: unknown): ReadonlyMap<string, bigint> {
  const entries = isRecord(value) ? Object.entries(value) : [];
  return new Map(entries.flatMap(([channelId, id]) => (isSnowflake(id) ? [[channelId, BigInt(id)] as const] : [])));
}
