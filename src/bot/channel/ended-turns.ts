/** What is wanted of the store once a turn has ended. It is asked until it answers, or the process ends. */
import type { Agent } from '../../agent/agent.ts';
import { conversationOf, type JsonValue, type Turn } from '../../agent/turn.ts';
import type { Logger } from '../../log.ts';
import { withRetries } from '../../waiting.ts';

export interface EndedTurnsOptions {
  readonly agent: Pick<Agent, 'ended' | 'settle'>;
  readonly log: Logger;
  /** What is kept of a turn's delivery when it is settled: enough to find its messages again. */
  readonly toKept: (delivery: JsonValue) => JsonValue;
  /** Aborted when the process ends. */
  readonly signal: AbortSignal;
}

const firstRetryMs = 500;
const longestRetryMs = 30_000;

export class EndedTurns {
  readonly #options: EndedTurnsOptions;

  constructor(options: EndedTurnsOptions) {
    this.#options = options;
  }

  /** @returns the turn whose place this one was to take, as long as it has it. Rejects when the process ends. */
  async replacedBy({ question, replaces }: Turn): Promise<Turn | undefined> {
    if (replaces === undefined) return undefined;
    const { agent } = this.#options;
    const read = () => agent.ended(conversationOf(question), replaces);
    return (await this.#untilStored(read, 'old-turn-not-read', question.id))?.turn;
  }

  /** An open record would be shown again after the next start. Rejects when the process ends. */
  async settle(turn: Turn, delivery: JsonValue): Promise<void> {
    const { agent, toKept } = this.#options;
    await this.#untilStored(() => agent.settle(turn, toKept(delivery)), 'turn-not-settled', turn.question.id);
  }

  #untilStored<Result>(attempt: () => Promise<Result>, event: string, turnId: string): Promise<Result> {
    const { log, signal } = this.#options;
    return withRetries(attempt, {
      signal,
      firstMs: firstRetryMs,
      longestMs: longestRetryMs,
      onRetry: (error, retryInMs) => log.warn(event, { turnId, retryInMs, error }),
    });
  }
}
