/** Whether one question more is taken of a member and in a channel, and who was told that it was not. */
import type { Question } from '../../agent/turn.ts';
import type { Asking } from './asking.ts';
import type { MemberRate } from './member-rate.ts';
import { catalogues } from './texts/catalogues.ts';
import type { QueuedTurn, TurnQueue } from './turn-queue.ts';

export interface QuestionLimitsOptions {
  readonly queue: Pick<TurnQueue<QueuedTurn>, 'countOf' | 'countIn'>;
  readonly rate: Pick<MemberRate, 'waitFor'>;
  /** Questions that may wait in one channel. Undefined: any number. */
  readonly waitingPerChannel: number | undefined;
}

/** Questions of one member that may wait in one channel. */
const mostWaiting = 50;
/** Questions of one member in one channel that are answered elsewhere, where none waits for another. */
const mostElsewhere = 10;

type Asked = Pick<Question, 'id' | 'authorId' | 'channelId'>;

export class QuestionLimits {
  readonly #options: QuestionLimitsOptions;
  /** Questions that are answered elsewhere than they were asked, until they are over; by id. */
  readonly #elsewhere = new Map<string, { readonly askedIn: string; readonly authorId: string }>();
  /** Members who were told that they ask too much, with the channel. */
  readonly #told = new Set<string>();

  constructor(options: QuestionLimitsOptions) {
    this.#options = options;
  }

  /** @returns why the question is not taken now, as a line to the member. What was asked while nobody listened is taken all the same. */
  refusalOf(
    { authorId, channelId }: Pick<Asked, 'authorId' | 'channelId'>,
    { language, isMissed = false, askedIn = channelId }: Pick<Asking, 'language' | 'isMissed' | 'askedIn'>,
  ): string | undefined {
    if (isMissed) return undefined;
    const { queue, rate, waitingPerChannel = Infinity } = this.#options;
    const { tooManyWaiting, tooManyInChannel, tooFast, duration } = catalogues[language];
    const elsewhere = [...this.#elsewhere.values()].filter((asked) => asked.askedIn === askedIn);
    const own = elsewhere.filter((asked) => asked.authorId === authorId);
    if (queue.countOf(authorId, channelId) >= mostWaiting || own.length >= mostElsewhere) return tooManyWaiting;
    if (queue.countIn(channelId) + elsewhere.length >= waitingPerChannel) return tooManyInChannel;
    const waitMs = rate.waitFor(authorId);
    if (waitMs > 0) return tooFast.replace('{wait}', () => duration(waitMs));
    this.#told.delete(`${askedIn} ${authorId}`);
    return undefined;
  }

  /** Of a question that is not taken. @returns whether its author is told: of a flood of messages once, of a command always. */
  shouldTell({ authorId, channelId }: Asked, { askedIn = channelId, acknowledged }: Asking): boolean {
    const member = `${askedIn} ${authorId}`;
    if (acknowledged === undefined && this.#told.has(member)) return false;
    this.#told.add(member);
    return true;
  }

  /** The question is taken, and counts where it was asked, if that is another channel than it is answered in. */
  taken({ id, authorId }: Asked, { askedIn }: Pick<Asking, 'askedIn'>): void {
    if (askedIn !== undefined) this.#elsewhere.set(id, { askedIn, authorId });
  }

  over(questionId: string): void {
    this.#elsewhere.delete(questionId);
  }
}
