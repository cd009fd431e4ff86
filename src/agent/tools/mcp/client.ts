/**
 * The client of the MCP SDK as the agent uses it: opened over the first transport that works, its errors told apart. With
 * `transports.ts`, all that knows the SDK.
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport, StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  type CallToolResult,
  CallToolResultSchema,
  ElicitRequestSchema,
  ErrorCode,
  McpError,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { AppError } from '../../../errors.ts';
import { resolvesWithin } from '../../../waiting.ts';
import type { CallProgress } from '../../agent.ts';
import type { FormReply } from '../../form.ts';
import { cutText } from '../cut-text.ts';
import type { ToolArguments } from '../tool.ts';
import { ToolFailure } from '../tool-failure.ts';
import { withOwnSignal } from './own-signal.ts';

export type { CallToolResult };

export interface ClientEvents {
  /** The tools changed, or word of it may have been lost. */
  readonly onStale: () => void;
  readonly onClose: () => void;
  /** The server wants a form filled in. `gone` aborts when it does not any more. */
  readonly onForm: (params: unknown, gone: AbortSignal) => Promise<FormReply>;
}

/** A request that has a longest time anyway: ours. The SDK's own timer must not fire before. */
const never = 2 ** 31 - 1;
const goodbyeMs = 500;
/** Of a server's own error, in characters. */
const longestRefusal = 2_000;
const capabilities = { elicitation: { form: { applyDefaults: true } } };
/** Reasons of the operating system for a request that nobody received. */
const noConnection = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']);
/** The SDK's own words. */
const connectionClosed = `MCP error ${ErrorCode.ConnectionClosed}: Connection closed`;
/** What servers answer that speak only later revisions of MCP. Source: https://modelcontextprotocol.io/specification/2026-07-28/basic/lifecycle */
const unsupportedRevision = '-32022';

export class McpClient {
  readonly #client: Client;
  readonly #transport: Transport;
  /** The revision of MCP that both agreed on. */
  readonly revision: string | undefined;

  constructor(client: Client, transport: Transport, revision: string | undefined) {
    this.#client = client;
    this.#transport = transport;
    this.revision = revision;
  }

  get isStreamable(): boolean {
    return this.#transport instanceof StreamableHTTPClientTransport;
  }

  /** What the server says about its tools as a whole; empty when nothing. */
  get instructions(): string {
    return this.#client.getInstructions() ?? '';
  }

  get hasTools(): boolean {
    return this.#client.getServerCapabilities()?.tools !== undefined;
  }

  /** @throws whatever the SDK throws. */
  async request<Schema extends z.ZodObject>(
    method: string,
    params: Readonly<Record<string, unknown>>,
    schema: Schema,
    { signal, onProgress }: { signal: AbortSignal; onProgress?: (progress: CallProgress) => void },
  ): Promise<z.infer<Schema>> {
    return await withOwnSignal(signal, (own) =>
      this.#client.request({ method, params }, schema, {
        signal: own,
        timeout: never,
        ...(onProgress === undefined ? {} : { onprogress: onProgress }),
      }),
    );
  }

  /**
   * Not the SDK's own way to call a tool: that checks structured content against the schemas of the last page only.
   * @throws {ToolFailure}, or the signal's reason.
   */
  async callTool(
    name: string,
    args: ToolArguments,
    { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: CallProgress) => void },
  ): Promise<CallToolResult> {
    const hasSession = this.#transport.sessionId !== undefined;
    try {
      const params = { name, arguments: args };
      return await this.request('tools/call', params, CallToolResultSchema, { signal, onProgress });
    } catch (error) {
      signal.throwIfAborted();
      throw toToolFailure(error, hasSession);
    }
  }

  /** Ends the session or the child process. Never rejects. */
  async close(): Promise<void> {
    this.#client.onclose = () => {};
    try {
      if (this.#transport instanceof StreamableHTTPClientTransport)
        await resolvesWithin(this.#transport.terminateSession(), goodbyeMs);
    } catch {
      // The server is gone: it forgets the session by itself.
    }
    await this.#client.close().catch(() => {}); // It is given up: nothing is left to be done about it.
  }
}

/**
 * @param ways To reach the server, the likeliest first.
 * @throws whatever kept the server from being reached, after everything that was opened is closed.
 */
export async function openClient(
  ways: readonly (() => Transport)[],
  { onStale, onClose, onForm }: ClientEvents,
  signal: AbortSignal,
): Promise<McpClient> {
  for (const [place, open] of ways.entries()) {
    const transport = open();
    let revision: string | undefined;
    // The SDK tells nobody else.
    const tell = transport.setProtocolVersion?.bind(transport);
    transport.setProtocolVersion = (agreed) => {
      revision = agreed;
      tell?.(agreed);
    };
    const client = new Client({ name: 'jupan', version: '0.1.0' }, { capabilities });
    client.onerror = onStale;
    client.setNotificationHandler(ToolListChangedNotificationSchema, onStale);
    client.setRequestHandler(ElicitRequestSchema, async ({ params }, { signal: gone }) => ({
      ...(await onForm(params, gone)),
    }));
    try {
      await withOwnSignal(signal, (own) => client.connect(transport, { signal: own, timeout: never }));
      client.onclose = onClose;
      return new McpClient(client, transport, revision);
    } catch (error) {
      await client.close().catch(() => {}); // It was never open.
      if (place === ways.length - 1 || !mayBeOlder(error)) throw toConnectError(error);
    }
  }
  throw new AppError('tool-server-unreachable', 'There is no way to reach the tool server.');
}

/** Servers of the older transport answer the first POST so. Source: https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#backwards-compatibility */
function mayBeOlder(error: unknown): boolean {
  return error instanceof StreamableHTTPError && [400, 404, 405].includes(error.code ?? 0);
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
  // Servers use the code of a closed connection for errors of their own.
  if (error instanceof McpError && error.message !== connectionClosed)
    return new ToolFailure('refused', cutText(error.message, longestRefusal), { cause: error });
  if (error instanceof z.ZodError) {
    const text = 'The tool server sent an answer that is not a tool result.';
    return new ToolFailure('refused', text, { cause: error });
  }
  // 404 is an unknown session by the specification; 400 is what many servers say instead.
  const isSessionLost =
    error instanceof StreamableHTTPError && (error.code === 404 || (error.code === 400 && hasSession));
  const cause = error instanceof Error ? error.cause : undefined;
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const isUnsent = noConnection.has(reason) || (error instanceof Error && error.message === 'Not connected');
  return isSessionLost || isUnsent
    ? new ToolFailure('not-run', 'The request did not reach the tool.', { cause: error })
    : new ToolFailure('lost', 'The connection failed during the call.', { cause: error });
}
