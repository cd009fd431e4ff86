/** One gateway session: numbers what it is told and keeps it for a while, whether a socket is there or not. */

import { GatewayIntentBits } from 'discord-api-types/v10';
import { shardOf } from '../world/snowflakes.ts';
import type { Dispatch } from './dispatch.ts';
import { hasIntent } from './intents.ts';

interface SentEvent {
  readonly sequence: number;
  readonly name: string;
  readonly data: string;
  readonly text: string;
}

export interface SessionOptions {
  readonly id: string;
  readonly intents: number;
  readonly shard: readonly [id: number, count: number];
  /** How many events are kept for RESUME. */
  readonly bufferSize: number;
}

export class Session {
  readonly id: string;
  readonly #options: SessionOptions;
  #sequence = 0;
  #sent: SentEvent[] = [];
  #send: ((text: string) => void) | undefined;
  #keptBack: { readonly name: string; readonly count: number; readonly data: string[] } | undefined;
  /** When its socket was lost, in milliseconds since 1970 UTC. */
  lostAt: number | undefined;

  constructor(options: SessionOptions) {
    this.id = options.id;
    this.#options = options;
  }

  get shard(): readonly [id: number, count: number] {
    return this.#options.shard;
  }

  attach(send: (text: string) => void): void {
    this.#send = send;
    this.lostAt = undefined;
  }

  /** Does nothing when another socket has taken the session over since. */
  detach(send: (text: string) => void): void {
    if (this.#send !== send) return;
    this.#send = undefined;
    this.lostAt = Date.now();
  }

  serves(guildId: string | undefined): boolean {
    const [shardId, shardCount] = this.#options.shard;
    return shardOf(guildId, shardCount) === shardId;
  }

  /** Tells the client if it asked for such events and its shard serves the guild. */
  tell({ name, intent, guildId, shardId = shardOf(guildId, this.shard[1]), data }: Dispatch): void {
    const { intents } = this.#options;
    if ((intent !== 0 && !hasIntent(intents, intent)) || shardId !== this.shard[0]) return;
    const text = data(hasIntent(intents, GatewayIntentBits.MessageContent));
    if (this.#keptBack?.name !== name) this.tellAnyway(name, text);
    else this.#keepBack(this.#keptBack, text);
  }

  #keepBack({ name, count, data }: { name: string; count: number; data: string[] }, text: string): void {
    data.unshift(text);
    if (data.length < count) return;
    this.#keptBack = undefined;
    for (const kept of data) this.tellAnyway(name, kept);
  }

  tellAnyway(name: string, data: string): void {
    this.#sequence += 1;
    const text = `{"op":0,"t":${JSON.stringify(name)},"s":${this.#sequence},"d":${data}}`;
    this.#sent.push({ sequence: this.#sequence, name, data, text });
    // Cut in blocks, so that a long session does not move its whole buffer for each event.
    if (this.#sent.length >= 2 * this.#options.bufferSize) this.#sent = this.#sent.slice(-this.#options.bufferSize);
    this.#send?.(text);
  }

  /** Tells the last events of that name again, under new numbers. */
  repeat(name: string, count: number): void {
    const again = this.#sent.filter((event) => event.name === name).slice(-count);
    for (const event of again) this.tellAnyway(event.name, event.data);
  }

  /** Keeps back the next events of that name until there are so many, then tells them last first. */
  reverse(name: string, count: number): void {
    this.#keptBack = { name, count, data: [] };
  }

  /** Whether `sequence` is a number this session has given out and everything after it is still kept. */
  canReplayAfter(sequence: number): boolean {
    const missed = this.#sequence - sequence;
    return missed >= 0 && missed <= Math.min(this.#sent.length, this.#options.bufferSize);
  }

  replayAfter(sequence: number): void {
    for (const event of this.#sent) if (event.sequence > sequence) this.#send?.(event.text);
  }
}
