/** Puts an answer on the wire: whole, as server-sent events, at a pace, cut short, or held until a test lets it go. */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Completion, EndlessAnswer, HttpAnswer } from './answer.ts';
import type { ChatRequest } from './chat-request.ts';
import { holdsOf, toStream, toWhole } from './completion.ts';
import { Hold } from './hold.ts';

const eventStream = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };

export interface WriteOptions {
  /** The completion's id. */
  readonly id: string;
  /** For answers that name no delay of their own. */
  readonly chunkDelayMs: number;
  /** Aborted when the client or the server gives up. */
  readonly signal: AbortSignal;
}

/** Resolves when the answer is written as far as it goes. Rejects when `signal` is aborted before. */
export async function writeAnswer(
  response: ServerResponse,
  answer: Answer,
  request: ChatRequest,
  options: WriteOptions,
): Promise<void> {
  if ('endless' in answer) await writeEndlessly(response, answer, options.signal);
  else if ('status' in answer) writeHttp(response, answer);
  else if (request.isStreamed) await writeStream(response, answer, request, options);
  else await writeWhole(response, answer, request, options);
}

export function writeJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function writeHttp(response: ServerResponse, { status, body, headers = {} }: HttpAnswer): void {
  if (typeof body === 'string') response.writeHead(status, headers).end(body);
  else writeJson(response, status, body, headers);
}

/** Resolves when nobody reads any more. */
async function writeEndlessly(
  response: ServerResponse,
  { head = '', endless }: EndlessAnswer,
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(200, eventStream).write(head);
  while (!signal.aborted) await flush(response, endless);
}

async function writeStream(
  response: ServerResponse,
  completion: Completion,
  request: ChatRequest,
  { id, chunkDelayMs, signal }: WriteOptions,
): Promise<void> {
  const delayMs = completion.chunkDelayMs ?? chunkDelayMs;
  const limit = completion.cutAfterChunks ?? Number.POSITIVE_INFINITY;
  response.writeHead(200, eventStream);
  let pending = (completion.comments ?? []).map((comment) => `: ${comment}\n\n`).join('');
  let chunks = 0;
  for (const piece of toStream(completion, request, id)) {
    if (chunks >= limit) break;
    const isHold = piece instanceof Hold;
    if (isHold || (delayMs > 0 && chunks > 0)) {
      await flush(response, pending);
      pending = '';
      await (isHold ? piece.pass(signal) : sleep(delayMs, undefined, { signal }));
      signal.throwIfAborted();
    }
    if (isHold) continue;
    pending += `data: ${piece}\n\n`;
    chunks += 1;
  }
  if (limit === Number.POSITIVE_INFINITY) {
    response.end(pending);
  } else {
    await flush(response, pending);
    response.socket?.destroy();
  }
}

async function writeWhole(
  response: ServerResponse,
  completion: Completion,
  request: ChatRequest,
  { id, signal }: WriteOptions,
): Promise<void> {
  for (const hold of holdsOf(completion)) {
    await hold.pass(signal);
    signal.throwIfAborted();
  }
  if (completion.cutAfterChunks !== undefined) response.socket?.destroy();
  else response.writeHead(200, { 'content-type': 'application/json' }).end(toWhole(completion, request, id));
}

/** Resolves once the text has left this process, so that a cut or a hold right after it loses nothing. */
async function flush(response: ServerResponse, text: string): Promise<void> {
  if (text === '') response.flushHeaders();
  else {
    const { promise, resolve } = Promise.withResolvers<void>();
    // A socket that is gone already reports an error here; the signal tells of it.
    response.write(text, () => resolve());
    await promise;
  }
}
