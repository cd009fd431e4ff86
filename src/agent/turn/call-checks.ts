/** What is refused before anything is sent: unknown tools, malformed arguments, used-up bounds, the same call again and again. */
import { isRecord } from '../../json.ts';
import type { PlacedCall } from '../call-place.ts';
import { parseExactJson } from '../exact-json.ts';
import type { AgentLimits } from '../limits.ts';
import type { ToolArguments } from '../tools/tool.ts';
import type { ToolBox } from '../tools/tool-box.ts';
import type { ModelStep, ToolCall, Turn } from '../turn.ts';

/** What is known of a call before it is run: its arguments, or why it will not be run. */
export type PreparedCall = { readonly args: ToolArguments } | { readonly refusal: string };

const goingRound =
  'Not run: the same call was made before, with the results above. Answer with what there is, or say what is missing.';

/** @param isChecked An earlier process has held the arguments against the schema, and may have ended of it. */
export async function prepareCall(
  { turn, step, call }: PlacedCall,
  { tools, limits }: { readonly tools: ToolBox; readonly limits: AgentLimits },
  isChecked = false,
): Promise<PreparedCall> {
  if (callsBefore(turn, step, call) >= limits.callsPerTurn)
    return { refusal: `Not run: this question has used up its ${limits.callsPerTurn} calls.` };
  if (isRepeatedTooOften(turn, step, call, limits.sameCalls)) return { refusal: goingRound };
  // The tool box says of an unknown tool which ones there are.
  if (tools.find(call) === undefined) return { args: {} };
  const args = readArguments(call.arguments);
  if (typeof args === 'string') return { refusal: args };
  const problem = isChecked ? undefined : await tools.problemWith(call, args);
  return problem === undefined ? { args } : { refusal: problem };
}

/** The arguments, or what is wrong with them. */
function readArguments(text: string): ToolArguments | string {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = parseExactJson(text);
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message.slice(0, 160) : 'unreadable';
    return `The arguments are not valid JSON (${reason}). Call again with one JSON object.`;
  }
  return isRecord(value) ? value : 'The arguments are not a JSON object. Call again with one, such as {"a": 1}.';
}

export function countCalls(turn: Turn): number {
  return turn.steps.reduce((sum, step) => sum + step.calls.length, 0);
}

/** How many calls of the turn come before this one. */
function callsBefore(turn: Turn, step: ModelStep, call: ToolCall): number {
  const earlier = turn.steps.slice(0, turn.steps.indexOf(step));
  return earlier.reduce((sum, { calls }) => sum + calls.length, 0) + step.calls.indexOf(call);
}

/** Whether the model keeps making one call, step after step: then only an answer in prose can help. */
export function isGoingRound(turn: Turn, sameCalls: number): boolean {
  return turn.steps.some((step) => step.calls.some((call) => isRepeatedTooOften(turn, step, call, sameCalls)));
}

/** The steps before all made the same call, as many as there may be. */
function isRepeatedTooOften(turn: Turn, step: ModelStep, call: ToolCall, sameCalls: number): boolean {
  const place = turn.steps.indexOf(step);
  const before = turn.steps.slice(Math.max(0, place - sameCalls), place);
  return before.length === sameCalls && before.every(({ calls }) => calls.some((made) => isSameCall(made, call)));
}

function isSameCall(a: ToolCall, b: ToolCall): boolean {
  return a.name === b.name && a.arguments === b.arguments;
}
