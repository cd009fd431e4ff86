/**
 * Requests of revision 2026-07-28 and later: each says itself which revision it is of, and is answered for itself. The
 * SDK's own handler serves them, whose rules on headers, errors and subscriptions are many; it speaks of web requests.
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  classifyInboundRequest,
  createMcpHandler,
  type McpHttpHandler,
  PROTOCOL_VERSION_META_KEY,
  type Server,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/server';
import { isRecord } from '../json.ts';
import type { Logger } from '../log.ts';
import { send } from './refusal.ts';

/** What the protocol says of headers concerns these, and no other is handed on. */
const protocolHeader = /^(mcp-|content-type$)/;
/** The handler wants an absolute address and looks at no part of it. */
const address = 'http://localhost/';

export interface ModernRequests {
  /** Answers, with one JSON text or, where the server speaks before its answer, an event stream. @param gone Aborts when there is nobody left to answer, or no time. */
  answer(request: IncomingMessage, response: ServerResponse, message: unknown, gone: AbortSignal): Promise<void>;
  /** Ends the streams of those who listen for changes. */
  close(): Promise<void>;
}

/** @param createServer Makes a server for one request. */
export function createModernRequests(createServer: () => Server, log: Logger): ModernRequests {
  const handler = createMcpHandler(createServer, {
    legacy: 'reject',
    onerror: (error) => log.debug('mcp-request-refused', { error }),
  });
  return {
    answer: (request, response, message, gone) => answer(handler, request, response, message, gone),
    close: () => handler.close(),
  };
}

/** By the message itself, and by its headers where it says nothing. */
export function isModern({ 'mcp-protocol-version': version }: IncomingHttpHeaders, message: unknown): boolean {
  if (!saysRevision(message) && (version === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(String(version))))
    return false;
  const outcome = classifyInboundRequest({
    httpMethod: 'POST',
    body: message,
    ...(version === undefined ? {} : { protocolVersionHeader: String(version) }),
  });
  return outcome.kind === 'modern' || (outcome.kind === 'reject' && outcome.rung !== 'jsonrpc-shape');
}

/** What the SDK finds out at greater length: most requests say nothing of the kind. */
function saysRevision(message: unknown): boolean {
  if (Array.isArray(message)) return true;
  const params = isRecord(message) ? message.params : undefined;
  const meta = isRecord(params) ? params._meta : undefined;
  return isRecord(meta) && PROTOCOL_VERSION_META_KEY in meta;
}

async function answer(
  handler: McpHttpHandler,
  request: IncomingMessage,
  response: ServerResponse,
  message: unknown,
  gone: AbortSignal,
): Promise<void> {
  const answered = await handler.fetch(
    new Request(address, { method: 'POST', headers: toHeaders(request.headers), signal: gone }),
    { parsedBody: message },
  );
  if (response.headersSent || response.destroyed) return;
  const { status, body } = answered;
  if (body === null) {
    response.writeHead(status, { 'Content-Length': 0 }).end();
  } else if (answered.headers.get('content-type')?.startsWith('text/event-stream') === true) {
    response.writeHead(status, Object.fromEntries(answered.headers));
    response.flushHeaders();
    // Whoever listened may be gone, which ends it as well.
    await pipeline(Readable.fromWeb(body), response).catch(() => {});
  } else {
    send(response, status, await answered.text());
  }
}

function toHeaders(headers: IncomingHttpHeaders): Headers {
  const kept = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (protocolHeader.test(name)) kept.set(name, String(value));
  }
  return kept;
}
