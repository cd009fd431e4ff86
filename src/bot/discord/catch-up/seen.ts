/**
 * What a later process must know to find what was missed: until when the bot has seen everything, the newest question that
 * was passed over, and the DMs in use. Stored beside the turns, for each set of shards its own: others see other guilds.
 */
import type { Agent } from '../../../agent/agent.ts';
import type { JsonValue } from '../../../agent/turn.ts';
import type { ShardConfig } from '../../../config/types.ts';
import type { Logger } from '../../../log.ts';
import { ofShards } from '../shards.ts';

export interface SeenOptions {
  readonly agent: Pick<Agent, 'recall' | 'remember'>;
  readonly log: Logger;
  readonly shards: ShardConfig | undefined;
}

const mostDms = 50;
const seenKey = 'seen-until';
const dmsKey = 'dm-channels';
const passedOverKey = 'passed-over';

export class Seen {
  readonly #options: SeenOptions;
  #until: number | undefined;
  #passedOver = 0n;
  #dms: readonly string[] = [];

  constructor(options: SeenOptions) {
    this.#options = options;
  }

  /** Reads what an earlier process has left. Rejects when the store does. */
  async load(): Promise<void> {
    const { agent, shards } = this.#options;
    const keys = [seenKey, dmsKey, passedOverKey];
    const [until, dms, passedOver] = await Promise.all(keys.map((key) => agent.recall(ofShards(key, shards))));
    if (typeof passedOver === 'string' && /^\d+$/.test(passedOver)) this.#passedOver = BigInt(passedOver);
    this.#until = typeof until === 'number' ? until : undefined;
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
    if (this.#until !== undefined) await this.#remember(seenKey, Math.min(this.#until, bound - 1));
  }

  /** A later run must not take what an earlier one left out. */
  isPassedOver(questionId: string): boolean {
    return BigInt(questionId) <= this.#passedOver;
  }

  /** The question, and all that are older. */
  async passOver(questionId: string): Promise<void> {
    this.#passedOver = BigInt(questionId);
    await this.#remember(passedOverKey, questionId);
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
