/** Gets a question into the store, however long that is away: a question that came is answered once it can be kept. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Agent } from '../../agent/agent.ts';
import type { Turn } from '../../agent/turn.ts';
import type { Logger } from '../../log.ts';
import type { PendingQuestions } from './pending-questions.ts';

/**
 * - `kept` from here on the record carries it; `known` it was taken before;
 * - `dropped` its author took it back meanwhile; `unkept` the process ends before it could be stored.
 */
export type IntakeEnd =
  | { readonly type: 'kept'; readonly turn: Turn }
  | { readonly type: 'known' | 'dropped' | 'unkept' };

export interface Intake {
  /** Never rejects. */
  readonly ended: Promise<IntakeEnd>;
  /** Resolves when the store did not take it at once: its author should know. */
  readonly waits: Promise<void>;
}

export interface IntakeOptions {
  readonly agent: Agent;
  readonly pending: PendingQuestions;
  readonly log: Logger;
  /** Aborted when the process ends. */
  readonly signal: AbortSignal;
}

const firstRetryMs = 250;
const longestRetryMs = 5_000;

/** @param asked The turn as it would begin; its delivery is read anew at every try. */
export function takeIn(asked: Turn, { agent, pending, log, signal }: IntakeOptions): Intake {
  const waits = Promise.withResolvers<void>();
  const { question } = asked;

  async function run(): Promise<IntakeEnd> {
    for (let waitMs = firstRetryMs; ; waitMs = Math.min(longestRetryMs, waitMs * 2)) {
      try {
        const turn = await agent.accept(question, asked.delivery);
        if (turn === undefined) return { type: 'known' };
        pending.stored(question.id);
        return { type: 'kept', turn };
      } catch (error) {
        log.warn('question-waits', { turnId: question.id, channelId: question.channelId, retryInMs: waitMs, error });
        waits.resolve();
        await sleep(waitMs, undefined, { signal }).catch(() => undefined); // Aborted: seen below.
        const change = pending.changeOf(question.id);
        if (change === 'deleted' || change === 'gone') return { type: 'dropped' };
        if (signal.aborted) return { type: 'unkept' };
      }
    }
  }

  return { ended: run(), waits: waits.promise };
}
