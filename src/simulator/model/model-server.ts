/**
 * A local server that speaks OpenAI's chat completions: scripted by a test, or with the offline model behind it. It
 * keeps what it was sent, refuses what OpenAI refuses, and notes every request that a good client would not have made.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Endpoint, type Respond, type Step } from './endpoint.ts';
import { type RecordedRequest, RecordedRequests } from './recorded-requests.ts';

export type { Respond, Step } from './endpoint.ts';

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
  /** How many requests are retained, the newest. Default 20 000. */
  readonly retainedRequests?: number;
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
  /** Resolves with the first request that `look` accepts (default: any), now or after any change. Rejects after `timeoutMs` (default 15 000). */
  waitForRequest(
    look?: (request: RecordedRequest) => boolean,
    options?: { readonly timeoutMs?: number },
  ): Promise<RecordedRequest>;
  /** @throws {Error} when there are problems or steps left. */
  assertComplete(): void;
  /** Cuts what is being written and frees the port. */
  close(): Promise<void>;
}

/** Starts the server on 127.0.0.1. */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const closing = new AbortController();
  const requests = new RecordedRequests(options.retainedRequests ?? 20_000);
  const settings = {
    respond: options.respond,
    latencyMs: options.latencyMs ?? 0,
    chunkDelayMs: options.chunkDelayMs ?? 0,
    apiKey: options.apiKey,
    models: options.models,
    shutdownDates: options.shutdownDates ?? {},
    closing: closing.signal,
  };
  const endpoint = new Endpoint(settings, requests, options.answers ?? []);
  // Never rejects: the endpoint answers for its own mistakes.
  const server = createServer((request, response) => void endpoint.handle(request, response));
  const port = await listen(server, options.port ?? 0);
  const close = async () => {
    closing.abort();
    await stop(server);
  };
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests: requests.all,
    problems: endpoint.problems,
    get remaining() {
      return endpoint.steps.length;
    },
    enqueue: (...more) => void endpoint.steps.push(...more),
    waitForRequest(look = () => true, { timeoutMs = 15_000 } = {}) {
      const seen = () => `${requests.all.length} requests so far, problems: ${endpoint.problems.join(' ') || 'none'}`;
      return requests.waitFor(look, timeoutMs, seen);
    },
    assertComplete: () => assertComplete(endpoint),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function assertComplete({ problems, steps }: Endpoint): void {
  const left = steps.length === 0 ? [] : [`${steps.length} steps of the script were never asked for.`];
  const complaints = [...problems, ...left];
  if (complaints.length > 0) throw new Error(`The model server has complaints:\n${complaints.join('\n')}`);
}

async function listen(server: Server, port: number): Promise<number> {
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(port, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  return (server.address() as AddressInfo).port; // A TCP server has an address with a port.
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  await promise;
}
