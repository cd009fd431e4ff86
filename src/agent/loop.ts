/**
 * The tool loop: ask the model, run its calls, ask again, until it answers in prose. Works on the record alone, so that
 * a turn that was interrupted anywhere goes on by running the loop again.
 */
import { performance } from 'node:perf_hooks';
import type { Logger } from '../log.ts';
import type { AgentLimits } from './limits.ts';
import type { ChatMessage } from './messages.ts';
import type { Model, ModelAnswer } from './model.ts';
import { toMessages } from './prompt.ts';
import { runCall } from './run-call.ts';
import type { ToolBox } from './tools/tool-host.ts';
import { type ModelStep, resultOf, type ToolCall, type ToolResult, type Turn, type TurnEnd } from './turn.ts';
import type { TurnWriter } from './turn-writer.ts';

export interface LoopContext {
  readonly model: Model;
  readonly tools: ToolBox;
  /** What comes before this turn: system prompt and history. */
  readonly prefix: readonly ChatMessage[];
  readonly limits: AgentLimits;
  readonly signal: AbortSignal;
  readonly onChange: (draft: string | undefined) => void;
  readonly writer: TurnWriter;
  readonly log: Logger;
}

/**
 * @returns how the turn ends; the record then holds everything else.
 * @throws {ModelError}, what the store throws, or anything at all once the signal is aborted: every call then has a result.
 */
export async function runLoop(turn: Turn, context: LoopContext): Promise<TurnEnd> {
  const { limits, signal, onChange, writer, tools } = context;
  const interrupted = turn.steps.at(-1);
  if (interrupted !== undefined) await answerCalls(turn, interrupted, context, true);
  for (;;) {
    const last = turn.steps.at(-1);
    if (last !== undefined && last.calls.length === 0) return { type: 'answered' };
    signal.throwIfAborted();
    const isLastStep = turn.steps.length >= limits.stepsPerTurn - 1;
    const mayCallTools = !isLastStep && countCalls(turn) < limits.callsPerTurn && !isGoingRound(turn);
    const answer = await ask(turn, mayCallTools, context);
    const end = toEnd(answer, isLastStep);
    const step: ModelStep = {
      text: answer.text,
      calls: end === undefined ? answer.calls : [],
      results: [],
      ...(answer.usage === undefined ? {} : { usage: answer.usage }),
    };
    if (end === undefined || answer.text !== '') turn.steps.push(step);
    if (end !== undefined) return end;
    if (answer.finish === 'length') {
      for (const call of step.calls)
        step.results.push(refuse(call, 'The output limit cut this call off, so it was not run.'));
    }
    onChange(undefined);
    // A call that may be made twice needs no record of having been made.
    if (step.calls.every((call) => tools.isRepeatable(call.name))) writer.saveSoon(turn);
    else await writer.save(turn);
    await answerCalls(turn, step, context, false);
    writer.saveSoon(turn);
  }
}

/** Asks a second time when there is neither text nor call. */
async function ask(turn: Turn, mayCallTools: boolean, context: LoopContext): Promise<ModelAnswer> {
  const { model, tools, prefix, signal, onChange } = context;
  const request = { messages: [...prefix, ...toMessages(turn)], tools: tools.definitions, mayCallTools, signal };
  for (let attempt = 1; ; attempt += 1) {
    let draft = '';
    const startedAt = performance.now();
    try {
      const answer = await model.complete({
        ...request,
        onText: (text) => {
          draft = text;
          onChange(text);
        },
      });
      logStep(turn, answer, performance.now() - startedAt, context.log);
      const isEmpty = answer.text.trim() === '' && answer.calls.length === 0 && answer.finish === 'whole';
      if (!isEmpty) return answer;
      if (attempt > 1) return { ...answer, text: '' };
    } catch (error) {
      // What was shown already stays part of the record, unless the record goes on elsewhere.
      if (draft !== '' && signal.reason !== 'suspend') turn.steps.push({ text: draft, calls: [], results: [] });
      throw error;
    }
  }
}

/** Undefined when there are calls to run. */
function toEnd({ text, calls, finish }: ModelAnswer, isLastStep: boolean): TurnEnd | undefined {
  if (finish === 'filtered') return { type: 'failed', code: 'answer-filtered' };
  if (calls.length > 0) return isLastStep ? { type: 'failed', code: 'step-limit' } : undefined;
  if (finish === 'length') return { type: 'failed', code: 'answer-too-long' };
  return text === '' ? { type: 'failed', code: 'model-empty' } : { type: 'answered' };
}

/** Gives every call of the step that has no result one; side by side. */
async function answerCalls(turn: Turn, step: ModelStep, context: LoopContext, isResumed: boolean): Promise<void> {
  const { tools, signal, limits, onChange, log } = context;
  const open = step.calls.filter((call) => resultOf(step, call) === undefined);
  const left = limits.callsPerTurn - (countCalls(turn) - open.length);
  const answer = async (call: ToolCall, place: number) => {
    if (isResumed && !tools.isRepeatable(call.name)) return refuse(call, outcomeUnknown);
    if (place >= left) return refuse(call, `Not run: this question has used up its ${limits.callsPerTurn} calls.`);
    if (isThird(turn, step, call)) return refuse(call, goingRound);
    const startedAt = performance.now();
    const result = await runCall(call, tools, signal);
    log.info('tool-call', {
      turnId: turn.question.id,
      tool: tools.has(call.name) ? call.name : 'unknown',
      ok: result.ok,
      durationMs: Math.round(performance.now() - startedAt),
    });
    return result;
  };
  await Promise.all(
    open.map(async (call, place) => {
      const result = await answer(call, place);
      // The process ends: a later one runs the call again or says that it does not know.
      if (signal.reason === 'suspend') return;
      step.results.push(result);
      onChange(undefined);
    }),
  );
  signal.throwIfAborted();
}

const outcomeUnknown = 'The program was restarted during this call, so its outcome is unknown. It was not run again.';
const goingRound =
  'Not run: the same call was made twice before, with the results above. Answer with what there is, or say what is missing.';

function refuse(call: ToolCall, text: string): ToolResult {
  return { callId: call.id, ok: false, text };
}

function countCalls(turn: Turn): number {
  return turn.steps.reduce((sum, step) => sum + step.calls.length, 0);
}

/** The two steps before made the same call. */
function isThird(turn: Turn, step: ModelStep, call: ToolCall): boolean {
  const place = turn.steps.indexOf(step);
  const before = turn.steps.slice(Math.max(0, place - 2), place);
  return before.length === 2 && before.every((other) => other.calls.some((made) => isSameCall(made, call)));
}

function isGoingRound(turn: Turn): boolean {
  return turn.steps.some((step) => step.calls.some((call) => isThird(turn, step, call)));
}

function isSameCall(a: ToolCall, b: ToolCall): boolean {
  return a.name === b.name && a.arguments === b.arguments;
}

function logStep(turn: Turn, answer: ModelAnswer, durationMs: number, log: Logger): void {
  log.info('model-step', {
    turnId: turn.question.id,
    step: turn.steps.length + 1,
    calls: answer.calls.length,
    finish: answer.finish,
    durationMs: Math.round(durationMs),
    ...answer.usage,
  });
}
