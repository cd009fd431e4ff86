/** Reads what was asked in several channels, a few of them at once, each until it could be read or never will. */
import type { Message } from 'discord.js';
import type { Logger } from '../../../log.ts';
import { withRetries } from '../../../waiting.ts';
import { type DiscordFailure, toRequestFailure } from '../failures.ts';
import type { MissedChannel } from './changed-channels.ts';
import { readMissed } from './missed-questions.ts';

export interface ReadOptions {
  /** The id after which messages count. */
  readonly after: string;
  readonly botId: string;
  readonly isQuestion: (message: Message) => boolean;
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

/** @returns the questions in any order, and whether every channel could be read. Never rejects. */
export async function readChannels(
  channels: readonly MissedChannel[],
  options: ReadOptions,
): Promise<{ readonly questions: readonly Message[]; readonly isRead: boolean }> {
  const waiting = [...channels];
  const questions: Message[] = [];
  let isRead = true;
  const readNext = async () => {
    for (let channel = waiting.shift(); channel !== undefined; channel = waiting.shift()) {
      const found = await readChannel(channel, options);
      if (found === undefined) isRead = false;
      else questions.push(...found);
    }
  };
  await Promise.all(Array.from({ length: channelsAtOnce }, readNext));
  return { questions, isRead };
}

/** @returns undefined when it could not be read. */
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
