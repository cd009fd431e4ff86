/**
 * Questions asked while the bot was down or its gateway session lost. After a fresh start the gateway does not tell of
 * them, but every channel carries its last message's id: only channels with something newer than what was seen are read.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, type Message, SnowflakeUtil, type TextBasedChannel } from 'discord.js';
import type { Agent } from '../agent/agent.ts';
import type { JsonValue } from '../agent/turn.ts';
import type { Logger } from '../log.ts';
import { toRequestFailure } from './failures.ts';

export interface CatchUpOptions {
  readonly client: Client;
  readonly agent: Agent;
  readonly log: Logger;
  /** Takes a message as if it had just come. Messages that were taken before are taken no second time. */
  readonly take: (message: Message) => Promise<void>;
}

/** Older questions are not answered: nobody waits for them any more. */
const oldestMs = 60 * 60_000;
/** Clocks differ a little, and the last moments before a crash are not on record. */
const overlapMs = 5_000;
const pageSize = 100;
const mostPages = 5;
const mostDms = 50;
const channelsAtOnce = 5;
const mostTries = 6;
const firstRetryMs = 250;
const rememberEveryMs = 10_000;
const seenKey = 'seen-until';
const dmsKey = 'dm-channels';

export class CatchUp {
  readonly #options: CatchUpOptions;
  readonly #closing = new AbortController();
  /** Where the last run of this process left off, or an earlier process; undefined: never run before. */
  #seenUntil: number | undefined;
  /** Runs that have not read every channel: until they have, nothing later counts as seen. */
  #unfinishedRuns = 0;
  #dms: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CatchUpOptions) {
    this.#options = options;
  }

  /** Reads what an earlier process has left. To be called once, before {@link run}. */
  async load(): Promise<void> {
    const { agent } = this.#options;
    const [seenUntil, dms] = await Promise.all([agent.recall(seenKey), agent.recall(dmsKey)]);
    this.#seenUntil = typeof seenUntil === 'number' ? seenUntil : undefined;
    this.#dms = Array.isArray(dms) ? dms.filter((id): id is string => typeof id === 'string') : [];
  }

  /** Takes what was missed until now, oldest first in each channel, then goes on noting how far the bot has seen. */
  async run(): Promise<void> {
    const startedAt = Date.now();
    const since = this.#seenUntil;
    this.#timer ??= setInterval(() => void this.#note(), rememberEveryMs);
    if (since !== undefined) {
      this.#unfinishedRuns += 1;
      const from = Math.max(since - overlapMs, startedAt - oldestMs);
      const after = SnowflakeUtil.generate({ timestamp: from, increment: 0n, workerId: 0n, processId: 0n }).toString();
      const channels = [...this.#changedChannels(BigInt(after)), ...(await this.#dmChannels())];
      const isRead = await this.#readAll(channels, after);
      if (channels.length > 0)
        this.#options.log.info('catch-up', { channels: channels.length, sinceMs: startedAt - from });
      // What could not be read is read again at the next start.
      if (!isRead) return;
      this.#unfinishedRuns = 0;
    }
    this.#seenUntil = Math.max(this.#seenUntil ?? 0, startedAt);
    await this.#note();
  }

  /** DM channels are not among what the gateway tells after a start: those in use are kept by id. */
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

  /** Keeps how far the bot has seen: until the last heartbeat that Discord acknowledged, not until now. */
  async #note(): Promise<void> {
    if (this.#unfinishedRuns > 0 || this.#seenUntil === undefined) return;
    const acknowledged = [...this.#options.client.ws.shards.values()].map(({ lastPingTimestamp }) => lastPingTimestamp);
    this.#seenUntil = Math.max(this.#seenUntil, Math.min(...acknowledged));
    await this.#remember(seenKey, this.#seenUntil);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#timer);
    await this.#note();
  }

  #changedChannels(after: bigint): TextBasedChannel[] {
    return [...this.#options.client.channels.cache.values()]
      .filter((channel) => channel.isTextBased() && !channel.isDMBased())
      .filter(({ lastMessageId }) => lastMessageId !== null && BigInt(lastMessageId) > after);
  }

  async #dmChannels(): Promise<TextBasedChannel[]> {
    const channels: TextBasedChannel[] = [];
    for (const id of this.#dms) {
      const channel = await this.#options.client.channels.fetch(id).catch(() => null); // The member may have left: no DM any more.
      if (channel?.isDMBased() && channel.isTextBased()) channels.push(channel);
    }
    return channels;
  }

  /** @returns whether every channel could be read. */
  async #readAll(channels: readonly TextBasedChannel[], after: string): Promise<boolean> {
    const waiting = [...channels];
    let isRead = true;
    const readNext = async () => {
      for (let channel = waiting.shift(); channel !== undefined; channel = waiting.shift()) {
        isRead = (await this.#readChannel(channel, after)) && isRead;
      }
    };
    await Promise.all(Array.from({ length: channelsAtOnce }, readNext));
    return isRead;
  }

  async #readChannel(channel: TextBasedChannel, after: string): Promise<boolean> {
    const { take, log } = this.#options;
    let last = after;
    for (let page = 0, tries = 0; page < mostPages; ) {
      if (this.#closing.signal.aborted) return false;
      try {
        const fetched = await channel.messages.fetch({ after: last, limit: pageSize, cache: false });
        const messages = [...fetched.values()].sort((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1));
        for (const message of messages) await take(message);
        last = messages.at(-1)?.id ?? last;
        if (messages.length < pageSize) return true;
        page += 1;
      } catch (error) {
        const failure = toRequestFailure(error);
        log.warn('catch-up-failed', { channelId: channel.id, failure, error });
        // A channel that may not be read has no questions for the bot.
        if (failure !== 'unclear') return true;
        tries += 1;
        if (tries === mostTries) return false;
        await sleep(firstRetryMs * 2 ** tries, undefined, { signal: this.#closing.signal }).catch(() => undefined); // Closing: seen above.
      }
    }
    log.warn('catch-up-cut', { channelId: channel.id, messages: mostPages * pageSize });
    return true;
  }

  async #remember(key: string, value: JsonValue): Promise<void> {
    const { agent, log } = this.#options;
    await agent.remember(key, value).catch((error: unknown) => log.warn('not-remembered', { key, error }));
  }
}
