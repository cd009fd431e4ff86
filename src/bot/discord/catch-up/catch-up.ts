/**
 * Questions asked while the bot was down or its gateway session lost. After a fresh start the gateway does not tell of
 * them, but every channel carries its last message's id: only channels with something newer than what was seen are read.
 */
import { type Client, Events, type Message, SnowflakeUtil, Status } from 'discord.js';
import type { Agent } from '../../../agent/agent.ts';
import type { CatchUpConfig, ShardConfig } from '../../../config/types.ts';
import type { Logger } from '../../../log.ts';
import { InOrder } from '../../../waiting.ts';
import type { PendingQuestions } from '../../channel/pending-questions.ts';
import type { ReadQuestion } from '../question.ts';
import { changedChannels, changedDms } from './changed-channels.ts';
import { ChannelReading } from './channel-reading.ts';
import { MissedTaker } from './missed-taker.ts';
import { overlapMs, Seen } from './seen.ts';

export interface CatchUpOptions {
  readonly client: Client;
  readonly agent: Pick<Agent, 'find' | 'recall' | 'remember'>;
  readonly log: Logger;
  readonly config: CatchUpConfig;
  readonly pending: Pick<PendingQuestions, 'has' | 'oldestUnstored'>;
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
  /** After which everything is read again where something could not be, in ms; then twice as long each time, an hour at most. Default: a minute. */
  readonly againMs?: number;
}

/** Nobody is told of questions that are older. */
const oldestNoteMs = 7 * 24 * 60 * 60_000;
const noteEveryMs = 10_000;
const longestAgainMs = 60 * 60_000;

export class CatchUp {
  readonly #options: CatchUpOptions;
  readonly #seen: Seen;
  readonly #closing = new AbortController();
  /** Numbers of the runs that have not read all their channels: until a run that began later has, nothing more counts as seen. */
  readonly #unread = new Set<number>();
  #runs = 0;
  /** Runs in which older questions may still be found; undefined where there are none. */
  readonly #readings = new Set<Promise<ChannelReading | undefined>>();
  /** By channel, what takes what was found in it: of two runs that have read it, one waits for the other. */
  readonly #taking = new InOrder();
  #timer: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  /** Runs in a row that could not read everything. */
  #failedRuns = 0;

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
    client.on(Events.GuildAvailable, ({ id, shard }) => {
      // In a session that begins, guilds come one by one: its ShardReady is for all of them.
      if (shard.status === Status.Ready) void this.#run(id);
    });
    if (this.#options.isContinued?.() === true) await this.#goOn();
    else await this.#run();
  }

  /** Resolves when it is known in which channels something may have been missed. Never rejects. */
  async whenLocated(): Promise<void> {
    await Promise.all(this.#readings);
  }

  /** Resolves when what was asked in the channel before now is taken: questions are answered in the order asked. */
  async upTo(channelId: string): Promise<void> {
    await Promise.all([...this.#readings].map(async (reading) => (await reading)?.one(channelId)));
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
    clearTimeout(this.#again);
    await this.#note();
  }

  /** All that was told until now is taken, or on its way to be. */
  async #goOn(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#timer ??= setInterval(() => void this.#note(), noteEveryMs);
    this.#seen.advance(Date.now());
    await this.#note();
  }

  /**
   * Takes what was missed, then goes on noting how far the bot has seen. Never rejects.
   * @param guildId Which has come back from an outage: what was missed there alone.
   */
  async #run(guildId?: string): Promise<void> {
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
      const isRead = await this.#readSince(since, startedAt, guildId).catch((error: unknown) => {
        log.error('catch-up-broke', { error });
        return false;
      });
      if (!isRead) {
        this.#runAgain();
        return;
      }
      this.#failedRuns = 0;
      this.#unread.delete(run);
      // It has read what earlier runs should have; a run that began meanwhile reads what was missed since.
      if (guildId === undefined) for (const other of this.#unread) if (other < run) this.#unread.delete(other);
    }
    if ((isAllThere && guildId === undefined) || since === undefined) this.#seen.advance(startedAt);
    await this.#note();
  }

  /** Ever less often: one channel that can never be read must not have all of them read for ever. */
  #runAgain(): void {
    clearTimeout(this.#again);
    if (this.#closing.signal.aborted) return;
    const { againMs = 60_000 } = this.#options;
    const waitMs = Math.min(againMs * 2 ** this.#failedRuns, longestAgainMs);
    this.#failedRuns += 1;
    this.#again = setTimeout(() => void this.#run(), waitMs);
  }

  /** @returns whether every channel could be read. */
  async #readSince(since: number, startedAt: number, guildId: string | undefined): Promise<boolean> {
    const { config, log } = this.#options;
    const oldestMs = config.tooOld === 'note' ? oldestNoteMs : config.maxAgeMs;
    const from = Math.max(since - overlapMs, startedAt - oldestMs);
    const found = this.#find(from, startedAt - config.maxAgeMs, guildId);
    // Whoever asks meanwhile learns of no failure: it is said here.
    const reading = found.then(({ reading }) => reading).catch(() => undefined);
    this.#readings.add(reading);
    try {
      const { reading, channels, unreadable } = await found;
      await reading.all();
      const { questions, isRead } = reading;
      if (channels > 0) log.info('catch-up', { channels, questions, sinceMs: startedAt - from });
      if (unreadable > 0) log.warn('catch-up-unreadable', { channels: unreadable, missing: 'ReadMessageHistory' });
      return isRead && !this.#closing.signal.aborted;
    } finally {
      this.#readings.delete(reading);
    }
  }

  /** Where to read: the few DMs, then the channels of guilds, first where something was said last. */
  async #find(
    from: number,
    notBefore: number,
    guildId: string | undefined,
  ): Promise<{ readonly reading: ChannelReading; readonly channels: number; readonly unreadable: number }> {
    const { client, log, readQuestion, firstRetryMs = 500 } = this.#options;
    const { signal } = this.#closing;
    const after = SnowflakeUtil.generate({ timestamp: from, increment: 0n, workerId: 0n, processId: 0n });
    const { channels: ofGuilds, unreadable } = await changedChannels(client, { after, guildId, signal });
    const dms = guildId === undefined ? changedDms(client, this.#seen.dms, after) : [];
    const channels = [...dms, ...ofGuilds];
    const taker = new MissedTaker({ ...this.#options, seen: this.#seen, notBefore });
    const reading = new ChannelReading(channels, {
      after: after.toString(),
      botId: client.user?.id ?? '',
      isQuestion: (message) => readQuestion(message) !== undefined,
      take: (channelId, questions) => this.#taking.run(channelId, () => taker.take(channelId, questions)),
      log,
      signal,
      firstRetryMs,
    });
    return { reading, channels: channels.length, unreadable };
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
