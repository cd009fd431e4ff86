/**
 * Runs the calls of one step, side by side, and gives each exactly one result. What a call may not do is refused before
 * anything is sent: unknown tools, malformed arguments, used-up bounds, calls that nobody approved.
 */
import { performance } from 'node:perf_hooks';
import { type PlacedCall, placeCalls } from '../call-place.ts';
import { toFileKey } from '../store/file-key.ts';
import type { TurnStore } from '../store/turn-store.ts';
import type { ToolAnswer, ToolArguments } from '../tools/tool.ts';
import {
  type Approval,
  approvalOf,
  type ModelStep,
  resultOf,
  type ToolCall,
  type ToolResult,
  type Turn,
} from '../turn.ts';
import type { Approvals } from './approvals.ts';
import { prepareCall } from './call-checks.ts';
import type { Countdown } from './countdown.ts';
import { type FindApprovalsContext, mustBeApproved } from './find-approvals.ts';
import type { LiveTurn } from './live-turn.ts';
import type { PeopleTime } from './people-time.ts';
import type { TurnWriter } from './turn-writer.ts';

export interface CallsContext extends FindApprovalsContext {
  readonly signal: AbortSignal;
  readonly clock: Countdown;
  readonly people: PeopleTime;
  readonly live: LiveTurn;
  readonly approvals: Approvals;
  readonly writer: Pick<TurnWriter, 'save'>;
  readonly store: Pick<TurnStore, 'saveFile' | 'logDecision'>;
}

/**
 * Gives every call of the step that has no result one. Throws once the signal is aborted; then too, every call has a
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
      if (signal.reason === 'suspend') return;
      live.finished(placed.call.id);
      step.results.push(result);
      live.changed();
    }),
  );
  signal.throwIfAborted();
}

async function answer(placed: PlacedCall, context: CallsContext, isResumed: boolean): Promise<ToolResult> {
  const { tools, log } = context;
  const { turn, step, call } = placed;
  const prepared = await prepareCall(placed, context, isResumed);
  if ('refusal' in prepared) return refuse(call, prepared.refusal);
  const approval = approvalOf(step, call);
  const mayHaveRun = isResumed && (approval === undefined || approval.isStarted === true);
  if (mayHaveRun && !tools.isRepeatable(call.name)) return refuse(call, outcomeUnknown);
  // The policy or the tool was another one when the step was stored.
  if (approval === undefined && mustBeApproved(turn, call, context)) return refuse(call, notAsked);
  const refusal = approval === undefined ? undefined : await askPerson(turn, approval, context);
  if (refusal !== undefined) return refuse(call, refusal);
  const startedAt = Date.now();
  const begun = performance.now();
  const result = await run(placed, prepared.args, context);
  log.info('tool-call', {
    turnId: turn.question.id,
    tool: tools.has(call.name) ? call.name : 'unknown',
    ok: result.ok,
    durationMs: Math.round(performance.now() - begun),
  });
  const server = tools.serverOf(call.name);
  return { ...result, ...(server === undefined ? {} : { server }), startedAt, endedAt: Date.now() };
}

/** Waits for the decision, which may be on record already. @returns why the call is not to be made. */
async function askPerson(turn: Turn, approval: Approval, context: CallsContext): Promise<string | undefined> {
  const { signal, approvals, clock, people, writer, log } = context;
  const decided = () => people.during(signal, (either) => approvals.wait(turn, approval, either));
  const decision = approval.decision ?? (await clock.pausedFor(decided()));
  if (signal.aborted) return stopped;
  if (decision === 'denied') return approval.by === undefined ? notApproved : denied;
  approval.isStarted = true;
  try {
    await writer.save(turn);
    return undefined;
  } catch (error) {
    log.error('turn-save-fail', { turnId: turn.question.id, error });
    return 'Not run: it could not be noted down that it is run.';
  }
}

async function run(placed: PlacedCall, args: ToolArguments, context: CallsContext): Promise<ToolResult> {
  const { tools, signal, live, clock, people, limits } = context;
  const { turn, call, place } = placed;
  if (signal.aborted) return refuse(call, stopped);
  const {
    ok,
    text,
    files = [],
    found,
  } = await tools.call(call.name, args, {
    askerId: turn.question.authorId,
    signal,
    onProgress: (progress) => live.progressed(call.id, progress),
    askForm: async (form, gone) => {
      const ended = AbortSignal.any([signal, gone, AbortSignal.timeout(limits.approvalMs)]);
      const answered = people.during(ended, (either) => live.ask(form, call.id, place, either));
      return await clock.pausedFor(answered);
    },
    askLogin: async (server, wait) => {
      const ended = AbortSignal.any([signal, AbortSignal.timeout(limits.approvalMs)]);
      const login = { callId: call.id, server };
      return await clock.pausedFor(people.during(ended, (either) => live.askLogin(login, wait, either)));
    },
  });
  if (found !== undefined) return { callId: call.id, ok, text, found };
  return files.length === 0 ? { callId: call.id, ok, text } : await storeFiles(placed, { ok, text, files }, context);
}

async function storeFiles(
  { turn, call, place }: PlacedCall,
  { ok, text, files }: Required<Omit<ToolAnswer, 'found'>>,
  { store, log }: CallsContext,
): Promise<ToolResult> {
  const turnId = turn.question.id;
  try {
    const stored = await Promise.all(
      files.map(async ({ data, ...file }, index) => {
        const key = toFileKey(turnId, place, index);
        await store.saveFile(key, data);
        return { key, ...file, bytes: data.length };
      }),
    );
    return { callId: call.id, ok, text, files: stored };
  } catch (error) {
    log.error('file-not-stored', { turnId, error });
    return { callId: call.id, ok, text: `${text}\n(The files could not be stored, so nobody can see them.)` };
  }
}

const stopped = 'The call was stopped.';
const outcomeUnknown = 'The program was restarted during this call, so its outcome is unknown. It was not run again.';
const notAsked = 'Not run: a person must approve this call, and nobody was asked. Call again to have somebody asked.';
const denied = 'Not run: a person was asked to approve this call and denied it. Do not try it again unless asked to.';
const notApproved = 'Not run: a person was asked to approve this call, and nobody did in time.';

function refuse(call: ToolCall, text: string): ToolResult {
  return { callId: call.id, ok: false, text };
}
