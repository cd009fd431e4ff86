/** One request to the MCP endpoint: is it one at all, and then its answer, as one JSON text. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Server, SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/server';
import type { Logger } from '../log.ts';
import { isModern, type ModernRequests } from './modern-requests.ts';
import { type IncomingMessages, OneRequestTransport, parseMessages } from './one-request-transport.ts';
import { refuse, send } from './refusal.ts';
import { readBody } from './request-body.ts';

export const endpoint = '/mcp';
const maximumBodyBytes = 1024 * 1024;

export interface EndpointOptions {
  readonly log: Logger;
  /** Makes a server for one request. It is closed when there is no answer in time, or nobody left to answer. */
  readonly createServer: () => Server;
  /** Takes the requests of revision 2026-07-28 and later. */
  readonly modern: ModernRequests;
  readonly parseJson: (text: string) => unknown;
  /** How long a request may take to be answered. */
  readonly requestTimeoutMs: number;
}

/** Rejects for a defect of this program only. */
export async function handleRequest(
  request: IncomingMessage,
  response: ServerResponse,
  options: EndpointOptions,
): Promise<void> {
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
  const message = body.type === 'text' ? parse(body.text, options.parseJson) : undefined;
  if (message === undefined) return refuse(request, response, 400, -32700, 'Parse error: the body is not valid JSON.');
  if (isModern(request.headers, message)) return await answerModern(request, response, message, options);
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

async function answerModern(
  request: IncomingMessage,
  response: ServerResponse,
  message: unknown,
  { modern, ...options }: EndpointOptions,
): Promise<void> {
  const gone = new AbortController();
  whenGone(request, response, options, () => gone.abort('gone'));
  await modern.answer(request, response, message, gone.signal);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  messages: IncomingMessages,
  { createServer: create, ...options }: EndpointOptions,
): Promise<void> {
  const server = create();
  const transport = new OneRequestTransport();
  let isAnswered = false;
  whenGone(request, response, options, () => {
    // Closing an answered server frees nothing, and costs a tenth of the call.
    if (!isAnswered) {
      server.close().catch((error: unknown) => options.log.error('mcp-close-failed', { error }));
    }
  });
  await server.connect(transport);
  const text = await transport.deliver(messages);
  if (response.headersSent || response.destroyed) return;
  isAnswered = true;
  if (text === undefined) response.writeHead(202, { 'Content-Length': 0 }).end();
  else send(response, 200, text);
}

/** Refuses what was not even begun to be answered in time. @param onGone Called at the end of the response, however it ended. */
function whenGone(
  request: IncomingMessage,
  response: ServerResponse,
  { log, requestTimeoutMs }: Pick<EndpointOptions, 'log' | 'requestTimeoutMs'>,
  onGone: () => void,
): void {
  const timer = setTimeout(() => {
    // A stream that is open answers as it goes.
    if (response.headersSent) return;
    log.warn('mcp-request-timeout');
    refuse(request, response, 504, -32001, 'The request was not answered in time.');
  }, requestTimeoutMs);
  response.once('close', () => {
    clearTimeout(timer);
    onGone();
  });
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
