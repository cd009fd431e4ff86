/** How a task of one connection is doing: asked once, with what its server wants to know meanwhile, and its result when there is one. */
import { isCallToolResult, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { isRecord } from '../../../json.ts';
import { toShownLine } from '../../../text.ts';
import { Countdown } from '../../turn/countdown.ts';
import type { CallContext, CallLimits } from '../tool.ts';
import { ToolFailure } from '../tool-failure.ts';
import type { McpClient } from './client.ts';
import type { PeopleRequests } from './people-requests.ts';
import { toToolFailure } from './request-failures.ts';
import type { RunningCall, RunningCalls } from './running-calls.ts';
import { type TaskState, taskStateSchema } from './task-protocol.ts';
import { type ServerAnswer, toToolAnswer } from './tool-result.ts';

/** What a server says of a task. */
export type TaskLook =
  | {
      readonly type: 'working';
      /** One line; empty where the server says nothing. */
      readonly message: string;
      /** When it wants to be asked again, in ms. Undefined: it does not say. */
      readonly pollMs: number | undefined;
    }
  | { readonly type: 'ended'; readonly answer: ServerAnswer }
  /** It knows no such task, or none any more. */
  | { readonly type: 'unknown' };

interface TaskParts {
  readonly client: McpClient;
  readonly calls: RunningCalls;
  readonly people: PeopleRequests;
}

const longestMessage = 200;
/** Questions of one look. */
const mostQuestions = 5;

/** @throws {ToolFailure}: `refused` for what makes no sense, `late`, `lost` or `not-run` when it could not be asked. */
export async function lookAtTask(
  taskId: string,
  context: CallContext,
  limits: CallLimits,
  { client, calls, people }: TaskParts,
): Promise<TaskLook> {
  const silence = new Countdown(limits.silenceMs, `did not answer within ${limits.silenceMs / 1000} s`);
  const failed = new AbortController();
  const over = new AbortController();
  const call: RunningCall = {
    context,
    taskId,
    over: over.signal,
    answers: 0,
    paused: (wait) => silence.pausedFor(wait),
    fail: (failure) => failed.abort(failure),
  };
  const signal = AbortSignal.any([context.signal, silence.signal, failed.signal]);
  const onAnswer = () => {
    silence.restart();
    call.answers += 1;
  };
  const ask = <Output>(method: string, params: object, schema: z.ZodType<Output>) =>
    client.request(method, { taskId, ...params }, schema, { signal, onAnswer });
  let isAnswering = false;
  try {
    return await calls.during(call, async () => {
      const state = await ask('tasks/get', {}, taskStateSchema);
      if (state.taskId !== taskId) throw new ToolFailure('refused', 'The tool server mixed up its tasks.');
      const isModern = client.era === 'modern';
      if (state.status === 'input_required' && isModern) {
        await ask('tasks/update', { inputResponses: await answersTo(state.inputRequests, call, people) }, z.unknown());
        return toWorking(state);
      }
      // In the earlier revision questions come while the result is waited for.
      isAnswering = state.status === 'input_required';
      if (state.status === 'working') return toWorking(state);
      if (isModern) return toEnd(state, limits);
      if (state.status === 'cancelled') return cancelled;
      if (!isAnswering && !['completed', 'failed'].includes(state.status)) throw noSuchStatus();
      return toResult(await ask('tasks/result', {}, z.unknown()), limits);
    });
  } catch (error) {
    context.signal.throwIfAborted();
    // It has been asked, or nobody wants to know yet: it works on.
    if (isAnswering && silence.signal.aborted) return { type: 'working', message: '', pollMs: undefined };
    if (silence.signal.aborted) throw new ToolFailure('late', `The tool server ${silence.signal.reason}.`);
    if (failed.signal.aborted) throw failed.signal.reason;
    const isUnknown = error instanceof ProtocolError && error.code === ProtocolErrorCode.InvalidParams;
    if (isUnknown) return { type: 'unknown' };
    throw toToolFailure(error, { hasSession: true, hasBegun: false });
  } finally {
    silence.stop();
    over.abort('over');
  }
}

const cancelled: TaskLook = {
  type: 'ended',
  answer: { ok: false, text: 'The task was cancelled.', structured: undefined },
};

function noSuchStatus(): ToolFailure {
  return new ToolFailure('refused', 'The tool server says nothing understandable of the task.');
}

function toWorking({ statusMessage = '', pollInterval, pollIntervalMs = pollInterval }: TaskState): TaskLook {
  return { type: 'working', message: toShownLine(statusMessage, longestMessage), pollMs: pollIntervalMs ?? undefined };
}

/** Of the extension, whose tasks carry their results. */
function toEnd({ status, result, error }: TaskState, limits: CallLimits): TaskLook {
  if (status === 'cancelled') return cancelled;
  if (status === 'completed') return toResult(result, limits);
  if (status !== 'failed') throw noSuchStatus();
  const message = isRecord(error) && typeof error.message === 'string' ? error.message : 'The task failed.';
  const answer = toToolAnswer({ content: [{ type: 'text', text: message }], isError: true }, limits);
  return { type: 'ended', answer: { ...answer, structured: undefined } };
}

function toResult(result: unknown, limits: CallLimits): TaskLook {
  if (!isCallToolResult(result))
    throw new ToolFailure('refused', 'The tool server sent an answer that is not a tool result.');
  return { type: 'ended', answer: { ...toToolAnswer(result, limits), structured: result.structuredContent } };
}

async function answersTo(
  requests: unknown,
  call: RunningCall,
  people: PeopleRequests,
): Promise<Readonly<Record<string, unknown>>> {
  const questions = isRecord(requests) ? Object.entries(requests) : [];
  if (questions.length === 0 || questions.length > mostQuestions)
    throw new ToolFailure('refused', 'The tool server asked for too much before it would answer.');
  const answers: [string, unknown][] = [];
  for (const [name, request] of questions) answers.push([name, await people.answer(request, call)]);
  return Object.fromEntries(answers);
}

/** So long is a server told that a task is not wanted any more. */
const cancelMs = 5_000;

/** Never rejects: a server that does not hear of it ends the task by itself. */
export async function cancelTask(taskId: string, client: McpClient): Promise<void> {
  const signal = AbortSignal.timeout(cancelMs);
  await client.request('tasks/cancel', { taskId }, z.unknown(), { signal }).catch(() => undefined);
}
