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
import { answerPlainCall, newestRevision, toPlainCall } from './plain-call.ts';
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
    answer: async (request, response, message, gone) => {
      const call = toPlainCall(request.headers, message);
      const plain = call === undefined ? undefined : await answerPlainCall(createServer(), call, gone);
      if (typeof plain === 'string') {
        if (!response.headersSent && !response.destroyed) send(response, 200, plain);
        return;
      }
      await pass(plain ?? (await handle(handler, request, message, gone)), response);
    },
    close: () => handler.close(),
  };
}

/** By the message itself, and by its headers where it says nothing. */
export function isModern({ 'mcp-protocol-version': version }: IncomingHttpHeaders, message: unknown): boolean {
  const isKnown = version === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(String(version));
  // What the SDK finds out at greater length.
  if (!saysRevision(message)) {
    if (isKnown) return false;
  } else if (version === newestRevision && isRecord(message)) {
    return true;
  }
  const outcome = classifyInboundRequest({
    httpMethod: 'POST',
    body: message,
    ...(version === undefined ? {} : { protocolVersionHeader: String(version) }),
  });
  return outcome.kind === 'modern' || (outcome.kind === 'reject' && outcome.rung !== 'jsonrpc-shape');
}

function saysRevision(message: unknown): boolean {
  if (Array.isArray(message)) return true;
  const params = isRecord(message) ? message.params : undefined;
  const meta = isRecord(params) ? params._meta : undefined;
  return isRecord(meta) && PROTOCOL_VERSION_META_KEY in meta;
}

async function handle(
  handler: McpHttpHandler,
  request: IncomingMessage,
  message: unknown,
  gone: AbortSignal,
): Promise<Response> {
  const headers = toHeaders(request.headers);
  return await handler.fetch(new Request(address, { method: 'POST', headers, signal: gone }), { parsedBody: message });
}

async function pass(answered: Response, response: ServerResponse): Promise<void> {
  if (response.headersSent || response.destroyed) return;
  const { status, headers, body } = answered;
  if (body === null) {
    response.writeHead(status, { 'Content-Length': 0 }).end();
  } else if (headers.get('content-type')?.startsWith('text/event-stream') === true) {
    response.writeHead(status, Object.fromEntries(headers));
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
