/** Reads what was asked in several channels, a few of them at once, each until it could be read or never will. */
import type { Message } from 'discord.js';
import type { Logger } from '../../../log.ts';
import { withRetries } from '../../../waiting.ts';
import { inBackground } from '../../channel/request-queue.ts';
import { type DiscordFailure, toRequestFailure } from '../failures.ts';
import type { MissedChannel } from './changed-channels.ts';
import { readMissed } from './missed-questions.ts';

export interface ReadOptions {
  /** The id after which messages count. */
  readonly after: string;
  readonly botId: string;
  readonly isQuestion: (message: Message) => boolean;
  /** Given the questions of one channel, oldest first, as soon as it is read. */
  readonly take: (channelId: string, questions: readonly Message[]) => Promise<void>;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Between the first two tries of a channel, in ms. */
  readonly firstRetryMs: number;
}

const channelsAtOnce = 5;
const mostTries = 6;
const longestRetryMs = 8_000;
/** Failures that another try may mend, and those that say that the bot has no business there. */
const passing = new Set<DiscordFailure['type']>(['unclear', 'limited']);
const closed = new Set<DiscordFailure['type']>(['place-gone', 'forbidden', 'refused']);

/** A channel that is read. Neither promise ever rejects. */
interface Begun {
  readonly read: Promise<void>;
  /** Its questions are. */
  readonly taken: Promise<void>;
  /** To be aborted when somebody waits for it. */
  readonly awaited: AbortController;
}

export class ChannelReading {
  readonly #options: ReadOptions;
  /** Those that nobody has begun to read. */
  readonly #waiting: Map<string, MissedChannel>;
  readonly #begun = new Map<string, Begun>();
  #questions = 0;
  #isRead = true;
  #failure: unknown;

  /** @param channels In the order in which they are read. */
  constructor(channels: readonly MissedChannel[], options: ReadOptions) {
    this.#options = options;
    this.#waiting = new Map(channels.map((channel) => [channel.id, channel]));
  }

  /** How many were found until now. */
  get questions(): number {
    return this.#questions;
  }

  /** Whether every channel until now could be read. */
  get isRead(): boolean {
    return this.#isRead;
  }

  /** Resolves when all channels are read and what was asked in them is taken. Rejects when something could not be taken. */
  async all(): Promise<void> {
    const readNext = async () => {
      for (const channel of this.#waiting.values()) await this.#begin(channel).read;
    };
    await Promise.all(Array.from({ length: channelsAtOnce }, readNext));
    await Promise.all([...this.#begun.values()].map(({ taken }) => taken));
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** The same for one channel, in which somebody asks now: it is read before all others. Never rejects; resolves when it is none of them. */
  async one(channelId: string): Promise<void> {
    const channel = this.#waiting.get(channelId);
    const begun = channel === undefined ? this.#begun.get(channelId) : this.#begin(channel);
    begun?.awaited.abort();
    await begun?.taken;
  }

  #begin(channel: MissedChannel): Begun {
    this.#waiting.delete(channel.id);
    const awaited = new AbortController();
    const found = inBackground(() => readChannel(channel, this.#options), awaited.signal);
    const read = found.then((questions) => {
      if (questions === undefined) this.#isRead = false;
      this.#questions += questions?.length ?? 0;
    });
    // Not in the background: a turn goes on for long.
    const begun = { read, taken: this.#take(channel.id, found), awaited };
    this.#begun.set(channel.id, begun);
    return begun;
  }

  async #take(channelId: string, found: Promise<readonly Message[] | undefined>): Promise<void> {
    try {
      const questions = (await found) ?? [];
      if (questions.length > 0) await this.#options.take(channelId, questions);
    } catch (error) {
      this.#failure = error;
    }
  }
}

/** Never rejects. @returns undefined when it could not be read. */
async function readChannel(
  { id: channelId, open }: MissedChannel,
  { after, botId, isQuestion, log, signal, firstRetryMs }: ReadOptions,
): Promise<readonly Message[] | undefined> {
  if (signal.aborted) return undefined;
  const warn = (error: unknown) =>
    log.warn('catch-up-failed', { channelId, failure: toRequestFailure(error).type, error });
  const read = async () => {
    const channel = await open();
    if (channel === undefined) return [];
    const { questions, isCut } = await readMissed(channel, after, { isQuestion, botId });
    if (isCut) log.warn('catch-up-cut', { channelId });
    return questions;
  };
  try {
    const isFinal = (error: unknown) => !passing.has(toRequestFailure(error).type);
    return await withRetries(read, {
      signal,
      firstMs: firstRetryMs,
      longestMs: longestRetryMs,
      most: mostTries,
      isFinal,
      onRetry: warn,
    });
  } catch (error) {
    warn(error);
    // A channel that is gone or may not be read has no questions for the bot.
    return closed.has(toRequestFailure(error).type) ? [] : undefined;
  }
}
