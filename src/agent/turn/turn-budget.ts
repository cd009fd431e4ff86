/** What one turn may spend. A store that is away is waited for: nothing is spent that is not entered. */
import type { Logger } from '../../log.ts';
import { withRetries } from '../../waiting.ts';
import { BudgetError, type Budgets, type Price, type Reservation } from '../budget/budgets.ts';
import type { AgentLimits } from '../limits.ts';
import type { Question } from '../turn.ts';
import type { Countdown } from './countdown.ts';

export interface TurnBudgetOptions {
  readonly budgets: Budgets;
  readonly question: Question;
  readonly limits: Pick<AgentLimits, 'storeRetryMs'>;
  readonly signal: AbortSignal;
  readonly clock: Countdown;
  readonly log: Logger;
  /** Called when the store has to be waited for. */
  readonly onWait: () => void;
}

const longestRetryMs = 15_000;

export class TurnBudget {
  readonly #options: TurnBudgetOptions;

  constructor(options: TurnBudgetOptions) {
    this.#options = options;
  }

  /** Counts the question, and what `work` asks for. @throws {BudgetError}, the signal's reason, or what `work` throws. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    const { budgets, question, signal } = this.#options;
    const counted = await this.#patiently(() => budgets.begin(question));
    try {
      return await work();
    } finally {
      // A turn that goes on elsewhere is counted there, as the same.
      if (signal.reason !== 'suspend') await counted.settle({ tokens: 0, costUsd: 0 });
    }
  }

  /** @throws {BudgetError}, or the signal's reason. */
  async reserve(most: Price): Promise<Reservation> {
    const { budgets, question } = this.#options;
    return await this.#patiently(() => budgets.reserve(question, most));
  }

  async #patiently<Result>(attempt: () => Promise<Result>): Promise<Result> {
    const { question, limits, signal, clock, log, onWait } = this.#options;
    const reached = withRetries(attempt, {
      signal,
      firstMs: limits.storeRetryMs,
      longestMs: longestRetryMs,
      isFinal: (error) => error instanceof BudgetError,
      onRetry: (error, retryInMs) => {
        log.warn('budget-not-read', { turnId: question.id, retryInMs, error });
        onWait();
      },
    });
    return await clock.pausedFor(reached);
  }
}
