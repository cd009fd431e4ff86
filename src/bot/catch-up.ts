/**
 * Questions asked while the bot was down or its gateway session lost. After a fresh start the gateway does not tell of
 * them, but every channel carries its last message's id: only channels with something newer than what was seen are read.
 */
import { type Client, type Message, SnowflakeUtil, type TextBasedChannel } from 'discord.js';
import type { Agent } from '../agent/agent.ts';
import type { JsonValue } from '../agent/turn.ts';
import type { Logger } from '../log.ts';

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
const rememberEveryMs = 10_000;
const seenKey = 'seen-until';
const dmsKey = 'dm-channels';

export class CatchUp {
  readonly #options: CatchUpOptions;
  readonly #startedAt = Date.now();
  /** Where the last run of this process left off, or an earlier process; undefined: never run before. */
  #seenUntil: number | undefined;
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
    const since = this.#seenUntil;
    if (since !== undefined) {
      const from = Math.max(since - overlapMs, Date.now() - oldestMs);
      const after = SnowflakeUtil.generate({
        timestamp: from,
        increment: 0n,
        workerId: 0n,
        processId: 0n,
      }).toString();
      const channels = [...this.#changedChannels(BigInt(after)), ...(await this.#dmChannels())];
      for (const channel of channels) await this.#readChannel(channel, after);
      if (channels.length > 0)
        this.#options.log.info('catch-up', { channels: channels.length, sinceMs: Date.now() - from });
    }
    await this.note();
    this.#timer ??= setInterval(() => void this.note(), rememberEveryMs);
  }

  /** DM channels are not among what the gateway tells after a start: those in use are kept by id. */
  noteDm(channelId: string): void {
    if (this.#dms[0] === channelId) return;
    this.#dms = [channelId, ...this.#dms.filter((id) => id !== channelId)].slice(0, mostDms);
    void this.#remember(dmsKey, this.#dms);
  }

  /** Keeps how far the bot has seen: until the last heartbeat that Discord acknowledged, not until now. */
  async note(): Promise<void> {
    const acknowledged = [...this.#options.client.ws.shards.values()].map(({ lastPingTimestamp }) => lastPingTimestamp);
    this.#seenUntil = Math.max(this.#seenUntil ?? 0, this.#startedAt, Math.min(...acknowledged));
    await this.#remember(seenKey, this.#seenUntil);
  }

  /** The bot stops listening now: all that came before was seen. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#remember(seenKey, Date.now());
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

  async #readChannel(channel: TextBasedChannel, after: string): Promise<void> {
    const { take, log } = this.#options;
    let last = after;
    try {
      for (let page = 0; page < mostPages; page += 1) {
        const messages = [...(await channel.messages.fetch({ after: last, limit: pageSize, cache: false })).values()];
        messages.sort(
          (one, other) => one.createdTimestamp - other.createdTimestamp || (BigInt(one.id) < BigInt(other.id) ? -1 : 1),
        );
        for (const message of messages) await take(message);
        last = messages.at(-1)?.id ?? last;
        if (messages.length < pageSize) return;
      }
    } catch (error) {
      log.warn('catch-up-failed', { channelId: channel.id, error });
    }
  }

  async #remember(key: string, value: JsonValue): Promise<void> {
    const { agent, log } = this.#options;
    await agent.remember(key, value).catch((error: unknown) => log.warn('not-remembered', { key, error }));
  }
}
