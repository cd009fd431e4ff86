/**
 * Questions asked while the bot was down or its gateway session lost. After a fresh start the gateway does not tell of
 * them, but every channel carries its last message's id: only channels with something newer than what was seen are read.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, Events, type Message, SnowflakeUtil, Status, type TextBasedChannel } from 'discord.js';
import type { Agent } from '../../../agent/agent.ts';
import type { JsonValue } from '../../../agent/turn.ts';
import type { CatchUpConfig, ShardConfig } from '../../../config/types.ts';
import type { Logger } from '../../../log.ts';
import { catalogues } from '../../channel/catalogue.ts';
import type { PendingQuestions } from '../../channel/pending-questions.ts';
import { toRequestFailure } from '../failures.ts';
import { toAskedQuestion } from '../question.ts';
import { ofShards } from '../shards.ts';
import { compareIds, readMissed } from './missed-questions.ts';

export interface CatchUpOptions {
  readonly client: Client;
  readonly agent: Agent;
  readonly log: Logger;
  readonly config: CatchUpConfig;
  readonly pending: PendingQuestions;
  /** What has been seen is kept for each process: others see other guilds. */
  readonly shards: ShardConfig | undefined;
  /** Takes a message as if it had just come. Messages that were taken before are taken no second time. */
  readonly take: (message: Message) => Promise<void>;
  /** Says one line to whoever wrote the message. */
  readonly say: (message: Message, text: string) => void;
}

/** Clocks differ a little, and the last moments before a crash are not on record. */
const overlapMs = 5_000;
/** Nobody is told of questions that are older. */
const oldestNoteMs = 7 * 24 * 60 * 60_000;
const mostDms = 50;
const channelsAtOnce = 5;
const mostTries = 6;
const firstRetryMs = 250;
const rememberEveryMs = 10_000;
const seenKey = 'seen-until';
const dmsKey = 'dm-channels';
const passedOverKey = 'passed-over';

/** A channel that may hold missed questions; opened, it is undefined when it holds nothing new. */
interface MissedChannel {
  readonly id: string;
  readonly open: () => Promise<TextBasedChannel | undefined>;
}

export class CatchUp {
  readonly #options: CatchUpOptions;
  readonly #closing = new AbortController();
  /** Where the last run of this process left off, or an earlier process; undefined: never run before. */
  #seenUntil: number | undefined;
  /** Runs that have not read every channel: until they have, nothing later counts as seen. */
  #unfinishedRuns = 0;
  /** Id of the newest question that was passed over: a later run must not take what this one left out. */
  #passedOver = '0';
  /** For each run, the channels in which older questions may still be found. */
  readonly #reading = new Map<ReadonlySet<string>, Promise<void>>();
  #dms: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CatchUpOptions) {
    this.#options = options;
  }

  /** Reads what an earlier process has left. To be called once, before {@link start}. */
  async load(): Promise<void> {
    const { agent, shards } = this.#options;
    const keys = [seenKey, dmsKey, passedOverKey];
    const [seenUntil, dms, passedOver] = await Promise.all(keys.map((key) => agent.recall(ofShards(key, shards))));
    if (typeof passedOver === 'string' && /^\d+$/.test(passedOver)) this.#passedOver = passedOver;
    this.#seenUntil = typeof seenUntil === 'number' ? seenUntil : undefined;
    this.#dms = Array.isArray(dms) ? dms.filter((id): id is string => typeof id === 'string') : [];
  }

  /** Takes what was missed until now, and from now on what is missed by a lost session or a guild that was down. */
  async start(): Promise<void> {
    const { client } = this.#options;
    client.on(Events.ShardReady, () => void this.#run());
    client.on(Events.GuildAvailable, ({ shard }) => {
      // In a session that begins, guilds come one by one: its ShardReady is for all of them.
      if (shard.status === Status.Ready) void this.#run();
    });
    await this.#run();
  }

  /** Takes what was missed, oldest first in each channel, then goes on noting how far the bot has seen. */
  async #run(): Promise<void> {
    const startedAt = Date.now();
    const since = this.#seenUntil;
    const { config, log } = this.#options;
    this.#timer ??= setInterval(() => void this.#note(), rememberEveryMs);
    if (since !== undefined && config.maxAgeMs > 0) {
      this.#unfinishedRuns += 1;
      const oldestMs = config.tooOld === 'note' ? oldestNoteMs : config.maxAgeMs;
      const from = Math.max(since - overlapMs, startedAt - oldestMs);
      const after = SnowflakeUtil.generate({ timestamp: from, increment: 0n, workerId: 0n, processId: 0n }).toString();
      const channels = [...this.#changedChannels(BigInt(after)), ...this.#dmChannels(BigInt(after))];
      const { questions, isRead } = await this.#whileReading(channels, async () => {
        const found = await this.#readAll(channels, after);
        await this.#takeAll(found.questions, startedAt - config.maxAgeMs);
        return found;
      });
      if (channels.length > 0)
        log.info('catch-up', { channels: channels.length, questions: questions.length, sinceMs: startedAt - from });
      // What could not be read is read again at the next start.
      if (!isRead) return;
      this.#unfinishedRuns = 0;
    }
    if (this.#isAllThere()) this.#seenUntil = Math.max(this.#seenUntil ?? 0, startedAt);
    else this.#seenUntil ??= startedAt;
    await this.#note();
  }

  /** Resolves when what was asked in the channel before now is taken: questions are answered in the order asked. */
  async upTo(channelId: string): Promise<void> {
    const runs = [...this.#reading].filter(([channelIds]) => channelIds.has(channelId));
    await Promise.all(runs.map(([, over]) => over));
  }

  async #whileReading<Result>(channels: readonly MissedChannel[], read: () => Promise<Result>): Promise<Result> {
    const channelIds = new Set(channels.map(({ id }) => id));
    const over = Promise.withResolvers<void>();
    this.#reading.set(channelIds, over.promise);
    try {
      return await read();
    } finally {
      this.#reading.delete(channelIds);
      over.resolve();
    }
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

  /**
   * Keeps how far the bot has seen: until the last heartbeat that Discord acknowledged, not until now; and not past a
   * question that no record holds yet.
   */
  async #note(): Promise<void> {
    if (this.#unfinishedRuns > 0 || this.#seenUntil === undefined) return;
    const { client, pending } = this.#options;
    const acknowledged = [...client.ws.shards.values()].map(({ lastPingTimestamp }) => lastPingTimestamp);
    if (this.#isAllThere()) this.#seenUntil = Math.max(this.#seenUntil, Math.min(...acknowledged));
    await this.#remember(seenKey, Math.min(this.#seenUntil, (pending.oldestUnstored ?? Infinity) - 1));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#timer);
    await this.#note();
  }

  /** What is asked in a guild that is down for the moment is not seen. */
  #isAllThere(): boolean {
    return this.#options.client.guilds.cache.every(({ available }) => available);
  }

  #changedChannels(after: bigint): MissedChannel[] {
    return [...this.#options.client.channels.cache.values()]
      .filter((channel) => channel.isTextBased() && !channel.isDMBased())
      .filter((channel) => hasNewer(channel, after))
      .map((channel) => ({ id: channel.id, open: async () => channel }));
  }

  #dmChannels(after: bigint): MissedChannel[] {
    const { channels } = this.#options.client;
    const open = async (id: string) => {
      const channel = await channels.fetch(id, { force: true });
      return channel?.isDMBased() && channel.isTextBased() && hasNewer(channel, after) ? channel : undefined;
    };
    return this.#dms.map((id) => ({ id, open: () => open(id) }));
  }

  /** @returns the questions in any order, and whether every channel could be read. */
  async #readAll(
    channels: readonly MissedChannel[],
    after: string,
  ): Promise<{ questions: Message[]; isRead: boolean }> {
    const waiting = [...channels];
    const questions: Message[] = [];
    let isRead = true;
    const readNext = async () => {
      for (let channel = waiting.shift(); channel !== undefined; channel = waiting.shift()) {
        const found = await this.#readChannel(channel, after);
        if (found === undefined) isRead = false;
        else questions.push(...found);
      }
    };
    await Promise.all(Array.from({ length: channelsAtOnce }, readNext));
    return { questions, isRead };
  }

  /** @returns undefined when it could not be read. */
  async #readChannel({ id: channelId, open }: MissedChannel, after: string): Promise<readonly Message[] | undefined> {
    const { client, log } = this.#options;
    const botId = client.user?.id ?? '';
    const isQuestion = (message: Message) => toAskedQuestion(message, botId) !== undefined;
    for (let tries = 1; !this.#closing.signal.aborted; tries += 1) {
      try {
        const channel = await open();
        if (channel === undefined) return [];
        const { questions, isCut } = await readMissed(channel, after, { isQuestion, botId });
        if (isCut) log.warn('catch-up-cut', { channelId });
        return questions;
      } catch (error) {
        const failure = toRequestFailure(error);
        log.warn('catch-up-failed', { channelId, failure: failure.type, error });
        // A channel that is gone or may not be read has no questions for the bot.
        if (failure.type !== 'unclear') return [];
        if (tries === mostTries) return undefined;
        await sleep(firstRetryMs * 2 ** tries, undefined, { signal: this.#closing.signal }).catch(() => undefined); // Closing: seen above.
      }
    }
    return undefined;
  }

  /** Of too many, the newest: whoever asked last is the likeliest to wait still. */
  async #takeAll(questions: readonly Message[], notBefore: number): Promise<void> {
    const { agent, config, take, say } = this.#options;
    // What runs already was not missed.
    const sorted = questions
      .filter(({ id }) => agent.find(id) === undefined && BigInt(id) > BigInt(this.#passedOver))
      .sort(compareIds);
    const inTime = sorted.filter(({ createdTimestamp }) => createdTimestamp >= notBefore);
    const taken = inTime.slice(Math.max(0, inTime.length - config.maxQuestions));
    const tooOld = sorted.slice(0, sorted.length - taken.length);
    const newest = tooOld.at(-1);
    if (newest !== undefined) {
      this.#passedOver = newest.id;
      await this.#remember(passedOverKey, newest.id);
    }
    if (config.tooOld === 'note') {
      // One line a channel, to whoever asked there last.
      for (const message of new Map(tooOld.map((message) => [message.channelId, message])).values())
        say(message, this.#missedText(message));
    }
    const ofChannels = Map.groupBy(taken, ({ channelId }) => channelId).values();
    const takeInOrder = async (ofChannel: readonly Message[]) => {
      for (const message of ofChannel) await take(message);
    };
    await Promise.all([...ofChannels].map(takeInOrder));
  }

  #missedText(message: Message): string {
    const { language = 'en' } = toAskedQuestion(message, this.#options.client.user?.id ?? '') ?? {};
    return `⚠️ ${catalogues[language].missed}`;
  }

  async #remember(key: string, value: JsonValue): Promise<void> {
    const { agent, log, shards } = this.#options;
    await agent
      .remember(ofShards(key, shards), value)
      .catch((error: unknown) => log.warn('not-remembered', { key, error }));
  }
}

function hasNewer({ lastMessageId }: TextBasedChannel, after: bigint): boolean {
  return typeof lastMessageId === 'string' && BigInt(lastMessageId) > after;
}
