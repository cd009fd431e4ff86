/**
 * Questions asked while the bot was down or its gateway session lost. After a fresh start the gateway does not tell of
 * them, but every channel carries its last message's id: only channels with something newer than what was seen are read.
 */
import { type Client, Events, type Message, SnowflakeUtil, Status } from 'discord.js';
import type { Agent } from '../../../agent/agent.ts';
import type { CatchUpConfig, ShardConfig } from '../../../config/types.ts';
import type { Logger } from '../../../log.ts';
import type { PendingQuestions } from '../../channel/pending-questions.ts';
import type { ReadQuestion } from '../question.ts';
import { changedChannels, changedDms, type MissedChannel } from './changed-channels.ts';
import { readChannels } from './read-channels.ts';
import { Seen } from './seen.ts';
import { takeAll } from './take-missed.ts';

export interface CatchUpOptions {
  readonly client: Client;
  readonly agent: Pick<Agent, 'find' | 'recall' | 'remember'>;
  readonly log: Logger;
  readonly config: CatchUpConfig;
  readonly pending: Pick<PendingQuestions, 'oldestUnstored'>;
  readonly shards: ShardConfig | undefined;
  /** Whether nothing was missed before the start: another process's session is gone on with. Default: never. */
  readonly isContinued?: (() => boolean) | undefined;
  /** Asked about every message that is read. */
  readonly readQuestion: ReadQuestion;
  /** Takes a message as if it had just come. Messages that were taken before are taken no second time. */
  readonly take: (message: Message) => Promise<void>;
  /** Says one line to whoever wrote the message. */
  readonly say: (message: Message, text: string) => void;
  /** Between the first two tries to read a channel, in ms. Default 500. */
  readonly firstRetryMs?: number;
}

/** Clocks differ a little, and the last moments before a crash are not on record. */
const overlapMs = 5_000;
/** Nobody is told of questions that are older. */
const oldestNoteMs = 7 * 24 * 60 * 60_000;
const noteEveryMs = 10_000;

/** A run in which older questions may still be found. */
interface Reading {
  /** In which channels. */
  readonly channelIds: Promise<ReadonlySet<string>>;
  readonly over: Promise<void>;
}

export class CatchUp {
  readonly #options: CatchUpOptions;
  readonly #seen: Seen;
  readonly #closing = new AbortController();
  /** Numbers of the runs that have not read all their channels: until a run that began later has, nothing more counts as seen. */
  readonly #unread = new Set<number>();
  #runs = 0;
  readonly #reading = new Set<Reading>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CatchUpOptions) {
    this.#options = options;
    this.#seen = new Seen(options);
  }

  /** Reads what an earlier process has left. To be called once, before {@link start}. */
  async load(): Promise<void> {
    await this.#seen.load();
  }

  /** Takes what was missed until now, and from now on what is missed by a lost session or a guild that was down. */
  async start(): Promise<void> {
    const { client } = this.#options;
    client.on(Events.ShardReady, () => void this.#run());
    client.on(Events.GuildAvailable, ({ shard }) => {
      // In a session that begins, guilds come one by one: its ShardReady is for all of them.
      if (shard.status === Status.Ready) void this.#run();
    });
    if (this.#options.isContinued?.() === true) await this.#goOn();
    else await this.#run();
  }

  /** Resolves when what was asked in the channel before now is taken: questions are answered in the order asked. */
  async upTo(channelId: string): Promise<void> {
    const until = async ({ channelIds, over }: Reading) => {
      if ((await channelIds).has(channelId)) await over;
    };
    await Promise.all([...this.#reading].map(until));
  }

  /** The bot was asked in this DM. */
  noteDm(channelId: string): void {
    this.#seen.noteDm(channelId);
  }

  forgetDm(channelId: string): void {
    this.#seen.forgetDm(channelId);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#timer);
    await this.#note();
  }

  /** All that was told until now is taken, or on its way to be. */
  async #goOn(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#timer ??= setInterval(() => void this.#note(), noteEveryMs);
    this.#seen.advance(Date.now());
    await this.#note();
  }

  /** Takes what was missed, then goes on noting how far the bot has seen. Never rejects. */
  async #run(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const startedAt = Date.now();
    // A guild that comes back while this run reads is not read by it.
    const isAllThere = this.#isAllThere();
    const { config, log } = this.#options;
    this.#timer ??= setInterval(() => void this.#note(), noteEveryMs);
    const since = this.#seen.until;
    if (since !== undefined && config.maxAgeMs > 0) {
      this.#runs += 1;
      const run = this.#runs;
      this.#unread.add(run);
      const isRead = await this.#readSince(since, startedAt).catch((error: unknown) => {
        log.error('catch-up-broke', { error });
        return false;
      });
      // What could not be read is read again by the next run.
      if (!isRead) return;
      // It has read what earlier runs should have; a run that began meanwhile reads what was missed since.
      for (const other of this.#unread) if (other <= run) this.#unread.delete(other);
    }
    if (isAllThere || since === undefined) this.#seen.advance(startedAt);
    await this.#note();
  }

  /** @returns whether every channel could be read. */
  async #readSince(since: number, startedAt: number): Promise<boolean> {
    const { client, config, log, readQuestion, firstRetryMs = 500 } = this.#options;
    const oldestMs = config.tooOld === 'note' ? oldestNoteMs : config.maxAgeMs;
    const from = Math.max(since - overlapMs, startedAt - oldestMs);
    const after = SnowflakeUtil.generate({ timestamp: from, increment: 0n, workerId: 0n, processId: 0n });
    const { signal } = this.#closing;
    const botId = client.user?.id ?? '';
    const { channels, unreadable, questions, isRead } = await this.#whileReading(async (isIn) => {
      const { channels: ofGuilds, unreadable } = await changedChannels(client, after, signal);
      const channels = [...ofGuilds, ...changedDms(client, this.#seen.dms, after)];
      isIn(channels);
      const found = await readChannels(channels, {
        after: after.toString(),
        botId,
        isQuestion: (message) => readQuestion(message) !== undefined,
        log,
        signal,
        firstRetryMs,
      });
      const seen = this.#seen;
      await takeAll(found.questions, startedAt - config.maxAgeMs, { ...this.#options, seen });
      return { ...found, channels, unreadable };
    });
    if (channels.length > 0)
      log.info('catch-up', { channels: channels.length, questions: questions.length, sinceMs: startedAt - from });
    if (unreadable > 0) log.warn('catch-up-unreadable', { channels: unreadable, missing: 'ReadMessageHistory' });
    return isRead && !signal.aborted;
  }

  /** @param read To say, as soon as it is known, which channels it reads. */
  async #whileReading<Result>(
    read: (isIn: (channels: readonly MissedChannel[]) => void) => Promise<Result>,
  ): Promise<Result> {
    const channelIds = Promise.withResolvers<ReadonlySet<string>>();
    const over = Promise.withResolvers<void>();
    const reading = { channelIds: channelIds.promise, over: over.promise };
    this.#reading.add(reading);
    try {
      return await read((channels) => channelIds.resolve(new Set(channels.map(({ id }) => id))));
    } finally {
      this.#reading.delete(reading);
      channelIds.resolve(new Set());
      over.resolve();
    }
  }

  /**
   * Stores how far the bot has seen: until the last heartbeat that Discord acknowledged, not until now; and not past a
   * question that no record holds yet.
   */
  async #note(): Promise<void> {
    const { client, pending } = this.#options;
    if (this.#seen.until !== undefined && this.#unread.size === 0 && this.#isAllThere())
      this.#seen.advance(Math.min(...client.ws.shards.map(({ lastPingTimestamp }) => lastPingTimestamp)));
    await this.#seen.save(pending.oldestUnstored ?? Number.POSITIVE_INFINITY);
  }

  /** What is asked in a guild that is down for the moment is not seen. */
  #isAllThere(): boolean {
    return this.#options.client.guilds.cache.every(({ available }) => available);
  }
}
