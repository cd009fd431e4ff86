/** Answers REST requests: route, token, limits, body, work, faults, log. What a route does stands in `routes`. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggedRequest } from '../face/request.ts';
import type { Problems } from '../world/problems.ts';
import { isSnowflake } from '../world/snowflakes.ts';
import { type Answer, answerInstead, serverError, toLimitHeaders, toRateLimit, writeAnswer } from './answer.ts';
import { ApiError, invalidForm, LimitError, unauthorized, unknownRoute, wrongMethod } from './api-error.ts';
import { parseBody, type RequestBody, readBytes } from './body.ts';
import type { BodyCheck } from './body-checks.ts';
import { Edge, type EdgeOptions } from './edge.ts';
import { Faults } from './faults.ts';
import { type BucketRule, type BucketState, RateLimits } from './rate-limits.ts';
import { RequestLog } from './request-log.ts';
import type { BucketName, RouteMatch, Router } from './router.ts';

export interface RestOptions {
  readonly router: Router;
  readonly token: string;
  readonly globalRequestsPerSecond: number;
  /** What each bucket takes; of those that are left out, everything. */
  readonly buckets: Readonly<Partial<Record<BucketName, BucketRule>>>;
  readonly edge: EdgeOptions;
  readonly latencyMs: number;
  /** By how much the `Date` header is ahead. */
  readonly clockAheadMs: number;
  readonly checkBody: BodyCheck;
  readonly problems: Problems;
  /** How many requests the log retains. */
  readonly retainedRequests: number;
  /** Ends every wait when the simulator closes. */
  readonly closing: AbortSignal;
}

/** One request, read whole. */
interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly match: RouteMatch | 'wrong-method' | 'unknown';
  /** The refusal, when it cannot be read. */
  readonly body: RequestBody | ApiError;
}

export class Rest {
  readonly #options: RestOptions;
  readonly #limits: RateLimits;
  readonly #log: RequestLog;
  readonly faults = new Faults();
  readonly edge: Edge;

  constructor(options: RestOptions) {
    this.#options = options;
    this.#limits = new RateLimits(options.globalRequestsPerSecond);
    this.#log = new RequestLog(options.retainedRequests);
    this.edge = new Edge(options.edge);
  }

  get requests(): readonly LoggedRequest[] {
    return this.#log.all;
  }

  /** `target` is the path and query that follow `/api` and the version. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse, target: string): Promise<void> {
    try {
      await this.#respond(request, response, target);
    } catch {
      // The client hung up or the simulator is closing: nobody is left to answer.
      response.destroy();
    }
  }

  async #respond(request: IncomingMessage, response: ServerResponse, target: string): Promise<void> {
    const { latencyMs, clockAheadMs, closing } = this.#options;
    const receivedAt = performance.timeOrigin + performance.now();
    const exchange = await this.#read(request, target);
    const { method, path, match, body } = exchange;
    const route = typeof match === 'string' ? undefined : match.route.pattern;
    const effect = this.faults.take({ method, path, route });
    if (effect?.type === 'delay') await sleep(effect.delayMs, undefined, { signal: closing });
    const instead = this.edge.answerInstead() ?? (effect === undefined ? undefined : answerInstead(effect));
    const worked = instead ?? (effect?.type === 'reset' ? serverError : this.#answer(exchange));
    if (latencyMs > 0) await sleep(latencyMs, undefined, { signal: closing });

    const isCut = effect?.type === 'reset' || effect?.type === 'reset-after-storing';
    const final = effect?.type === 'fail-after-storing' ? serverError : worked;
    if (!isCut) this.edge.note(final);
    const entry = {
      method,
      path,
      ...(route !== undefined && { route }),
      ...(!(body instanceof ApiError) && body.json !== undefined && { body: body.json }),
      status: isCut ? 0 : final.status,
      port: request.socket.remotePort ?? 0,
      receivedAt,
      answeredAt: performance.timeOrigin + performance.now(),
    };
    this.#log.add(entry, body instanceof ApiError ? 0 : body.jsonBytes);
    if (clockAheadMs !== 0) response.setHeader('date', new Date(Date.now() + clockAheadMs).toUTCString());
    if (isCut) response.socket?.resetAndDestroy();
    else writeAnswer(response, final);
  }

  async #read(request: IncomingMessage, target: string): Promise<Exchange> {
    const { method = '', headers } = request;
    const [path = '', search] = target.split('?', 2);
    const match = this.#options.router.find(method, path);
    const body = await readBytes(request)
      // Discord does not look at a body where it wants none: one client library sends the text `undefined` with its typing.
      .then((bytes) => (takesBody(match) ? parseBody(bytes, headers['content-type']) : noBody))
      .catch((error: unknown) => {
        if (error instanceof ApiError) return error;
        throw error;
      });
    const query = new URLSearchParams(search);
    return { method, path, query, authorization: headers.authorization, match, body };
  }

  #answer(exchange: Exchange): Answer {
    const { match } = exchange;
    if (match === 'unknown') return this.#refuse(exchange, unknownRoute());
    if (match === 'wrong-method') return this.#refuse(exchange, wrongMethod());
    const { route } = match;
    if (route.needsToken && exchange.authorization !== `Bot ${this.#options.token}`)
      return this.#refuse(exchange, unauthorized());

    const now = performance.now();
    const globalWaitMs = route.needsToken ? this.#limits.takeGlobal(now) : 0;
    if (globalWaitMs > 0) return toRateLimit(globalWaitMs, 'global');
    const bucket = this.#takeBucket(match, now);
    const headers = bucket === undefined ? {} : toLimitHeaders(route, bucket);
    const worked = bucket?.isRefused === true ? toRateLimit(bucket.resetAfterMs, 'user') : this.#work(exchange, match);
    return { ...worked, headers: { ...headers, ...worked.headers } };
  }

  #takeBucket({ route, parameters }: RouteMatch, now: number): BucketState | undefined {
    const rule = route.bucket === undefined ? undefined : this.#options.buckets[route.bucket];
    if (rule === undefined) return undefined;
    const owner = parameters.get('channel.id') ?? parameters.get('interaction.token');
    return this.#limits.take(`${route.bucket} ${owner}`, rule, now);
  }

  #work(exchange: Exchange, { route, parameters }: RouteMatch): Answer {
    try {
      for (const [name, value] of parameters) checkId(name, value);
      if (exchange.body instanceof ApiError) throw exchange.body;
      const { json, files } = exchange.body;
      const body = json ?? {};
      const schema = typeof route.bodySchema === 'function' ? route.bodySchema(body) : route.bodySchema;
      if (schema !== undefined) this.#options.checkBody(body, schema);
      return route.handle({ parameter: (name) => parameters.get(name) ?? '', query: exchange.query, body, files });
    } catch (error) {
      if (error instanceof ApiError) return this.#refuse(exchange, error);
      // A mistake of the simulator itself must show in tests, not take the whole process down.
      this.#options.problems.note(`${exchange.method} ${exchange.path}: the simulator failed: ${String(error)}`);
      return serverError;
    }
  }

  #refuse({ method, path, match }: Exchange, error: ApiError): Answer {
    const place = typeof match === 'string' ? path : match.route.pattern;
    if (error instanceof LimitError) return toRateLimit(error.retryAfterMs, error.scope, error);
    if (error.problem !== undefined) this.#options.problems.note(`${method} ${place}: ${error.problem}`);
    return { status: error.status, body: error.body };
  }
}

const noBody: RequestBody = { json: undefined, jsonBytes: 0, files: [] };

function takesBody(match: Exchange['match']): boolean {
  return typeof match !== 'string' && match.route.bodySchema !== undefined;
}

function checkId(name: string, value: string): void {
  if (!name.endsWith('.id') || isSnowflake(value)) return;
  throw invalidForm(name.replace('.', '_'), 'NUMBER_TYPE_COERCE', `Value "${value}" is not snowflake.`);
}
