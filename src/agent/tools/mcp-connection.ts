/** One connection to one MCP server. The only file that knows the MCP client SDK; loaded when a server is first needed. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport, StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CallToolResultSchema,
  ErrorCode,
  McpError,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { ToolServerConfig } from '../../config/tool-servers.ts';
import type { Logger } from '../../log.ts';
import { ToolFailure, type ToolFailureCode } from './tool-failure.ts';
import { toToolText } from './tool-text.ts';

/** A tool as its server lists it. */
export interface ListedTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Record<string, unknown>;
  /** The server says that calling it twice does no more than calling it once. */
  readonly isRepeatable: boolean;
}

export interface ToolAnswer {
  readonly ok: boolean;
  readonly text: string;
  /** Pictures, sounds and other files among the content; the text describes them. */
  readonly files?: readonly ToolFile[];
}

export interface ToolFile {
  /** With an extension, fit for a file system. */
  readonly name: string;
  readonly mimeType: string;
  readonly data: Uint8Array;
}

export interface McpConnection {
  /** All pages. */
  listTools(signal: AbortSignal): Promise<ListedTool[]>;
  /** Aborting sends MCP's cancelled notification and rejects. @throws {ToolFailure} */
  callTool(name: string, args: Record<string, unknown>, signal: AbortSignal): Promise<ToolAnswer>;
  /** Ends the session or the child process. Never rejects. */
  close(): Promise<void>;
}

export interface McpConnectionEvents {
  /** The tools changed, or notifications of it may have been lost. */
  readonly onStale: () => void;
  readonly onClose: () => void;
}

/** A request that has a longest time anyway: ours. The SDK's own timer must not fire before. */
const never = 2 ** 31 - 1;

/** Reasons of the operating system for a request that nobody received. */
const noConnection = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']);

/** A list that goes on after so many pages is taken as it is. */
const mostPages = 100;

// Lenient on purpose: one odd tool must not take the others away.
const toolPageSchema = z.object({ tools: z.array(z.unknown()), nextCursor: z.string().optional() });
const listedToolSchema = z.object({
  name: z.string().min(1),
  description: z.string().optional(),
  inputSchema: z.record(z.string(), z.unknown()).default({}),
  annotations: z.object({ readOnlyHint: z.boolean().optional(), idempotentHint: z.boolean().optional() }).optional(),
});

/** @throws whatever kept the server from being reached, after everything that was opened is closed. */
export async function openMcpConnection(
  config: ToolServerConfig,
  { onStale, onClose }: McpConnectionEvents,
  log: Logger,
  signal: AbortSignal,
): Promise<McpConnection> {
  const client = new Client({ name: 'jupan', version: '0.1.0' }, { capabilities: {} });
  const transport = await openTransport(config, log);
  client.onerror = onStale;
  client.setNotificationHandler(ToolListChangedNotificationSchema, onStale);
  const close = async () => {
    client.onclose = () => {};
    if (transport instanceof StreamableHTTPClientTransport) await endSession(transport);
    await client.close().catch(() => {}); // It is given up: nothing is left to be done about it.
  };
  try {
    await withOwnSignal(signal, (ownSignal) => client.connect(transport, { signal: ownSignal, timeout: never }));
  } catch (error) {
    await close();
    throw error;
  }
  client.onclose = onClose;
  return {
    close,
    listTools: (listSignal) => listTools(client, listSignal),
    callTool: async (name, args, callSignal) => {
      const hasSession = transport.sessionId !== undefined;
      const params = { name, arguments: args };
      try {
        // Not client.callTool: it checks structured content, which rounds numbers, against the schemas of the last page.
        const result = await withOwnSignal(callSignal, (ownSignal) =>
          client.request({ method: 'tools/call', params }, CallToolResultSchema, { signal: ownSignal, timeout: never }),
        );
        return toToolText(result);
      } catch (error) {
        throw toToolFailure(error, hasSession);
      }
    },
  };
}

function toToolFailure(error: unknown, hasSession: boolean): ToolFailure {
  const toFailure = (code: ToolFailureCode, message: string) => new ToolFailure(code, message, { cause: error });
  if (error instanceof McpError && error.code !== ErrorCode.ConnectionClosed) {
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

async function openTransport(config: ToolServerConfig, log: Logger): Promise<Transport> {
  // The SDK's transports declare optional members in a way that exactOptionalPropertyTypes does not take for Transport.
  if ('url' in config) {
    return new StreamableHTTPClientTransport(new URL(config.url), {
      requestInit: { headers: { ...config.headers } },
    }) as Transport;
  }
  const { StdioClientTransport } = await import('@modelcontextprotocol/sdk/client/stdio.js');
  const transport = new StdioClientTransport({
    command: config.command,
    args: [...config.args],
    env: { ...config.env },
    stderr: 'pipe',
  });
  transport.stderr?.on('data', (chunk: Buffer) => {
    log.debug('tool-server-stderr', { server: config.name, bytes: chunk.length });
  });
  return transport;
}

async function listTools(client: Client, signal: AbortSignal): Promise<ListedTool[]> {
  if (client.getServerCapabilities()?.tools === undefined) return [];
  const tools = new Map<string, ListedTool>();
  const cursors = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const answer = await withOwnSignal(signal, (ownSignal) =>
      client.request({ method: 'tools/list', params }, toolPageSchema, { signal: ownSignal, timeout: never }),
    );
    for (const tool of answer.tools.flatMap(toListedTool)) tools.set(tool.name, tool);
    cursor = answer.nextCursor;
    if (cursor === undefined || cursors.has(cursor)) break;
    cursors.add(cursor);
  }
  return [...tools.values()];
}

function toListedTool(entry: unknown): ListedTool[] {
  const parsed = listedToolSchema.safeParse(entry);
  if (!parsed.success) return [];
  const { name, description = '', inputSchema, annotations } = parsed.data;
  const isRepeatable = annotations?.readOnlyHint === true || annotations?.idempotentHint === true;
  return [{ name, description, inputSchema, isRepeatable }];
}

/**
 * Runs a request with a signal that lives as long as the request: the SDK never takes its abort listener away, and
 * would cancel finished requests when the signal fires later. Rejects at once when it fires, whatever the SDK waits for.
 */
async function withOwnSignal<Result>(
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const own = new AbortController();
  const aborted = Promise.withResolvers<never>();
  const abort = () => {
    own.abort(signal.reason);
    aborted.reject(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  const running = run(own.signal);
  try {
    return await Promise.race([running, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    running.catch(() => {}); // After an abort, a failure that comes later has nobody to go to.
  }
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
