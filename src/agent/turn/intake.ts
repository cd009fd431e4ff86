/** Takes questions, each once, and gets their turns into the store, however long that is away. */
import type { Logger } from '../../log.ts';
import { withRetries } from '../../waiting.ts';
import { nothingLive, type TakenTurn, type TakeOptions, type TakeOutcome } from '../agent.ts';
import { readTurn } from '../store/turn-record.ts';
import type { TurnStore } from '../store/turn-store.ts';
import { conversationOf, type JsonValue, type Question, recordVersion, type Turn } from '../turn.ts';
import type { TurnWriter } from './turn-writer.ts';
import type { UnsettledTurns } from './unsettled-turns.ts';

export interface IntakeOptions {
  readonly store: Pick<TurnStore, 'hasTurn'>;
  readonly writer: Pick<TurnWriter, 'save'>;
  readonly unsettled: UnsettledTurns;
  readonly log: Logger;
}

const firstRetryMs = 250;
const longestRetryMs = 5_000;
/** Questions that this process remembers to have taken, besides those in the store. */
const mostRecent = 10_000;

export class Intake {
  readonly #options: IntakeOptions;
  readonly #recent = new Set<string>();
  /** Looked for and not there, and not known to be stored: a write whose answer did not come may have stored them since. */
  readonly #unsure = new Set<string>();

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  take(question: Question, delivery: JsonValue, options: TakeOptions): TakenTurn {
    const { replaces } = options;
    const again = replaces === undefined ? {} : { replaces };
    const turn: Turn = { version: recordVersion, question, warnings: [], steps: [], ...again, delivery };
    return { turn, stored: this.#put(turn, options) };
  }

  /** A turn of an earlier process: its question is not taken a second time. */
  remember(turn: Turn): void {
    this.#recent.add(turn.question.id);
    for (const oldest of this.#recent) {
      if (this.#recent.size <= mostRecent) break;
      this.#recent.delete(oldest);
    }
  }

  async #put(turn: Turn, options: TakeOptions): Promise<TakeOutcome> {
    const { unsettled, log } = this.#options;
    const { signal, isWanted = () => true, isFoundAgain = false, onChange } = options;
    const { id, channelId } = turn.question;
    if (this.#recent.has(id)) return 'known';
    this.remember(turn);
    if (readTurn(turn) === undefined) {
      // No waiting would mend it, and it would hold up its channel for ever.
      log.error('question-not-storable', { turnId: id, channelId });
      turn.end = { type: 'failed', code: 'store-failed' };
      return 'unstored';
    }
    const attempt = this.#attempting(turn, options);
    const onRetry = (error: unknown, waitMs: number) => {
      log.warn('question-waits', { turnId: id, channelId, retryInMs: waitMs, error });
      if (turn.warnings.length > 0) return;
      turn.warnings.push({ type: 'store-wait', afterSteps: 0 });
      onChange?.(nothingLive);
    };
    try {
      const outcome = await withRetries(attempt, {
        signal,
        firstMs: firstRetryMs,
        longestMs: longestRetryMs,
        isFinal: () => !isWanted(),
        onRetry,
      });
      if (outcome === 'stored') unsettled.add(turn);
      return outcome;
    } catch (error) {
      this.#recent.delete(id);
      if (!isWanted()) return 'withdrawn';
      log.warn('question-not-stored', { turnId: id, channelId, error });
      // What nobody finds again must not end in silence.
      if (!isFoundAgain) turn.end = { type: 'failed', code: 'store-failed' };
      return 'unstored';
    }
  }

  /** What is tried until the store does it. It goes on where it was: completed is completed, whatever was changed since. */
  #attempting(turn: Turn, { complete, mayBeIn }: TakeOptions): () => Promise<'stored' | 'known' | 'refused'> {
    const { store, writer } = this.#options;
    const { id } = turn.question;
    let isComplete = complete === undefined;
    const hasTurn = async () =>
      (await store.hasTurn(conversationOf(turn.question), id)) ||
      (mayBeIn !== undefined && (await store.hasTurn(mayBeIn, id)));
    return async () => {
      const [isKnown, completed] = await Promise.all([
        !this.#unsure.has(id) && hasTurn(),
        isComplete ? turn.question : complete?.(turn.question),
      ]);
      if (isKnown) return 'known';
      if (completed === 'refused') return completed;
      if (!isComplete) turn.question = completed ?? turn.question;
      isComplete = true;
      this.#unsure.add(id);
      await writer.save(turn);
      this.#unsure.delete(id);
      return 'stored';
    };
  }
}
