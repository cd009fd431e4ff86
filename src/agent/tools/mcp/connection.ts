/** One connection to one MCP server: what it lists, its calls, and what it asks meanwhile. Loaded when a server is first needed. */
import { z } from 'zod';
import type { ToolServerConfig } from '../../../config/tool-servers.ts';
import type { Logger } from '../../../log.ts';
import { cut, toOneLine } from '../../../text.ts';
import type { CallProgress } from '../../agent.ts';
import { Countdown } from '../../turn/countdown.ts';
import type { CallContext, CallLimits, ListedTool, ToolAnswer, ToolArguments } from '../tool.ts';
import { ToolFailure } from '../tool-failure.ts';
import type { StaleList } from './change-watch.ts';
import { type McpClient, openClient } from './client.ts';
import { PeopleRequests } from './people-requests.ts';
import { type RunningCall, RunningCalls } from './running-calls.ts';
import { watchedFetch } from './stream-watch.ts';
import { lookAtTask, type TaskLook } from './task-calls.ts';
import { taskOfResult } from './task-protocol.ts';
import { type ListedTools, listTools } from './tool-list.ts';
import { toToolAnswer } from './tool-result.ts';
import { openTransports } from './transports.ts';

/** In characters. */
const longestProgress = 200;

/** An answer before it is held against the tool's own schema. */
export interface ServerAnswer extends ToolAnswer {
  /** Undefined where there is none. */
  readonly structured: unknown;
}

export interface McpConnection {
  /** What the server says about its tools as a whole; empty when nothing. */
  readonly instructions: string;
  /** How the server is spoken to: `streamable-http`, `sse` or `stdio`. */
  readonly transport: 'streamable-http' | 'sse' | 'stdio';
  /** The revision of MCP that both agreed on. */
  readonly revision: string | undefined;
  /** `modern` from revision 2026-07-28 on. */
  readonly era: 'modern' | 'legacy' | undefined;
  /** All pages. @param isWanted By the tool's name. */
  listTools(isWanted: (name: string) => boolean, signal: AbortSignal): Promise<ListedTools>;
  /** Aborting cancels the call on the server, too, and rejects. @throws {ToolFailure} */
  callTool(tool: ListedTool, args: ToolArguments, context: CallContext, limits: CallLimits): Promise<ServerAnswer>;
  /** How the task of a call is doing. @throws {ToolFailure}, see {@link lookAtTask}. */
  lookAtTask(taskId: string, context: CallContext, limits: CallLimits): Promise<TaskLook>;
  /** The task is not wanted any more. Never rejects, and takes some seconds at most. */
  cancelTask(taskId: string): Promise<void>;
  /** Ends the session or the child process. Never rejects. */
  close(): Promise<void>;
}

export interface McpConnectionEvents {
  /** A list of the server's changed, or word of it may have been lost. */
  readonly onStale: (list: StaleList) => void;
  readonly onClose: () => void;
}

/** @throws whatever kept the server from being reached, after everything that was opened is closed. */
export async function openMcpConnection(
  config: ToolServerConfig,
  events: McpConnectionEvents,
  log: Logger,
  signal: AbortSignal,
): Promise<McpConnection> {
  const calls = new RunningCalls();
  const fetchWatched = watchedFetch(calls, (error) => {
    log.warn('tool-server-too-much', { server: config.name, error });
    events.onClose();
  });
  const people = new PeopleRequests(config, calls, log);
  const client = await calls.outside(async () => {
    const ways = await openTransports(config, { log, fetch: fetchWatched });
    return await openClient(ways, { ...events, people }, signal);
  });
  const parts = { client, calls, people };
  return {
    instructions: client.instructions,
    transport: 'command' in config ? 'stdio' : client.isStreamable ? 'streamable-http' : 'sse',
    revision: client.revision,
    era: client.era,
    listTools: (isWanted, listSignal) =>
      calls.outside(async () => {
        // Before the list: what changes after it is told.
        client.watchChanges();
        return await listTools(client, isWanted, listSignal);
      }),
    callTool: (tool, args, context, limits) =>
      calls.inTurn(context.signal, () => callTool({ ...parts, tool, args }, context, limits)),
    lookAtTask: (taskId, context, limits) => lookAtTask(taskId, context, limits, parts),
    cancelTask: (taskId) => calls.outside(() => cancelTask(taskId, client)),
    close: () => client.close(),
  };
}

interface Call {
  readonly client: McpClient;
  readonly calls: RunningCalls;
  readonly people: PeopleRequests;
  readonly tool: ListedTool;
  readonly args: ToolArguments;
}

const noMoreTasks = 'Not run: as many long-running calls as are allowed run here already.';
/** So long is a server told that a task is not wanted any more. */
const cancelMs = 5_000;

/** Never rejects: a server that does not hear of it ends the task by itself. */
async function cancelTask(taskId: string, client: McpClient): Promise<void> {
  const signal = AbortSignal.timeout(cancelMs);
  await client.request('tasks/cancel', { taskId }, z.unknown(), { signal }).catch(() => undefined);
}

/** A call has two times: silence, which each report of progress begins anew, and a whole. */
async function callTool(
  { client, calls, people, tool, args }: Call,
  context: CallContext,
  limits: CallLimits,
): Promise<ServerAnswer> {
  const silence = new Countdown(limits.silenceMs, `did not answer within ${limits.silenceMs / 1000} s`);
  const whole = new Countdown(limits.maxMs, `took longer than ${limits.maxMs / 1000} s and was stopped`);
  const late = AbortSignal.any([silence.signal, whole.signal]);
  const failed = new AbortController();
  const over = new AbortController();
  const call: RunningCall = {
    context,
    over: over.signal,
    answers: 0,
    paused: (wait) => silence.pausedFor(whole.pausedFor(wait)),
    fail: (failure) => failed.abort(failure),
  };
  const onProgress: CallContext['onProgress'] = (progress) => {
    silence.restart();
    if (Number.isFinite(progress.progress)) context.onProgress(toShownProgress(progress));
  };
  const onInput = (request: unknown) => {
    silence.restart();
    return people.answer(request, call);
  };
  const onAnswer = () => {
    call.answers += 1;
  };
  try {
    const signal = AbortSignal.any([context.signal, late, failed.signal]);
    const { taskTtlMs } = context;
    const mustBeTask = client.takesTasks(tool) && tool.taskSupport === 'required';
    if (mustBeTask && taskTtlMs === undefined) throw new ToolFailure('refused', noMoreTasks);
    const wish = taskTtlMs !== undefined && client.takesTasks(tool) ? { taskTtlMs } : {};
    const options = { signal, onProgress, onInput, onAnswer, ...wish };
    const result = await calls.during(call, () => client.callTool(tool, args, options));
    const task = taskOfResult(result);
    if (task !== undefined && taskTtlMs === undefined) {
      await cancelTask(task.id, client);
      throw new ToolFailure('refused', noMoreTasks);
    }
    if (task !== undefined) return { ok: true, text: '', structured: undefined, task };
    return { ...toToolAnswer(result, limits), structured: result.structuredContent };
  } catch (error) {
    if (late.aborted && !context.signal.aborted)
      throw new ToolFailure('late', `The tool "${tool.name}" ${late.reason}.`);
    throw error;
  } finally {
    silence.stop();
    whole.stop();
    // With a reason: without one, an error with its stack would be made for it.
    over.abort('over');
  }
}

/** What a server says of it may be of any length, and is shown on one line. */
function toShownProgress({ progress, total, message }: CallProgress): CallProgress {
  return {
    progress,
    ...(total === undefined || !Number.isFinite(total) ? {} : { total }),
    ...(message === undefined ? {} : { message: toOneLine(cut(message, longestProgress)) }),
  };
}
