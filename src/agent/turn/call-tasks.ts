/**
 * Calls that go on as tasks of their servers. A task is on record before anybody waits for it, so that no later process makes its call
 * again; a turn stays for it a moment, and is then set aside until all of its tasks have results.
 */
import { type PlacedCall, placeCalls } from '../call-place.ts';
import type { StartedTask } from '../tools/tool.ts';
import { type CallTask, resultOf, type ToolResult, type Turn, taskOf } from '../turn.ts';
import { type LiveContext, toCallContext } from './call-context.ts';
import { type ResultsContext, refuse, toResult } from './call-results.ts';
import type { TaskWatch } from './task-watch.ts';
import type { TurnWriter } from './turn-writer.ts';

export interface TasksContext extends LiveContext, ResultsContext {
  readonly tasks: TaskWatch;
  readonly writer: Pick<TurnWriter, 'save' | 'saveSoon'>;
}

/** Notes the task down and stays for it. @returns undefined when it goes on. */
export async function beginTask(
  placed: PlacedCall,
  { id: taskId, ttlMs = Number.POSITIVE_INFINITY }: StartedTask,
  server: string,
  context: TasksContext,
): Promise<ToolResult | undefined> {
  const { limits, tasks, writer, live, log } = context;
  const { turn, step, call } = placed;
  const startedAt = Date.now();
  const until = startedAt + Math.min(ttlMs, limits.taskMs);
  const task: CallTask = { callId: call.id, server, taskId, startedAt, until };
  // Others may have begun since it was asked for, and some servers ask nobody.
  if (!tasks.hasRoom(turn)) {
    await tasks.cancel(task, turn.question.authorId);
    return refuse(call, 'Stopped: as many long-running calls as are allowed run here already.');
  }
  step.tasks = [...(step.tasks ?? []), task];
  await writer.save(turn).catch((error: unknown) => {
    log.error('turn-save-fail', { turnId: turn.question.id, error });
  });
  live.changed();
  return await stayForTask(placed, task, context);
}

/** @returns undefined when the turn has stayed long enough, or the process ends. */
export function stayForTask(
  placed: PlacedCall,
  task: CallTask,
  context: TasksContext,
): Promise<ToolResult | undefined> {
  return waitForTask(placed, task, context, AbortSignal.timeout(context.limits.taskPatienceMs));
}

/** Waits until every task of the turn has a result, or the signal aborts. Never rejects. */
export async function waitForTasks(turn: Turn, context: TasksContext): Promise<void> {
  const step = turn.steps.at(-1);
  if (step === undefined) return;
  const waits = placeCalls(turn, step).map(async (placed) => {
    const task = taskOf(step, placed.call);
    if (task === undefined || resultOf(step, placed.call) !== undefined) return;
    const result = await waitForTask(placed, task, context);
    if (result === undefined) return;
    context.live.finished(placed.call.id);
    step.results.push(result);
    context.writer.saveSoon(turn);
    context.live.changed();
  });
  await Promise.all(waits);
}

async function waitForTask(
  placed: PlacedCall,
  task: CallTask,
  context: TasksContext,
  patience?: AbortSignal,
): Promise<ToolResult | undefined> {
  const { call } = placed;
  const answer = await context.tasks.wait(task, placed.turn, call.name, toCallContext(placed, context), patience);
  if (answer === undefined) return undefined;
  const result = await toResult(placed, answer, context);
  context.log.info('task-end', {
    turnId: placed.turn.question.id,
    ok: result.ok,
    durationMs: Date.now() - task.startedAt,
  });
  return { ...result, server: task.server, startedAt: task.startedAt, endedAt: Date.now() };
}
