/**
 * A local server that speaks OpenAI's chat completions: scripted by a test, or with the offline model behind it. It
 * keeps what it was sent, refuses what OpenAI refuses, and notes every request that a good client would not have made.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRecord } from '../../json.ts';
import type { Answer } from './answer.ts';
import { type ChatRequest, toChatRequest } from './chat-request.ts';
import { checkRequest } from './check-request.ts';
import { invalidRequest, missingKey, type OpenaiError, toErrorBody, unknownModel, wrongKey } from './openai-error.ts';
import { writeAnswer, writeJson } from './write-answer.ts';

/** One request for a completion, as it stands now. */
export interface RecordedRequest extends ChatRequest {
  readonly headers: IncomingHttpHeaders;
  /** Milliseconds since 1970 UTC. */
  readonly receivedAt: number;
  /** Whether the answer went out whole, cut or refused; false while it is being written. */
  readonly isAnswered: boolean;
  /** Whether the client went away before that. */
  readonly isAborted: boolean;
}

/** Decides on an answer; undefined when the request was not expected. `signal` is aborted when nobody waits for it any more. */
export type Respond = (request: ChatRequest, signal: AbortSignal) => Answer | undefined | Promise<Answer | undefined>;

/** One step of a script: an answer, or what makes one of the request. */
export type Step = Answer | Respond;

export interface ModelServerOptions {
  /** Default 0: any free one. */
  readonly port?: number;
  /** The script: one step for each request, in the order of their arrival. */
  readonly answers?: readonly Step[];
  /** Answers when no step of the script is left. With several channels at once this is the one to use: it sees the whole request. */
  readonly respond?: Respond;
  /** Waited before every answer. Default 0. */
  readonly latencyMs?: number;
  /** Waited between the chunks of a stream. Default 0. */
  readonly chunkDelayMs?: number;
  /** The one bearer key that is accepted. Default: any, and none. */
  readonly apiKey?: string;
  /** Models that exist; a request for another is answered 404. Default: `gpt-4o` is listed and any is accepted. */
  readonly models?: readonly string[];
  /** When models will be switched off, by name. */
  readonly shutdownDates?: Readonly<Record<string, string>>;
}

export interface ModelServer extends AsyncDisposable {
  /** For `OPENAI_BASE_URL`. */
  readonly baseUrl: string;
  /** Every request for a completion so far, refused ones included. */
  readonly requests: readonly RecordedRequest[];
  /** One sentence for each request that OpenAI would have refused or that the script did not expect. */
  readonly problems: readonly string[];
  /** Steps of the script that are left. */
  readonly remaining: number;
  /** Adds steps at the end of the script. */
  enqueue(...steps: readonly Step[]): void;
  /** Resolves with the first request that `look` accepts (default: any), now or after any change. Rejects after `timeoutMs` (default 5000). */
  waitForRequest(
    look?: (request: RecordedRequest) => boolean,
    options?: { readonly timeoutMs?: number },
  ): Promise<RecordedRequest>;
  /** @throws {Error} when there are problems or steps left. */
  assertComplete(): void;
  /** Cuts what is being written and frees the port. */
  close(): Promise<void>;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

const defaultModels = ['gpt-4o'];

/** Starts the server on 127.0.0.1. */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const {
    port = 0,
    answers = [],
    respond,
    latencyMs = 0,
    chunkDelayMs = 0,
    apiKey,
    models,
    shutdownDates = {},
  } = options;
  const steps: Step[] = [...answers];
  const requests: Mutable<RecordedRequest>[] = [];
  const problems: string[] = [];
  const watchers = new Set<() => void>();
  const closing = new AbortController();

  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    handle(request, response, AbortSignal.any([gone.signal, closing.signal])).catch((error: unknown) => {
      if (gone.signal.aborted || closing.signal.aborted || !request.complete) return;
      problems.push(`The answer could not be made: ${error instanceof Error ? error.message : String(error)}`);
      response.destroy();
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const path = (request.url ?? '').replace(/[?#].*/, '');
    const { authorization } = request.headers;
    if (apiKey !== undefined && authorization !== `Bearer ${apiKey}`)
      return writeError(response, authorization === undefined ? missingKey : wrongKey);
    if (request.method === 'POST' && path === '/v1/chat/completions') return complete(request, response, signal);
    const listed = models ?? defaultModels;
    if (request.method === 'GET' && path === '/v1/models')
      return writeJson(response, 200, { object: 'list', data: listed.map((name) => toModel(name, shutdownDates)) });
    if (request.method === 'GET' && path.startsWith('/v1/models/')) {
      const name = decodeURIComponent(path.slice('/v1/models/'.length));
      if (listed.includes(name)) return writeJson(response, 200, toModel(name, shutdownDates));
      return writeError(response, unknownModel(name));
    }
    return refuse(response, { ...invalidRequest(`Invalid URL (${request.method} ${path})`, null), status: 404 });
  }

  async function complete(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const body = await readJson(request);
    const record: Mutable<RecordedRequest> = {
      ...toChatRequest(isRecord(body) ? body : {}),
      headers: request.headers,
      receivedAt: Date.now(),
      isAnswered: false,
      isAborted: false,
    };
    const id = `chatcmpl-${requests.push(record)}`;
    response.once('close', () => {
      record.isAborted = !record.isAnswered;
      changed();
    });
    try {
      changed();
      const refusal = checkRequest(body);
      if (refusal !== undefined) return refuse(response, refusal);
      if (models !== undefined && !models.includes(record.model))
        return writeError(response, unknownModel(record.model));
      if (latencyMs > 0) await sleep(latencyMs, undefined, { signal });
      const step = steps.shift() ?? respond;
      const answer = typeof step === 'function' ? await step(record, signal) : step;
      if (answer === undefined) return refuse(response, unexpected(record));
      await writeAnswer(response, answer, record, { id, chunkDelayMs, signal });
    } finally {
      record.isAnswered = !signal.aborted;
      changed();
    }
  }

  function refuse(response: ServerResponse, error: OpenaiError): void {
    problems.push(`${error.status}: ${error.message}`);
    writeError(response, error);
  }

  function changed(): void {
    for (const watch of watchers) watch();
  }

  async function waitForRequest(
    look: (request: RecordedRequest) => boolean = () => true,
    { timeoutMs = 5000 }: { readonly timeoutMs?: number } = {},
  ): Promise<RecordedRequest> {
    const { promise, resolve, reject } = Promise.withResolvers<RecordedRequest>();
    const watch = () => {
      const found = requests.find(look);
      if (found !== undefined) resolve(found);
    };
    const seen = () => `${requests.length} requests so far, problems: ${problems.join(' ') || 'none'}`;
    const timer = setTimeout(() => reject(new Error(`No such request within ${timeoutMs} ms; ${seen()}.`)), timeoutMs);
    watchers.add(watch);
    watch();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      watchers.delete(watch);
    }
  }

  function assertComplete(): void {
    const left = steps.length === 0 ? [] : [`${steps.length} steps of the script were never asked for.`];
    const complaints = [...problems, ...left];
    if (complaints.length > 0) throw new Error(`The model server has complaints:\n${complaints.join('\n')}`);
  }

  async function close(): Promise<void> {
    closing.abort();
    if (!server.listening) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(() => resolve());
    server.closeAllConnections();
    await promise;
  }

  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(port, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  const address = server.address();
  return {
    baseUrl: `http://127.0.0.1:${isRecord(address) ? address.port : port}/v1`,
    requests,
    problems,
    get remaining() {
      return steps.length;
    },
    enqueue: (...more) => void steps.push(...more),
    waitForRequest,
    assertComplete,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function unexpected({ messages }: ChatRequest): OpenaiError {
  const last = messages.at(-1);
  return {
    status: 500,
    message: `Nobody expected this request; its last message is from "${last?.role}": ${last?.text.slice(0, 200)}`,
    type: 'server_error',
    param: null,
    code: 'unexpected_request',
  };
}

function writeError(response: ServerResponse, error: OpenaiError): void {
  writeJson(response, error.status, toErrorBody(error));
}

function toModel(id: string, shutdownDates: Readonly<Record<string, string>>): object {
  const date = shutdownDates[id];
  const shutdown = date === undefined ? {} : { shutdown_date: date };
  return { id, object: 'model', created: 1_715_367_049, owned_by: 'system', ...shutdown };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    // Not JSON: the check of the request says so to the client.
    return undefined;
  }
}
