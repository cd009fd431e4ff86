/** One connection to one MCP server: what it lists, its calls, and what it asks meanwhile. Loaded when a server is first needed. */
import { z } from 'zod';
import type { ToolServerConfig } from '../../../config/tool-servers.ts';
import type { Logger } from '../../../log.ts';
import { cut, toOneLine } from '../../../text.ts';
import type { CallProgress } from '../../agent.ts';
import type { FormReply } from '../../form.ts';
import { Countdown } from '../../turn/countdown.ts';
import type { MemberCredentials } from '../login/challenge.ts';
import type { CallContext, CallLimits, ListedTool, ToolAnswer, ToolArguments } from '../tool.ts';
import { ToolFailure } from '../tool-failure.ts';
import type { StaleList } from './change-watch.ts';
import { type McpClient, openClient } from './client.ts';
import { toFormRequest } from './elicitation.ts';
import { type RunningCall, RunningCalls } from './running-calls.ts';
import { watchedFetch } from './stream-watch.ts';
import { type ListedTools, listTools } from './tool-list.ts';
import { toToolAnswer } from './tool-result.ts';
import { openTransports } from './transports.ts';

/** In characters. */
const longestProgress = 200;
const inputRequestSchema = z.object({ method: z.literal('elicitation/create'), params: z.unknown() });

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
  /** Ends the session or the child process. Never rejects. */
  close(): Promise<void>;
}

export interface McpConnectionEvents {
  /** A list of the server's changed, or word of it may have been lost. */
  readonly onStale: (list: StaleList) => void;
  readonly onClose: () => void;
}

/**
 * @param credentials Of the one person that the connection is for. Default: it is for all.
 * @throws whatever kept the server from being reached, after everything that was opened is closed.
 */
export async function openMcpConnection(
  config: ToolServerConfig,
  events: McpConnectionEvents,
  log: Logger,
  signal: AbortSignal,
  credentials?: MemberCredentials,
): Promise<McpConnection> {
  const calls = new RunningCalls();
  const fetchWatched = watchedFetch(calls, (error) => {
    log.warn('tool-server-too-much', { server: config.name, error });
    events.onClose();
  });
  const onForm = (params: unknown, gone: AbortSignal) => askForm(config.name, params, gone, calls, log);
  const client = await calls.outside(async () => {
    const ways = await openTransports(config, { log, fetch: fetchWatched, credentials });
    return await openClient(ways, { ...events, onForm }, signal);
  });
  const parts = { server: config.name, client, calls, log };
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
    close: () => client.close(),
  };
}

/** What a server of the earlier revisions asks by itself: the form goes to the asker of the call that it belongs to, and to nobody else. */
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

/** What a server wants to know before it goes on with this very call. @throws {ToolFailure} for anything but a form. */
async function answerInput(server: string, request: unknown, call: RunningCall, log: Logger): Promise<FormReply> {
  const asked = inputRequestSchema.safeParse(request);
  if (!asked.success)
    throw new ToolFailure('refused', 'The tool server asked for something that nobody here can give.');
  const form = toFormRequest(server, asked.data.params);
  if (form === undefined) {
    log.warn('form-declined', { server });
    return { action: 'decline' };
  }
  return await call.paused(call.context.askForm(form, call.over));
}

interface Call {
  readonly server: string;
  readonly client: McpClient;
  readonly calls: RunningCalls;
  readonly log: Logger;
  readonly tool: ListedTool;
  readonly args: ToolArguments;
}

/** A call has two times: silence, which each report of progress begins anew, and a whole. */
async function callTool(
  { server, client, calls, log, tool, args }: Call,
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
  const onInput = (request: unknown) => {
    silence.restart();
    return answerInput(server, request, call, log);
  };
  try {
    const signal = AbortSignal.any([context.signal, late, failed.signal]);
    const result = await calls.during(call, () => client.callTool(tool, args, { signal, onProgress, onInput }));
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
