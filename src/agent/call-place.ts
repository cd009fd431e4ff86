/** Where a call stands in its turn. Ids that models make up may be long, repeated or missing; the place never is. */
import type { ModelStep, ToolCall, Turn } from './turn.ts';

/** A call with what it is a part of. */
export interface PlacedCall {
  readonly turn: Turn;
  readonly step: ModelStep;
  readonly call: ToolCall;
  /** Short, of digits and a `.`: the step's number and the call's within it, both from 0. */
  readonly place: string;
}

/** The step's calls in the order that the model made them. */
export function placeCalls(turn: Turn, step: ModelStep): PlacedCall[] {
  return step.calls.map((call) => ({ turn, step, call, place: placeOf(turn, step, call) }));
}

export function placeOf(turn: Turn, step: ModelStep, call: ToolCall): string {
  return `${turn.steps.indexOf(step)}.${step.calls.indexOf(call)}`;
}

/** Undefined where the turn has no such call. */
export function callAt(turn: Turn, place: string): ToolCall | undefined {
  const [step = -1, call = -1] = place.split('.').map(Number);
  return turn.steps[step]?.calls[call];
}
