/** The HTTP side of a model server: routes, key, checks, and the script that answers. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRecord } from '../../json.ts';
import { isFromThisMachine } from '../local-guard.ts';
import type { Answer } from './answer.ts';
import { type ChatRequest, toChatRequest } from './chat-request.ts';
import { checkRequest } from './check-request.ts';
import { invalidRequest, missingKey, type OpenaiError, toErrorBody, unknownModel, wrongKey } from './openai-error.ts';
import type { RecordedRequest, RecordedRequests } from './recorded-requests.ts';
import { writeAnswer, writeJson } from './write-answer.ts';

/** Decides on an answer; undefined when the request was not expected. `signal` is aborted when nobody waits for it any more. */
export type Respond = (request: ChatRequest, signal: AbortSignal) => Answer | undefined | Promise<Answer | undefined>;

/** One step of a script: an answer, or what makes one of the request. */
export type Step = Answer | Respond;

export interface EndpointOptions {
  readonly respond: Respond | undefined;
  readonly latencyMs: number;
  readonly chunkDelayMs: number;
  readonly apiKey: string | undefined;
  readonly models: readonly string[] | undefined;
  readonly shutdownDates: Readonly<Record<string, string>>;
  readonly closing: AbortSignal;
}

const defaultModels = ['gpt-4o'];
/** Of a request, pictures included. Source: https://platform.openai.com/docs/guides/images-vision#image-input-requirements */
const maxBodyBytes = 50 * 1024 * 1024;
const mostProblems = 1000;

export class Endpoint {
  readonly #options: EndpointOptions;
  readonly #requests: RecordedRequests;
  readonly steps: Step[];
  readonly problems: string[] = [];

  constructor(options: EndpointOptions, requests: RecordedRequests, steps: readonly Step[]) {
    this.#options = options;
    this.#requests = requests;
    this.steps = [...steps];
  }

  /** Never rejects: a mistake of a script is a problem. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { closing } = this.#options;
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      await this.#route(request, response, AbortSignal.any([gone.signal, closing]));
    } catch (error) {
      if (gone.signal.aborted || closing.aborted || !request.complete) return;
      this.#note(`The answer could not be made: ${error instanceof Error ? error.message : String(error)}`);
      response.destroy();
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const { apiKey, models = defaultModels } = this.#options;
    const path = (request.url ?? '').replace(/[?#].*/, '');
    const { authorization } = request.headers;
    if (!isFromThisMachine(request)) return writeError(response, foreign);
    if (apiKey !== undefined && authorization !== `Bearer ${apiKey}`)
      return writeError(response, authorization === undefined ? missingKey : wrongKey);
    if (request.method === 'POST' && path === '/v1/chat/completions') return this.#complete(request, response, signal);
    if (request.method === 'GET' && path === '/v1/models')
      return writeJson(response, 200, { object: 'list', data: models.map((name) => this.#toModel(name)) });
    if (request.method === 'GET' && path.startsWith('/v1/models/')) {
      const name = decodeURIComponent(path.slice('/v1/models/'.length));
      if (models.includes(name)) return writeJson(response, 200, this.#toModel(name));
      return writeError(response, unknownModel(name));
    }
    const refusal = { ...invalidRequest(`Invalid URL (${request.method} ${path})`, null), status: 404 };
    // No client of this API asks for it: somebody looks for what listened on this port before.
    return path === '/' ? writeError(response, refusal) : this.#refuse(response, refusal);
  }

  async #complete(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const bytes = await readBytes(request);
    if (bytes === undefined) return this.#refuse(response, tooLarge);
    const body = parseJson(bytes);
    const { record, number } = this.#requests.add(
      toChatRequest(isRecord(body) ? body : {}),
      request.headers,
      bytes.length,
    );
    response.once('close', () => this.#requests.change(record, { isAborted: !record.isAnswered }));
    try {
      await this.#answer(body, record, `chatcmpl-${number}`, response, signal);
    } finally {
      this.#requests.change(record, { isAnswered: !signal.aborted });
    }
  }

  async #answer(
    body: unknown,
    record: RecordedRequest,
    id: string,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    const { models, latencyMs, chunkDelayMs, respond } = this.#options;
    const refusal = checkRequest(body);
    if (refusal !== undefined) return this.#refuse(response, refusal);
    if (models !== undefined && !models.includes(record.model)) return writeError(response, unknownModel(record.model));
    if (latencyMs > 0) await sleep(latencyMs, undefined, { signal });
    const step = this.steps.shift() ?? respond;
    const answer = typeof step === 'function' ? await step(record, signal) : step;
    if (answer === undefined) return this.#refuse(response, unexpected(record));
    await writeAnswer(response, answer, record, { id, chunkDelayMs, signal });
  }

  #refuse(response: ServerResponse, error: OpenaiError): void {
    this.#note(`${error.status}: ${error.message}`);
    writeError(response, error);
  }

  #note(problem: string): void {
    if (this.problems.length < mostProblems) this.problems.push(problem);
  }

  #toModel(id: string): object {
    const date = this.#options.shutdownDates[id];
    const shutdown = date === undefined ? {} : { shutdown_date: date };
    return { id, object: 'model', created: 1_715_367_049, owned_by: 'system', ...shutdown };
  }
}

const foreign: OpenaiError = {
  ...invalidRequest('This server is for programs of its own machine.', null),
  status: 403,
};
const tooLarge: OpenaiError = { ...invalidRequest('The request is too large.', null), status: 413 };

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

/** Undefined when it is too much: what comes after that is not read. */
async function readBytes(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    length += part.length;
    if (length > maxBodyBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    // Not JSON: the check of the request says so to the client.
    return undefined;
  }
}
