/** One connection to one MCP server: what it lists, its calls, and what it asks meanwhile. Loaded when a server is first needed. */
import type { ToolServerConfig } from '../../../config/tool-servers.ts';
import type { Logger } from '../../../log.ts';
import { cut, toOneLine } from '../../../text.ts';
import type { CallProgress } from '../../agent.ts';
import type { FormReply } from '../../form.ts';
import { Countdown } from '../../turn/countdown.ts';
import type { CallContext, CallLimits, ToolAnswer, ToolArguments } from '../tool.ts';
import { ToolFailure } from '../tool-failure.ts';
import { type McpClient, openClient } from './client.ts';
import { toFormRequest } from './elicitation.ts';
import { type RunningCall, RunningCalls } from './running-calls.ts';
import { watchedFetch } from './stream-watch.ts';
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
  /** All pages. @param isWanted By the tool's name. */
  listTools(isWanted: (name: string) => boolean, signal: AbortSignal): Promise<ListedTools>;
  /** Aborting sends MCP's cancelled notification and rejects. @throws {ToolFailure} */
  callTool(name: string, args: ToolArguments, context: CallContext, limits: CallLimits): Promise<ServerAnswer>;
  /** Ends the session or the child process. Never rejects. */
  close(): Promise<void>;
}

export interface McpConnectionEvents {
  /** The tools changed, or notifications of it may have been lost. */
  readonly onStale: () => void;
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
  const onForm = (params: unknown, gone: AbortSignal) => askForm(config.name, params, gone, calls, log);
  const client = await calls.outside(async () => {
    const ways = await openTransports(config, { log, fetch: fetchWatched });
    return await openClient(ways, { ...events, onForm }, signal);
  });
  return {
    instructions: client.instructions,
    transport: 'command' in config ? 'stdio' : client.isStreamable ? 'streamable-http' : 'sse',
    revision: client.revision,
    listTools: (isWanted, listSignal) => listTools(client, isWanted, listSignal),
    callTool: (name, args, context, limits) =>
      calls.inTurn(context.signal, () => callTool({ client, calls }, name, args, context, limits)),
    close: () => client.close(),
  };
}

/** The form goes to the asker of the call that it belongs to, and to nobody else. */
async function askForm(
  server: string,
  params: unknown,
  gone: AbortSignal,
  calls: RunningCalls,
  log: Logger,
): Promise<FormReply> {
  const call = calls.ofForm();
  const form = toFormRequest(server, params);
  if (call === undefined || call.over.aborted || form === undefined || gone.aborted) {
    log.warn('form-declined', { server, runningCalls: calls.count });
    return { action: 'decline' };
  }
  return await call.paused(call.context.askForm(form, AbortSignal.any([gone, call.over])));
}

/** A call has two times: silence, which each report of progress begins anew, and a whole. */
async function callTool(
  { client, calls }: { readonly client: McpClient; readonly calls: RunningCalls },
  name: string,
  args: ToolArguments,
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
    paused: (wait) => silence.pausedFor(whole.pausedFor(wait)),
    fail: (failure) => failed.abort(failure),
  };
  const onProgress: CallContext['onProgress'] = (progress) => {
    silence.restart();
    if (Number.isFinite(progress.progress)) context.onProgress(toShownProgress(progress));
  };
  try {
    const signal = AbortSignal.any([context.signal, late, failed.signal]);
    const result = await calls.during(call, () => client.callTool(name, args, { signal, onProgress }));
    return { ...toToolAnswer(result, limits), structured: result.structuredContent };
  } catch (error) {
    if (late.aborted && !context.signal.aborted) throw new ToolFailure('late', `The tool "${name}" ${late.reason}.`);
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
