/** How turns end that the loop has not brought to their end. */
import { AppError } from '../../errors.ts';
import { BudgetError } from '../budget/budgets.ts';
import { ModelError } from '../model/model-error.ts';
import { SourceFailure } from '../tools/source-failure.ts';
import { type FailureCode, resultOf, type Turn, type TurnEnd, taskOf } from '../turn.ts';
import { stopped } from './call-results.ts';

/** @param signal Of the run that threw. */
export function toEnd(error: unknown, signal: AbortSignal): TurnEnd {
  if (error instanceof BudgetError && !signal.aborted)
    return { type: 'failed', code: 'over-budget', budget: error.budget };
  return { type: 'failed', code: toFailureCode(error, signal) };
}

function toFailureCode(error: unknown, signal: AbortSignal): FailureCode {
  if (signal.aborted) return signal.reason === 'time-limit' ? 'time-limit' : 'stopped';
  if (error instanceof ModelError) return error.code;
  if (error instanceof SourceFailure) return `prompt-${error.code}`;
  return error instanceof AppError && error.code === 'store-failed' ? 'store-failed' : 'internal';
}

/** What the history has of the turn takes the place of what the record has. @returns how it ended; undefined where it does not say: nothing was taken over. */
export function takeOver(turn: Turn, { steps, warnings, end, endedAt }: Turn): TurnEnd | undefined {
  if (end === undefined) return undefined;
  turn.steps.splice(0, turn.steps.length, ...steps);
  turn.warnings.splice(0, turn.warnings.length, ...warnings);
  if (endedAt !== undefined) turn.endedAt = endedAt;
  return end;
}

/** A turn that ends on the way leaves no call without a result. */
export function closeOpenCalls(turn: Turn): void {
  for (const step of turn.steps) {
    for (const call of step.calls) {
      if (resultOf(step, call) === undefined) {
        const text = taskOf(step, call) === undefined ? 'The call was not run.' : stopped;
        step.results.push({ callId: call.id, ok: false, text });
      }
    }
  }
}
