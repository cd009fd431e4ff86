/** One tool server over its life: connected when needed, connected again when lost, its tools remembered. Never rejects. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ToolServerConfig } from '../../config/tool-servers.ts';
import type { Logger } from '../../log.ts';
import type { AgentLimits } from '../limits.ts';
import type { McpConnection } from './mcp/connection.ts';
import type { CallContext, ListedTool, ToolAnswer } from './tool.ts';
import { ToolFailure } from './tool-failure.ts';

export interface ToolServer {
  readonly name: string;
  /** Before the names of its tools, where the operator wants one. */
  readonly prefix: string | undefined;
  /** The tools that may be used, as last listed; of a server that is down, those it had. */
  readonly tools: readonly ListedTool[];
  /** What it says about its tools as a whole; empty when nothing. */
  readonly instructions: string;
  readonly isUp: boolean;
  /** Whether its tools are known: it was up once. */
  readonly isKnown: boolean;
  /**
   * Resolves once the server is up with a fresh list, has failed, or took too long; the attempt then goes on by itself.
   * @param leastMs Waits so long even where it did not come up the last time.
   */
  ready(signal: AbortSignal, leastMs?: number): Promise<void>;
  /** A person must approve calls of this tool. */
  needsApproval(tool: ListedTool): boolean;
  call(tool: ListedTool, args: Record<string, unknown>, context: CallContext): Promise<ToolAnswer>;
  close(): Promise<void>;
}

/** A slow start (a child process that is installed first) may take this long; turns do not wait for it. */
const attemptMs = 30_000;
/** What a turn still waits for a server that did not come up the last time, so that one dead server does not slow every turn. */
const secondWaitMs = 250;
/** Between two tries while the server may still be starting. */
const startRetryMs = 100;
/** Before a server that cannot be reached is tried again by itself: twice as long each time. */
const firstBackOffMs = 500;
const longestBackOffMs = 60_000;
/** A list this old is asked for again beside the turn: stateless servers cannot say that it changed. */
const listMaxAgeMs = 60_000;

export function createToolServer(
  config: ToolServerConfig,
  { log, limits, onToolsChange }: { log: Logger; limits: AgentLimits; onToolsChange: () => void },
): ToolServer {
  const unreachable = { ok: false, text: `The tool server "${config.name}" cannot be reached right now.` };
  const callLimits = {
    silenceMs: config.timeoutMs ?? limits.toolCallMs,
    maxMs: config.maxTimeoutMs ?? Math.max(limits.toolCallMaxMs, config.timeoutMs ?? 0),
  };
  const closing = new AbortController();
  let connection: McpConnection | undefined;
  let tools: readonly ListedTool[] = [];
  let instructions = '';
  let failures = 0;
  let notBefore = 0;
  let retryTimer: NodeJS.Timeout | undefined;
  let attempt: Promise<void> | undefined;
  let isStale = true;
  let listedAt = 0;
  let hasTimedOut = false;
  let hasBeenUp = false;
  let firstTriedAt: number | undefined;
  const leaving = new Set<Promise<void>>();

  function drop(lost: McpConnection | undefined): void {
    if (lost === undefined || connection !== lost) return;
    connection = undefined;
    onToolsChange();
    // Not waited for: saying goodbye to a dead server takes its time.
    const left = lost.close().then(() => void leaving.delete(left));
    leaving.add(left);
  }

  async function list(from: McpConnection, signal: AbortSignal): Promise<void> {
    isStale = false;
    tools = (await from.listTools(signal)).filter(({ name }) => isAllowed(name));
    instructions = from.instructions;
    listedAt = performance.now();
    onToolsChange();
  }

  async function connect(signal: AbortSignal): Promise<void> {
    const { openMcpConnection } = await import('./mcp/connection.ts');
    const events = {
      onStale: () => {
        isStale = true;
      },
      onClose: () => {
        log.warn('tool-server-close', { server: config.name });
        drop(opened);
      },
    };
    let opened: McpConnection | undefined;
    try {
      opened = await openMcpConnection(config, events, log, signal);
      await list(opened, signal);
      connection = opened;
      hasBeenUp = true;
      onToolsChange();
    } catch (error) {
      await opened?.close();
      throw error;
    }
  }

  /** A server that is started together with this program may take a moment longer to listen. */
  async function connectPatiently(signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    firstTriedAt ??= startedAt;
    for (;;) {
      try {
        await connect(signal);
        const durationMs = Math.round(performance.now() - startedAt);
        log.info('tool-server-connect', { server: config.name, tools: tools.length, durationMs });
        return;
      } catch (error) {
        const isOver = performance.now() - firstTriedAt > limits.toolConnectMs;
        // What fetch throws when nobody answers; a server that says no is there.
        const mayBeStarting = error instanceof TypeError && 'url' in config && !hasBeenUp;
        if (!mayBeStarting || isOver || signal.aborted) {
          // Once is enough for the operator; it is tried again by itself.
          const level = failures === 0 ? 'warn' : 'debug';
          if (!closing.signal.aborted) log[level]('tool-server-fail', { server: config.name, error });
          return;
        }
        await sleep(startRetryMs, undefined, { signal }).catch(() => {}); // The next try tells of the abort.
      }
    }
  }

  /** Lists again, over a new connection if the old one does not answer. One at a time; never rejects. */
  function refresh(): Promise<void> {
    attempt ??= (async () => {
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(new Error(`no answer within ${attemptMs} ms`)), attemptMs);
      const signal = AbortSignal.any([closing.signal, deadline.signal]);
      const current = connection;
      try {
        if (current !== undefined) await list(current, signal);
      } catch {
        drop(current); // Whatever it was, a new connection tells.
      }
      if (connection === undefined && !closing.signal.aborted) await connectPatiently(signal);
      backOff(connection === undefined);
      clearTimeout(timer);
      attempt = undefined;
    })();
    return attempt;
  }

  function backOff(hasFailed: boolean): void {
    failures = hasFailed ? failures + 1 : 0;
    clearTimeout(retryTimer);
    if (!hasFailed || closing.signal.aborted) return;
    const waitMs = Math.min(longestBackOffMs, firstBackOffMs * 2 ** (failures - 1));
    // A turn may try earlier, but not twice in a row to start a program that keeps dying.
    notBefore = 'command' in config && failures > 1 ? performance.now() + waitMs : 0;
    retryTimer = setTimeout(() => void refresh(), waitMs);
    retryTimer.unref();
  }

  function isAllowed(name: string): boolean {
    return config.allow?.includes(name) !== false && config.deny?.includes(name) !== true;
  }

  async function ready(signal: AbortSignal, leastMs = 0): Promise<void> {
    if (connection === undefined && attempt === undefined && performance.now() < notBefore) return;
    if (connection !== undefined && !isStale) {
      if (performance.now() - listedAt > listMaxAgeMs) void refresh();
      return;
    }
    const usualMs = hasTimedOut ? secondWaitMs : limits.toolConnectMs;
    const isDone = await finishesWithin(refresh(), Math.max(usualMs, leastMs), signal);
    if (!signal.aborted) hasTimedOut = !isDone;
  }

  async function call(
    tool: ListedTool,
    args: Record<string, unknown>,
    context: CallContext,
    isSecond = false,
  ): Promise<ToolAnswer> {
    const { signal } = context;
    // Enforced here, where the call is made, and not only in what the model is offered.
    if (!isAllowed(tool.name)) return { ok: false, text: `The tool "${tool.name}" may not be used here.` };
    if (connection === undefined || (isSecond && isStale)) await ready(signal);
    const used = connection;
    if (used === undefined) return unreachable;
    try {
      return await used.callTool(tool.name, args, context, callLimits);
    } catch (error) {
      if (signal.aborted) return { ok: false, text: 'The call was stopped.' };
      const code = error instanceof ToolFailure ? error.code : 'lost';
      if (error instanceof ToolFailure && (code === 'refused' || code === 'late'))
        return { ok: false, text: error.message };
      // One broken answer says nothing of the others: whether the connection still works, the next listing tells.
      if (code === 'not-run') drop(used);
      else isStale = true;
      log.warn('tool-server-lost', { server: config.name, code, reason: reasonOf(error) });
      if (!isSecond && (code === 'not-run' || tool.isRepeatable)) return call(tool, args, context, true);
      if (code === 'not-run') return unreachable;
      return { ok: false, text: `The tool server "${config.name}" broke off; whether the tool ran is unknown.` };
    }
  }

  return {
    name: config.name,
    prefix: config.prefix,
    get tools() {
      return tools;
    },
    get instructions() {
      return instructions;
    },
    get isKnown() {
      return hasBeenUp;
    },
    get isUp() {
      return connection !== undefined;
    },
    ready,
    needsApproval: ({ isDestructive }) =>
      config.approval === 'always' || (config.approval === 'destructive' && isDestructive),
    call,
    close: async () => {
      closing.abort(new Error('closing'));
      clearTimeout(retryTimer);
      await attempt;
      drop(connection);
      await Promise.all(leaving);
    },
  };
}

/** False when time or signal came first. */
async function finishesWithin(promise: Promise<void>, ms: number, signal: AbortSignal): Promise<boolean> {
  const over = Promise.withResolvers<boolean>();
  const giveUp = () => over.resolve(false);
  const timer = setTimeout(giveUp, ms);
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    return await Promise.race([promise.then(() => true), over.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}

/** The codes of an error and its causes. Not its words: they may quote the call. */
function reasonOf(error: unknown): string {
  const codes: string[] = [];
  for (let cause = error; cause instanceof Error && codes.length < 5; cause = cause.cause) {
    if ('code' in cause) codes.push(String(cause.code));
  }
  return codes.join(' ');
}
