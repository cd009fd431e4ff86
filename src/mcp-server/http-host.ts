/**
 * Carries any MCP server over Streamable HTTP: stateless, one JSON answer a request. Every refusal is a JSON-RPC error;
 * no HTML, no stack trace. Knows nothing of calculators.
 */
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isIPv6, type Socket } from 'node:net';
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/sdk/types.js';
import type { Logger } from '../log.ts';
import { type IncomingMessages, OneRequestTransport, parseMessages } from './one-request-transport.ts';
import { readBody } from './request-body.ts';
import { createRequestGuard } from './request-guard.ts';

export interface HttpHostOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly log: Logger;
  /** Makes a server for one request. It is closed when there is no answer in time, or nobody left to answer. */
  readonly createServer: () => Server;
  /** Default `JSON.parse`. */
  readonly parseJson?: (text: string) => unknown;
  /** How long a request may take to arrive, and then to be answered. Default 10 000. */
  readonly requestTimeoutMs?: number;
  /** How long closing waits for answers. Default 3000. */
  readonly closeTimeoutMs?: number;
}

export interface HttpHost {
  /** The MCP endpoint. */
  readonly url: string;
  /** Stops accepting, lets what runs finish for up to `closeTimeoutMs`, then cuts every connection. */
  close(): Promise<void>;
}

const endpoint = '/mcp';
const maximumBodyBytes = 1024 * 1024;

/** @throws the error of `listen`, such as EADDRINUSE. */
export async function startHttpHost(options: HttpHostOptions): Promise<HttpHost> {
  const { host, port, requestTimeoutMs = 10_000, closeTimeoutMs = 3_000 } = options;
  const guard = createRequestGuard(host);
  const unanswered = new Set<ServerResponse>();
  const http = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(1_000, requestTimeoutMs),
      // The guard answers a missing Host with a body that says why.
      requireHostHeader: false,
    },
    (request, response) => {
      unanswered.add(response);
      response.once('close', () => unanswered.delete(response));
      const refusal = guard(request.headers);
      if (refusal !== undefined) return refuse(request, response, 403, -32000, refusal);
      handle(request, response, { ...options, requestTimeoutMs }).catch((error: unknown) => {
        options.log.error('mcp-request-failed', { error });
        refuse(request, response, 500, -32603, 'Internal error.');
      });
    },
  );
  http.on('clientError', answerBrokenRequest);
  await listen(http, host, port);
  const address = http.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  let closing: Promise<void> | undefined;
  return {
    url: `http://${reachable(host)}:${boundPort}${endpoint}`,
    close: () => (closing ??= closeHttp(http, unanswered, closeTimeoutMs)),
  };
}

type RequestOptions = HttpHostOptions & { readonly requestTimeoutMs: number };

async function handle(request: IncomingMessage, response: ServerResponse, options: RequestOptions): Promise<void> {
  const [path] = (request.url ?? '').split('?');
  if (path !== endpoint) return refuse(request, response, 404, -32000, `Not found: the endpoint is ${endpoint}.`);
  if (request.method !== 'POST') {
    response.setHeader('Allow', 'POST');
    return refuse(
      request,
      response,
      405,
      -32000,
      'Method not allowed: send JSON-RPC by POST. There are no sessions here.',
    );
  }
  if (!isPlainJson(request)) {
    return refuse(request, response, 415, -32000, 'Unsupported media type: send application/json, not compressed.');
  }
  if (!acceptsJson(request)) {
    return refuse(request, response, 406, -32000, 'Not acceptable: the answer is application/json.');
  }
  const body = await readBody(request, maximumBodyBytes);
  if (body.type === 'gone') return;
  if (body.type === 'too-large') {
    return refuse(request, response, 413, -32000, `Too large: a request may have up to ${maximumBodyBytes} bytes.`);
  }
  const message = body.type === 'text' ? parse(body.text, options.parseJson ?? JSON.parse) : undefined;
  if (message === undefined) return refuse(request, response, 400, -32700, 'Parse error: the body is not valid JSON.');
  const messages = parseMessages(message);
  if (messages === undefined) {
    return refuse(request, response, 400, -32600, 'Invalid request: the body is not a JSON-RPC message.');
  }
  if (!knowsVersion(request, messages)) {
    const versions = SUPPORTED_PROTOCOL_VERSIONS.join(', ');
    return refuse(request, response, 400, -32000, `Unsupported protocol version: this server speaks ${versions}.`);
  }
  await answer(request, response, messages, options);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  messages: IncomingMessages,
  { createServer: create, requestTimeoutMs, log }: RequestOptions,
): Promise<void> {
  const server = create();
  const transport = new OneRequestTransport();
  let isAnswered = false;
  const timer = setTimeout(() => {
    log.warn('mcp-request-timeout');
    refuse(request, response, 504, -32001, 'The request was not answered in time.');
  }, requestTimeoutMs);
  response.once('close', () => {
    clearTimeout(timer);
    // Closing an answered server frees nothing, and costs a tenth of the call.
    if (!isAnswered) {
      server.close().catch((error: unknown) => log.error('mcp-close-failed', { error }));
    }
  });
  await server.connect(transport);
  const text = await transport.deliver(messages, request.headers);
  if (response.headersSent || response.destroyed) return;
  isAnswered = true;
  if (text === undefined) response.writeHead(202, { 'Content-Length': 0 }).end();
  else send(response, 200, text);
}

/** Undefined when it is not JSON. The error is dropped: it quotes the text. */
function parse(text: string, parseJson: (text: string) => unknown): unknown {
  try {
    return parseJson(text);
  } catch {
    // Besides a SyntaxError a RangeError: arrays nested too deeply for a reviver.
    return undefined;
  }
}

function isPlainJson({ headers }: IncomingMessage): boolean {
  const encoding = headers['content-encoding'] ?? 'identity';
  return encoding === 'identity' && /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');
}

function acceptsJson({ headers }: IncomingMessage): boolean {
  return /application\/(json|\*)|\*\/\*/i.test(headers.accept ?? '*/*');
}

/** The header is about the version agreed on before: the request that agrees on one may carry any. */
function knowsVersion({ headers }: IncomingMessage, { messages }: IncomingMessages): boolean {
  const version = headers['mcp-protocol-version'];
  if (version === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(String(version))) return true;
  return messages.some((message) => 'method' in message && message.method === 'initialize');
}

/** Answers with a JSON-RPC error, once. What is left of the request is not read: the connection ends with the answer. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  code: number,
  message: string,
): void {
  if (response.headersSent || response.destroyed) return;
  const hasUnreadBody = !request.complete;
  if (hasUnreadBody) response.setHeader('Connection', 'close');
  send(response, status, errorBody(code, message));
}

function send(response: ServerResponse, status: number, json: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(json) });
  response.end(json);
}

function errorBody(code: number, message: string): string {
  return JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id: null });
}

/** For what is not even HTTP, or did not arrive in time: Node knows no request and no response then, only the socket. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, message] = brokenRequests[error.code ?? ''] ?? ['400 Bad Request', 'Bad request: this is not HTTP.'];
  const body = errorBody(-32000, message);
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

const brokenRequests: Readonly<Record<string, readonly [string, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not arrive in time.'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The headers are too large.'],
};

function listen(http: HttpServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, () => {
      http.off('error', reject);
      resolve();
    });
  });
}

function closeHttp(http: HttpServer, unanswered: ReadonlySet<ServerResponse>, timeoutMs: number): Promise<void> {
  // A connection kept alive after its answer would hold the server for seconds.
  for (const response of unanswered) response.shouldKeepAlive = false;
  return new Promise((resolve) => {
    const timer = setTimeout(() => http.closeAllConnections(), timeoutMs);
    http.close(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** How to reach a listening address from this machine. */
function reachable(host: string): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return isIPv6(name) ? `[${name}]` : name;
}
