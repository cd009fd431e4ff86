/** Takes the missed questions that are not too many and not too old, and tells the others' authors that it is too late. */
import type { Message } from 'discord.js';
import type { Agent } from '../../../agent/agent.ts';
import type { CatchUpConfig } from '../../../config/types.ts';
import type { PendingQuestions } from '../../channel/pending-questions.ts';
import { catalogues } from '../../channel/texts/catalogues.ts';
import type { ReadQuestion } from '../question.ts';
import type { Seen } from './seen.ts';

export interface TakeOptions {
  readonly agent: Pick<Agent, 'find'>;
  readonly pending: Pick<PendingQuestions, 'has'>;
  readonly config: CatchUpConfig;
  readonly seen: Pick<Seen, 'passedOverIn' | 'passOver'>;
  readonly readQuestion: ReadQuestion;
  /** Takes a message as if it had just come. */
  readonly take: (message: Message) => Promise<void>;
  /** Says one line to whoever wrote the message. */
  readonly say: (message: Message, text: string) => void;
  /** In ms since 1970 UTC; what was asked before is too old. */
  readonly notBefore: number;
}

/** Of one run, channel by channel as they are read. Of too many, those of the first channels are taken, and of each the newest. */
export class MissedTaker {
  readonly #options: TakeOptions;
  #room: number;

  constructor(options: TakeOptions) {
    this.#options = options;
    this.#room = options.config.maxQuestions;
  }

  /** @param found Of that channel, oldest first: taken in that order. Resolves when all are. */
  async take(channelId: string, found: readonly Message[]): Promise<void> {
    const { config, seen, readQuestion, take, say, notBefore } = this.#options;
    const questions = found.filter(({ id }) => this.#isMissed(channelId, id));
    const inTime = questions.filter(({ createdTimestamp }) => createdTimestamp >= notBefore);
    // Whoever asked last is the likeliest to wait still.
    const taken = inTime.slice(Math.max(0, inTime.length - this.#room));
    this.#room -= taken.length;
    const last = questions.at(-taken.length - 1);
    if (last !== undefined) {
      await seen.passOver({ channelId, id: last.id });
      if (config.tooOld === 'note') {
        const { language = 'en' } = readQuestion(last) ?? {};
        say(last, `⚠️ ${catalogues[language].missed}`);
      }
    }
    for (const message of taken) await take(message);
  }

  /** What runs, or was just told, was not; and what was left out once is left out. */
  #isMissed(channelId: string, id: string): boolean {
    const { agent, pending, seen } = this.#options;
    return agent.find(id) === undefined && !pending.has(id) && BigInt(id) > seen.passedOverIn(channelId);
  }
}
