/** What a question's author has done to it before its turn begins. */
import type { Agent } from '../../agent/agent.ts';
import type { Turn } from '../../agent/turn.ts';
import type { Logger } from '../../log.ts';
import { amendQuestion } from './amend-question.ts';
import type { AskedQuestion, Change, PendingQuestions } from './pending-questions.ts';

export interface ChangesOptions {
  readonly agent: Pick<Agent, 'amend'>;
  readonly log: Logger;
  readonly pending: Pick<PendingQuestions, 'remove'>;
  /** What became of the message of a question, by what the platform says now; undefined: nothing, or it does not say. */
  readonly lookUp: (turn: Turn, signal: AbortSignal) => Promise<Change | undefined>;
}

/** Why a question is not answered: its place is out of reach, it was deleted, or it asks nothing any more. */
export type QuestionEnd = 'gone' | 'deleted' | 'empty';

/**
 * Gives the question the form that it has now.
 * @param isResumed Whether an earlier process took it: nobody has told this one what happened while there was none.
 * @param onEmpty Told when it asks nothing any more, with what it was edited to.
 * @returns why it is not to be answered; undefined when it is.
 */
export async function changeBeforeStart(
  turn: Turn,
  isResumed: boolean,
  signal: AbortSignal,
  onEmpty: (change: AskedQuestion) => void,
  { agent, log, pending, lookUp }: ChangesOptions,
): Promise<QuestionEnd | undefined> {
  const { question } = turn;
  const hasStarted = turn.steps.length > 0 || turn.end !== undefined;
  const found = isResumed && !hasStarted ? await lookUp(turn, signal) : undefined;
  const change = pending.remove(question.id) ?? found;
  if (change === 'gone') return change;
  if (change === undefined || hasStarted) return undefined;
  if (change === 'deleted') return change;
  if (change.text === '') {
    // An answer stands below one that is asked again.
    if (turn.replaces === undefined) onEmpty(change);
    return 'empty';
  }
  const amended = amendQuestion(question, change);
  if (amended === undefined) return undefined;
  await agent.amend(turn, amended).catch((error: unknown) => {
    log.warn('question-not-amended', { turnId: question.id, error });
  });
  return undefined;
}
