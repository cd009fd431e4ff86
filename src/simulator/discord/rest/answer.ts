/** Answers that are the same for every route, and how an answer is written to the wire. */

import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { RestFault } from '../face/request.ts';
import type { LimitScope } from './api-error.ts';
import type { BucketState } from './rate-limits.ts';
import type { Route, RouteAnswer } from './router.ts';

export interface Answer extends RouteAnswer {
  readonly headers?: Readonly<Record<string, string>>;
}

export const serverError: Answer = { status: 500, body: { message: '500: Internal Server Error', code: 0 } };

const limited = { code: 0, message: 'You are being rate limited.' };

/** The answer that a fault gives in place of any work; undefined when the work is to be done. */
export function answerInstead(effect: RestFault['effect']): Answer | undefined {
  if (effect.type === 'rate-limit')
    return toRateLimit(effect.retryAfterMs, effect.isGlobal === true ? 'global' : 'user');
  // As typing was in October 2021: not by the API but by what stands before it (discord-api-docs issue 3916).
  if (effect.type === 'switched-off') return { status: 403, body: 'error code: 1020' };
  if (effect.type !== 'status') return undefined;
  return {
    status: effect.status,
    body: effect.body ?? { message: `${effect.status}: simulated`, code: 0 },
    ...(effect.headers !== undefined && { headers: effect.headers }),
  };
}

export function toRateLimit(
  waitMs: number,
  scope: LimitScope,
  { code, message }: { readonly code: number; readonly message: string } = limited,
): Answer {
  const retryAfter = Math.ceil(waitMs) / 1000;
  const isGlobal = scope === 'global';
  return {
    status: 429,
    body: { message, code, retry_after: retryAfter, global: isGlobal },
    headers: {
      // The header counts in whole seconds, the body is exact.
      'retry-after': String(Math.ceil(retryAfter)),
      'x-ratelimit-scope': scope,
      ...(isGlobal && { 'x-ratelimit-global': 'true' }),
    },
  };
}

const bucketNames = new WeakMap<Route, string>();

export function toLimitHeaders(route: Route, { limit, remaining, resetAfterMs }: BucketState): Record<string, string> {
  let bucket = bucketNames.get(route);
  if (bucket === undefined) {
    bucket = createHash('md5').update(`${route.method} ${route.pattern}`).digest('hex');
    bucketNames.set(route, bucket);
  }
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': ((Date.now() + resetAfterMs) / 1000).toFixed(3),
    'x-ratelimit-reset-after': (resetAfterMs / 1000).toFixed(3),
    'x-ratelimit-bucket': bucket,
  };
}

export function writeAnswer(response: ServerResponse, { status, body, headers }: Answer): void {
  // Clients parse whatever claims to be JSON, so that an empty answer must not.
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  // A text is what a proxy would say in Discord's place.
  const isPage = typeof body === 'string';
  const bytes = Buffer.from(isPage ? body : JSON.stringify(body));
  const contentType = isPage ? 'text/html' : 'application/json';
  response.writeHead(status, { ...headers, 'content-type': contentType, 'content-length': bytes.length }).end(bytes);
}
