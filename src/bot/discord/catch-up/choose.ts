/** Which of the missed questions are taken, and whose author is told that it is too late. Pure. */
import type { Message } from 'discord.js';
import type { CatchUpConfig } from '../../../config/types.ts';
import { compareIds } from './missed-questions.ts';

export interface Choice {
  /** Oldest first. */
  readonly taken: readonly Message[];
  /** Oldest first; all of them older than those taken. */
  readonly passedOver: readonly Message[];
}

/**
 * Of too many, the newest: whoever asked last is the likeliest to wait still.
 * @param notBefore In ms since 1970 UTC; what was asked before is too old.
 */
export function choose(
  questions: readonly Message[],
  { maxQuestions }: Pick<CatchUpConfig, 'maxQuestions'>,
  notBefore: number,
): Choice {
  const sorted = questions.toSorted(compareIds);
  const inTime = sorted.filter(({ createdTimestamp }) => createdTimestamp >= notBefore);
  const taken = inTime.slice(Math.max(0, inTime.length - maxQuestions));
  return { taken, passedOver: sorted.slice(0, sorted.length - taken.length) };
}

/** The newest of each channel: one line a channel is enough, to whoever asked there last. */
export function lastOfEachChannel(messages: readonly Message[]): readonly Message[] {
  return [...new Map(messages.map((message) => [message.channelId, message])).values()];
}
