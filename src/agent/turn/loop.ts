/**
 * The tool loop: ask the model, run its calls, ask again, until it answers in prose. Works on the record alone, so that
 * a turn that was interrupted anywhere goes on by running the loop again.
 */
import { performance } from 'node:perf_hooks';
import { pause } from '../../waiting.ts';
import { toPrice } from '../budget/budgets.ts';
import { toMessages } from '../history/prompt.ts';
import type { ContentOptions } from '../history/question-content.ts';
import { withOwnIds } from '../model/call-assembly.ts';
import type { ChatMessage } from '../model/messages.ts';
import { ModelError } from '../model/model-error.ts';
import type { Model, ModelAnswer, ModelRequest } from '../model/types.ts';
import type { FoundTools } from '../tools/tool-search.ts';
import {
  addUsage,
  conversationOf,
  foundIn,
  type ModelStep,
  openTasks,
  type Turn,
  type TurnEnd,
  type TurnWarning,
  type Usage,
} from '../turn.ts';
import { countCalls, isGoingRound } from './call-checks.ts';
import { findApprovals } from './find-approvals.ts';
import type { ModelHold } from './model-hold.ts';
import { PeopleTime } from './people-time.ts';
import { answerCalls, type CallsContext } from './tool-calls.ts';
import type { TurnBudget } from './turn-budget.ts';
import type { TurnWriter } from './turn-writer.ts';

export interface LoopContext extends Omit<CallsContext, 'people'> {
  readonly model: Model;
  /** What comes before this turn: system prompt and history. */
  readonly prefix: readonly ChatMessage[];
  /** The tools that searches of the turns in it have found. */
  readonly foundBefore: FoundTools;
  /** How much is sent of what came with the question. */
  readonly content: ContentOptions;
  readonly writer: TurnWriter;
  /** Undefined: nobody else asks the model server for this bot. */
  readonly modelHold: ModelHold | undefined;
  /** Undefined: anything may be spent. */
  readonly budget: Pick<TurnBudget, 'reserve'> | undefined;
}

/**
 * @returns how the turn ends; the record then holds everything else. Undefined: it waits for tasks, and goes on when they are done.
 * @throws {ModelError}, {BudgetError}, what the store throws, or anything at all once the signal is aborted: every call then has a result.
 */
export async function runLoop(turn: Turn, context: LoopContext): Promise<TurnEnd | undefined> {
  const { limits, signal, live, writer, tools } = context;
  const calls: CallsContext = { ...context, people: new PeopleTime(limits.peopleMs) };
  const interrupted = turn.steps.at(-1);
  if (interrupted !== undefined) await answerCalls(turn, interrupted, calls, true);
  // An earlier process was told to stop, and ended on the way.
  if (interrupted?.tasks?.some(({ isUnwanted }) => isUnwanted) === true) return { type: 'failed', code: 'stopped' };
  for (;;) {
    if (openTasks(turn).length > 0) return undefined;
    const last = turn.steps.at(-1);
    // An answer without a word was not stored by this program: it would be a silent end.
    if (last !== undefined && last.calls.length === 0)
      return last.text.trim() === '' ? { type: 'failed', code: 'model-empty' } : { type: 'answered' };
    signal.throwIfAborted();
    const isLastStep = turn.steps.length >= limits.stepsPerTurn - 1;
    const isSpent = countCalls(turn) >= limits.callsPerTurn || isGoingRound(turn, limits.sameCalls);
    const answer = await askPatiently(turn, !isLastStep && !isSpent && !tools.isDown, context);
    const end = toEnd(answer, isLastStep);
    const { text, usage, askedAt, answeredAt, retries } = answer;
    const step: ModelStep = {
      text,
      calls: end === undefined ? withOwnIds(answer.calls, callIdsOf(turn)) : [],
      results: [],
      ...(usage === undefined ? {} : { usage }),
      askedAt,
      answeredAt,
      ...(retries === 0 ? {} : { retries }),
    };
    if (end === undefined || text !== '') turn.steps.push(step);
    if (end !== undefined) return end;
    if (answer.finish === 'length') {
      const why = 'The output limit cut this call off, so it was not run.';
      step.results.push(...step.calls.map((call) => ({ callId: call.id, ok: false, text: why })));
    }
    const approvals = await findApprovals(turn, step, calls);
    if (approvals !== undefined) step.approvals = approvals;
    live.changed();
    // A call that may be made twice needs no record of having been made.
    if (approvals === undefined && step.calls.every((call) => tools.find(call)?.isRepeatable === true))
      writer.saveSoon(turn);
    else await writer.save(turn);
    await answerCalls(turn, step, calls, false);
    writer.saveSoon(turn);
  }
}

function callIdsOf({ steps }: Turn): string[] {
  return steps.flatMap(({ calls }) => calls.map(({ id }) => id));
}

/** An answer with what it took to get it. Times in milliseconds since 1970 UTC. */
interface TimedAnswer extends ModelAnswer {
  readonly askedAt: number;
  readonly answeredAt: number;
  /** Requests before it that came to nothing. */
  readonly retries: number;
}

/** A model server that says when it will take requests again is waited for, in all as long as the operator allows. */
async function askPatiently(turn: Turn, mayCallTools: boolean, context: LoopContext): Promise<TimedAnswer> {
  const { limits, signal, clock, modelHold } = context;
  const announced = turn.warnings.at(-1);
  if (announced !== undefined && isWait(announced) && announced.afterSteps === turn.steps.length)
    await clock.pausedFor(waitUntil(announced.until, signal));
  for (let refusals = 0; ; refusals += 1) {
    await waitWithOthers(turn, context);
    try {
      const answer = await ask(turn, mayCallTools, context);
      return { ...answer, retries: answer.retries + refusals };
    } catch (error) {
      const waitMs = error instanceof ModelError && error.code === 'model-busy' ? error.retryAfterMs : undefined;
      if (waitMs === undefined || isTooLong(turn, waitMs, limits)) throw error;
      await modelHold?.note(waitMs);
      await announceWait(turn, waitMs, context);
    }
  }
}

/** What the server has said to another process of the bot holds for this one. */
async function waitWithOthers(turn: Turn, context: LoopContext): Promise<void> {
  const { limits, signal, clock, modelHold } = context;
  for (let waitMs = await modelHold?.waitMs(); waitMs !== undefined && waitMs > 0; waitMs = await modelHold?.waitMs()) {
    if (isTooLong(turn, waitMs, limits))
      throw new ModelError('model-busy', 'The model server is waited for elsewhere.');
    if (waitMs <= limits.modelRetryMs) await clock.pausedFor(waitUntil(Date.now() + waitMs, signal));
    else await announceWait(turn, waitMs, context);
  }
}

function isTooLong(turn: Turn, waitMs: number, { modelWaitMs }: LoopContext['limits']): boolean {
  const waitedMs = turn.warnings.filter(isWait).reduce((sum, warning) => sum + warning.waitMs, 0);
  return waitedMs + waitMs > modelWaitMs;
}

/** Waits, and the channel shows it. */
async function announceWait(turn: Turn, waitMs: number, { signal, clock, writer, live }: LoopContext): Promise<void> {
  const until = Date.now() + waitMs;
  turn.warnings.push({ type: 'model-wait', waitMs, until, afterSteps: turn.steps.length });
  live.changed();
  writer.saveSoon(turn);
  await clock.pausedFor(waitUntil(until, signal));
}

function isWait(warning: TurnWarning): warning is TurnWarning & { type: 'model-wait' } {
  return warning.type === 'model-wait';
}

/** @throws the signal's reason. */
async function waitUntil(time: number, signal: AbortSignal): Promise<void> {
  await pause(Math.max(0, time - Date.now()), signal);
  signal.throwIfAborted();
}

/** Asks a second time when there is neither text nor call. */
async function ask(turn: Turn, mayCallTools: boolean, context: LoopContext): Promise<TimedAnswer> {
  const { tools, prefix, foundBefore, content, signal, live } = context;
  const request = {
    messages: [...prefix, ...toMessages(turn, content)],
    tools: tools.offer([...foundBefore, ...foundIn([turn])]),
    mayCallTools,
    channelId: conversationOf(turn.question),
    authorId: turn.question.authorId,
    signal,
  };
  let spent: Usage | undefined;
  const askedAt = Date.now();
  for (let attempt = 1; ; attempt += 1) {
    let draft = '';
    const startedAt = performance.now();
    try {
      const onText = (text: string) => {
        draft = text;
        live.writes(text);
      };
      const answer = await completeWithin({ ...request, onText }, context);
      logStep(turn, answer, performance.now() - startedAt, context);
      const isEmpty = answer.text.trim() === '' && answer.calls.length === 0 && answer.finish === 'whole';
      const usage = addUsage(spent, answer.usage);
      const timed = { ...answer, askedAt, answeredAt: Date.now(), retries: attempt - 1 };
      const whole = usage === undefined ? timed : { ...timed, usage };
      if (!isEmpty) return whole;
      if (attempt > 1) return { ...whole, text: '' };
      spent = usage;
    } catch (error) {
      // What was shown already stays part of the record, unless the record goes on elsewhere.
      if (draft !== '' && signal.reason !== 'suspend')
        turn.steps.push({ text: draft, calls: [], results: [], askedAt });
      throw error;
    }
  }
}

/** Asks once what it may cost is reserved, and enters what it did cost. */
async function completeWithin(request: ModelRequest, context: LoopContext): Promise<ModelAnswer> {
  const { model, budget } = context;
  if (budget === undefined) return await model.complete(request);
  const most = await model.mostOf(request);
  const reservation = await budget.reserve(most);
  try {
    const answer = await model.complete(request);
    // A server that does not count may be charging for everything.
    await reservation.settle(answer.usage === undefined ? most : toPrice(answer.usage));
    return answer;
  } catch (error) {
    // Of a stream that broke off nobody knows the price; what was refused cost nothing.
    const isUnknown = !(error instanceof ModelError) || error.code === 'model-cut-off';
    await reservation.settle(isUnknown ? most : { tokens: 0, costUsd: 0 });
    throw error;
  }
}

/** Undefined when there are calls to run. */
function toEnd({ text, calls, finish }: ModelAnswer, isLastStep: boolean): TurnEnd | undefined {
  if (finish === 'filtered') return { type: 'failed', code: 'answer-filtered' };
  if (calls.length > 0) return isLastStep ? { type: 'failed', code: 'step-limit' } : undefined;
  if (finish === 'length') return { type: 'failed', code: 'answer-too-long' };
  return text === '' ? { type: 'failed', code: 'model-empty' } : { type: 'answered' };
}

function logStep(turn: Turn, answer: ModelAnswer, durationMs: number, { log }: LoopContext): void {
  log.info('model-step', {
    turnId: turn.question.id,
    step: turn.steps.length + 1,
    calls: answer.calls.length,
    finish: answer.finish,
    durationMs: Math.round(durationMs),
    ...answer.usage,
  });
}
