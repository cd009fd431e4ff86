/**
 * Runs the calls of one step, side by side, and gives each exactly one result. What a call may not do is refused before
 * anything is sent: unknown tools, malformed arguments, used-up bounds, calls that nobody approved.
 */
import { performance } from 'node:perf_hooks';
import { type PlacedCall, placeCalls } from '../call-place.ts';
import type { ToolArguments } from '../tools/tool.ts';
import { type Approval, approvalOf, type ModelStep, resultOf, type ToolResult, type Turn, taskOf } from '../turn.ts';
import type { Approvals } from './approvals.ts';
import { prepareCall } from './call-checks.ts';
import { toCallContext } from './call-context.ts';
import { refuse, stopped, toResult } from './call-results.ts';
import { beginTask, stayForTask, type TasksContext } from './call-tasks.ts';
import type { Countdown } from './countdown.ts';
import { type FindApprovalsContext, mustBeApproved } from './find-approvals.ts';

export interface CallsContext extends FindApprovalsContext, Omit<TasksContext, 'store'> {
  readonly clock: Countdown;
  readonly approvals: Approvals;
  readonly store: FindApprovalsContext['store'] & TasksContext['store'];
}

/**
 * Gives every call of the step that has no result one, save those that go on as tasks. Throws once the signal is aborted; then too, every call has a
 * result, unless the reason is `suspend`: a later process goes on with those.
 * @param isResumed Whether an earlier process may have begun these calls.
 */
export async function answerCalls(
  turn: Turn,
  step: ModelStep,
  context: CallsContext,
  isResumed: boolean,
): Promise<void> {
  const { signal, live } = context;
  await Promise.all(
    placeCalls(turn, step).map(async (placed) => {
      if (resultOf(step, placed.call) !== undefined) return;
      const result = await answer(placed, context, isResumed);
      // The process ends: a later one runs the call again or says that it does not know.
      if (result === undefined || signal.reason === 'suspend') return;
      live.finished(placed.call.id);
      step.results.push(result);
      live.changed();
    }),
  );
  signal.throwIfAborted();
}

/** Undefined when the call goes on as a task. */
async function answer(placed: PlacedCall, context: CallsContext, isResumed: boolean): Promise<ToolResult | undefined> {
  const { tools, log } = context;
  const { turn, step, call } = placed;
  const task = taskOf(step, call);
  if (task !== undefined) return await stayForTask(placed, task, context);
  const prepared = await prepareCall(placed, context, isResumed);
  if ('refusal' in prepared) return refuse(call, prepared.refusal);
  const approval = approvalOf(step, call);
  const mayHaveRun = isResumed && (approval === undefined || approval.isStarted === true);
  const called = tools.find(call);
  if (mayHaveRun && called?.isRepeatable !== true) return refuse(call, outcomeUnknown);
  // The policy or the tool was another one when the step was stored.
  if (approval === undefined && mustBeApproved(turn, call, context)) return refuse(call, notAsked);
  const refusal = approval === undefined ? undefined : await askPerson(turn, approval, context);
  if (refusal !== undefined) return refuse(call, refusal);
  const startedAt = Date.now();
  const begun = performance.now();
  const result = await run(placed, prepared.args, context);
  log.info('tool-call', {
    turnId: turn.question.id,
    tool: called === undefined ? 'unknown' : call.name,
    ok: result?.ok ?? 'task',
    durationMs: Math.round(performance.now() - begun),
  });
  if (result === undefined || taskOf(step, call) !== undefined) return result;
  const server = called?.server;
  return { ...result, ...(server === undefined ? {} : { server }), startedAt, endedAt: Date.now() };
}

/** Waits for the decision, which may be on record already. @returns why the call is not to be made. */
async function askPerson(turn: Turn, approval: Approval, context: CallsContext): Promise<string | undefined> {
  const { signal, approvals, clock, people, writer, grants, log } = context;
  const decided = () => people.during(signal, (either) => approvals.wait(turn, approval, either));
  const decision = approval.decision ?? (await clock.pausedFor(decided()));
  if (signal.aborted) return stopped;
  if (decision === 'denied') return approval.by === undefined ? notApproved : denied;
  approval.isStarted = true;
  try {
    await writer.save(turn);
    // It may have been ended since it was put on record: by an earlier process, and long ago.
    return approval.grantId === undefined || (await grants.stands(approval.grantId)) ? undefined : ended;
  } catch (error) {
    log.error('turn-save-fail', { turnId: turn.question.id, error });
    return 'Not run: it could not be noted down that it is run.';
  }
}

async function run(placed: PlacedCall, args: ToolArguments, context: CallsContext): Promise<ToolResult | undefined> {
  const { tools, signal, tasks } = context;
  const { turn, call } = placed;
  if (signal.aborted) return refuse(call, stopped);
  const answer = await tools.call(call, args, { ...toCallContext(placed, context), ...tasks.wishFor(turn) });
  return answer.task === undefined
    ? await toResult(placed, answer, context)
    : await beginTask(placed, answer.task, tools.find(call)?.server ?? '', context);
}

const outcomeUnknown = 'The program was restarted during this call, so its outcome is unknown. It was not run again.';
const notAsked = 'Not run: a person must approve this call, and nobody was asked. Call again to have somebody asked.';
const denied = 'Not run: a person was asked to approve this call and denied it. Do not try it again unless asked to.';
const ended =
  'Not run: calls of this tool were approved for good, and that was ended just now. Call again to have somebody asked.';
const notApproved = 'Not run: a person was asked to approve this call, and nobody did in time.';
