/** One connection to one MCP server: what it lists, its calls, and what it asks meanwhile. With its neighbours, all that knows the MCP client SDK; loaded when a server is first needed. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport, StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  type CallToolResult,
  CallToolResultSchema,
  ElicitRequestSchema,
  type ElicitResult,
  ErrorCode,
  McpError,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { ToolServerConfig } from '../../../config/tool-servers.ts';
import { AppError } from '../../../errors.ts';
import type { Logger } from '../../../log.ts';
import { Countdown } from '../../turn/countdown.ts';
import type { Check } from '../schema-check.ts';
import type { CallContext, CallLimits, ListedTool, ToolAnswer } from '../tool.ts';
import { ToolFailure, type ToolFailureCode } from '../tool-failure.ts';
import { toFormRequest } from './elicitation.ts';
import { withOwnSignal } from './own-signal.ts';
import { watchStream } from './stream-watch.ts';
import { listTools, never } from './tool-list.ts';
import { toToolAnswer } from './tool-result.ts';
import { mayBeOlder, openTransports } from './transports.ts';

export interface McpConnection {
  /** What the server says about its tools as a whole; empty when nothing. */
  readonly instructions: string;
  /** All pages. */
  listTools(signal: AbortSignal): Promise<ListedTool[]>;
  /** Aborting sends MCP's cancelled notification and rejects. @throws {ToolFailure} */
  callTool(name: string, args: Record<string, unknown>, context: CallContext, limits: CallLimits): Promise<ToolAnswer>;
  /** Ends the session or the child process. Never rejects. */
  close(): Promise<void>;
}

export interface McpConnectionEvents {
  /** The tools changed, or notifications of it may have been lost. */
  readonly onStale: () => void;
  readonly onClose: () => void;
}

/** A call under way. */
interface RunningCall {
  readonly context: CallContext;
  /** Aborted when it is over: nobody is asked anything for it any more. */
  readonly over: AbortSignal;
  /** Its time stands still while a person fills in a form. */
  paused<Value>(wait: Promise<Value>): Promise<Value>;
  /** The stream of its answer ended without one. */
  lost(): void;
}

/** Reasons of the operating system for a request that nobody received. */
const noConnection = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']);
/** After the end of a call, a form of it may still come for so long. */
const strayFormMs = 60_000;
/** The SDK's own words. */
const connectionClosed = `MCP error ${ErrorCode.ConnectionClosed}: Connection closed`;
/** What servers answer that speak only later revisions of MCP. Source: https://modelcontextprotocol.io/specification/2026-07-28/basic/lifecycle */
const unsupportedRevision = '-32022';

/** @throws whatever kept the server from being reached, after everything that was opened is closed. */
export async function openMcpConnection(
  config: ToolServerConfig,
  { onStale, onClose }: McpConnectionEvents,
  log: Logger,
  signal: AbortSignal,
): Promise<McpConnection> {
  /** The call that a request belongs to, and everything that comes back on its response. */
  const current = new AsyncLocalStorage<RunningCall | undefined>();
  const running = new Set<RunningCall>();
  /** When the last call of each asker ended, for as long as a form of it may still come. */
  const endedAt = new Map<string, number>();
  const outputChecks = new Map<string, Check>();
  /** Once a server has asked for a form and did not say for which call, its calls go one at a time. */
  let isAsking = false;
  let earlierCalls: Promise<unknown> = Promise.resolve();

  const fetchWatched = async (input: string | URL, init?: RequestInit) => {
    const call = current.getStore();
    const response = await fetch(input, init);
    return call === undefined || init?.method !== 'POST' ? response : watchStream(response, () => call.lost());
  };
  const { client, transport } = await current.run(undefined, connect);
  client.onclose = onClose;

  async function connect(): Promise<{ client: Client; transport: Transport }> {
    const ways = await openTransports(config, { log, fetch: fetchWatched });
    for (const [place, open] of ways.entries()) {
      const opened = open();
      const made = new Client({ name: 'jupan', version: '0.1.0' }, { capabilities });
      made.onerror = onStale;
      made.setNotificationHandler(ToolListChangedNotificationSchema, onStale);
      made.setRequestHandler(ElicitRequestSchema, ({ params }, { signal: gone }) => elicit(params, gone));
      try {
        await withOwnSignal(signal, (own) => made.connect(opened, { signal: own, timeout: never }));
        return { client: made, transport: opened };
      } catch (error) {
        await made.close().catch(() => {}); // It was never open.
        if (place === ways.length - 1 || !mayBeOlder(error)) throw toConnectError(error);
      }
    }
    throw new AppError('tool-server-unreachable', 'There is no way to reach the tool server.');
  }

  /** The form goes to the asker of the call that it belongs to, and to nobody else. */
  async function elicit(params: unknown, gone: AbortSignal): Promise<ElicitResult> {
    const call = current.getStore() ?? onlyCall();
    const form = toFormRequest(config.name, params);
    if (call === undefined || call.over.aborted || form === undefined || gone.aborted) {
      log.warn('form-declined', { server: config.name, runningCalls: running.size });
      return { action: 'decline' };
    }
    return { ...(await call.paused(call.context.askForm(form, AbortSignal.any([gone, call.over])))) };
  }

  /** The call that a form must belong to where nothing says so: it is the only one, and no other asker's has just ended. */
  function onlyCall(): RunningCall | undefined {
    isAsking = true;
    const [call, ...others] = running;
    if (call === undefined || others.length > 0) return undefined;
    const isOfAnother = [...endedAt].some(
      ([askerId, time]) => askerId !== call.context.askerId && performance.now() - time < strayFormMs,
    );
    return isOfAnother ? undefined : call;
  }

  async function request(name: string, args: Record<string, unknown>, call: RunningCall, abort: AbortSignal) {
    running.add(call);
    try {
      const params = { name, arguments: args };
      // Not client.callTool: it checks structured content against the schemas of the last page only.
      return await current.run(call, () =>
        withOwnSignal(abort, (own) =>
          client.request({ method: 'tools/call', params }, CallToolResultSchema, {
            signal: own,
            timeout: never,
            onprogress: (progress) => call.context.onProgress(progress),
          }),
        ),
      );
    } finally {
      running.delete(call);
      endedAt.delete(call.context.askerId);
      endedAt.set(call.context.askerId, performance.now());
      for (const [askerId, time] of endedAt) if (performance.now() - time > strayFormMs) endedAt.delete(askerId);
    }
  }

  async function callTool(
    name: string,
    args: Record<string, unknown>,
    context: CallContext,
    limits: CallLimits,
  ): Promise<ToolAnswer> {
    const hasSession = transport.sessionId !== undefined;
    const silence = new Countdown(limits.silenceMs, `did not answer within ${limits.silenceMs / 1000} s`);
    const whole = new Countdown(limits.maxMs, `took longer than ${limits.maxMs / 1000} s and was stopped`);
    const lost = new AbortController();
    const over = new AbortController();
    const late = AbortSignal.any([silence.signal, whole.signal]);
    const call: RunningCall = {
      context: {
        ...context,
        onProgress: (progress) => {
          silence.restart();
          context.onProgress(progress);
        },
      },
      over: over.signal,
      paused: (wait) => silence.pausedFor(whole.pausedFor(wait)),
      lost: () => lost.abort(new ToolFailure('lost', 'The stream of the answer ended without one.')),
    };
    try {
      const abort = AbortSignal.any([context.signal, late, lost.signal]);
      const result = await request(name, args, call, abort);
      return checkOutput(name, result, outputChecks.get(name));
    } catch (error) {
      if (late.aborted && !context.signal.aborted) throw new ToolFailure('late', `The tool "${name}" ${late.reason}.`);
      throw lost.signal.aborted ? lost.signal.reason : toToolFailure(error, hasSession);
    } finally {
      silence.stop();
      whole.stop();
      over.abort();
    }
  }

  return {
    instructions: client.getInstructions() ?? '',
    listTools: async (listSignal) => {
      const listed = await listTools(client, listSignal);
      outputChecks.clear();
      for (const { tool, outputCheck } of listed) if (outputCheck) outputChecks.set(tool.name, outputCheck);
      return listed.map(({ tool }) => tool);
    },
    callTool: (name, args, context, limits) => {
      const before = isAsking ? earlierCalls : Promise.resolve();
      const call = withOwnSignal(context.signal, () => before).then(() => callTool(name, args, context, limits));
      earlierCalls = Promise.allSettled([earlierCalls, call]).then(() => undefined);
      return call;
    },
    close: async () => {
      client.onclose = () => {};
      if (transport instanceof StreamableHTTPClientTransport) await endSession(transport);
      await client.close().catch(() => {}); // It is given up: nothing is left to be done about it.
    },
  };
}

const capabilities = { elicitation: { form: { applyDefaults: true } } };

function checkOutput(name: string, result: CallToolResult, check: Check | undefined): ToolAnswer {
  const answer = toToolAnswer(result);
  if (check === undefined || result.isError === true) return answer;
  const problem =
    result.structuredContent === undefined ? 'it has no structured content' : check(result.structuredContent);
  if (problem === undefined) return answer;
  return { ok: false, text: `The answer of "${name}" does not fit the tool's own output schema (${problem}).` };
}

function toConnectError(error: unknown): unknown {
  if (!(error instanceof Error) || !error.message.includes(unsupportedRevision)) return error;
  return new AppError(
    'tool-server-too-new',
    'The tool server speaks only a later revision of MCP. Let it speak 2025-11-25 as well, or an earlier one.',
    { cause: error },
  );
}

function toToolFailure(error: unknown, hasSession: boolean): ToolFailure {
  const toFailure = (code: ToolFailureCode, message: string) => new ToolFailure(code, message, { cause: error });
  // Servers use the code of a closed connection for errors of their own.
  if (error instanceof McpError && error.message !== connectionClosed) {
    return toFailure('refused', error.message);
  }
  if (error instanceof z.ZodError) {
    return toFailure('refused', 'The tool server sent an answer that is not a tool result.');
  }
  // 404 is an unknown session by the specification; 400 is what many servers say instead.
  const isSessionLost =
    error instanceof StreamableHTTPError && (error.code === 404 || (error.code === 400 && hasSession));
  const cause = error instanceof Error ? error.cause : undefined;
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const isUnsent = noConnection.has(reason) || (error instanceof Error && error.message === 'Not connected');
  return isSessionLost || isUnsent
    ? toFailure('not-run', 'The request did not reach the tool.')
    : toFailure('lost', 'The connection failed during the call.');
}

async function endSession(transport: StreamableHTTPClientTransport): Promise<void> {
  const given = new AbortController();
  const timer = setTimeout(() => given.abort(), 500);
  try {
    await withOwnSignal(given.signal, () => transport.terminateSession());
  } catch {
    // The server is gone or slow; it forgets the session by itself.
  } finally {
    clearTimeout(timer);
  }
}
