/** Takes the missed questions that are not too many and not too old, and tells the others' authors that it is too late. */
import type { Message } from 'discord.js';
import type { Agent } from '../../../agent/agent.ts';
import type { CatchUpConfig } from '../../../config/types.ts';
import { catalogues } from '../../channel/texts/catalogues.ts';
import type { ReadQuestion } from '../question.ts';
import { compareIds } from '../snowflakes.ts';
import type { Seen } from './seen.ts';

export interface TakeOptions {
  readonly agent: Pick<Agent, 'find'>;
  readonly config: CatchUpConfig;
  readonly seen: Seen;
  readonly readQuestion: ReadQuestion;
  /** Takes a message as if it had just come. */
  readonly take: (message: Message) => Promise<void>;
  /** Says one line to whoever wrote the message. */
  readonly say: (message: Message, text: string) => void;
}

/**
 * Takes them oldest first in each channel; resolves when all are taken.
 * @param notBefore In ms since 1970 UTC; what was asked before is too old.
 */
export async function takeAll(
  found: readonly Message[],
  notBefore: number,
  { agent, config, seen, readQuestion, take, say }: TakeOptions,
): Promise<void> {
  // What runs already was not missed.
  const questions = found.filter(({ id }) => agent.find(id) === undefined && !seen.isPassedOver(id));
  const { taken, passedOver } = choose(questions, config, notBefore);
  const newest = passedOver.at(-1);
  if (newest !== undefined) await seen.passOver(newest.id);
  if (config.tooOld === 'note') {
    for (const message of lastOfEachChannel(passedOver)) {
      const { language = 'en' } = readQuestion(message) ?? {};
      say(message, `⚠️ ${catalogues[language].missed}`);
    }
  }
  const takeInOrder = async (ofChannel: readonly Message[]) => {
    for (const message of ofChannel) await take(message);
  };
  await Promise.all([...Map.groupBy(taken, ({ channelId }) => channelId).values()].map(takeInOrder));
}

interface Choice {
  /** Oldest first. */
  readonly taken: readonly Message[];
  /** Oldest first; all of them older than those taken. */
  readonly passedOver: readonly Message[];
}

/** Of too many, the newest: whoever asked last is the likeliest to wait still. */
function choose(
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
function lastOfEachChannel(messages: readonly Message[]): readonly Message[] {
  return [...new Map(messages.map((message) => [message.channelId, message])).values()];
}
