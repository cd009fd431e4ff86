/**
 * What lies between the `openai` SDK and the network. The SDK retries every 429, an empty account included, and comes
 * back after a short pause of its own when the server asked for more than a minute.
 */

import { type BodyBounds, BodyMeter, watchBody } from '../stream-bounds.ts';
import { takesNoPictures } from './picture-refusal.ts';

/** A chunk of a stream is mostly a few hundred bytes; some servers send an answer as one. */
const answerBounds: BodyBounds = { eventBytes: 512 * 1024, totalBytes: 256 * 1024 * 1024 };
/** The SDK reads no further than `[DONE]`, and servers end their stream a moment later. */
const lingerMs = 1_000;
const refusalBounds: BodyBounds = { eventBytes: 1024 * 1024, totalBytes: 1024 * 1024 };

/**
 * @param longestWaitMs How long the SDK may wait for a server that says when to come back. When that is longer, the
 * answer goes to the caller at once: a member is told before such a wait.
 */
export function createModelFetch(longestWaitMs: number): typeof fetch {
  return async (input, init) => {
    const given = await fetch(input, init);
    const meter = new BodyMeter(given.ok ? answerBounds : refusalBounds);
    const response = watchBody(given, { onChunk: (chunk) => meter.read(chunk), lingerMs });
    if (response.ok || !isLookedInto(response.status)) return response;
    const body = await response.text();
    const headers = new Headers(response.headers);
    headers.delete('content-encoding');
    const waitMs = readRetryAfterMs(headers) ?? 0;
    if (isOutOfMoney(body) || takesNoPictures(body) || waitMs > longestWaitMs) headers.set('x-should-retry', 'false');
    return new Response(body, { status: response.status, statusText: response.statusText, headers });
  };
}

/** Milliseconds from now until the server wants to be asked again: in milliseconds, in seconds, or as a date. */
export function readRetryAfterMs(headers: Headers | undefined): number | undefined {
  const inMs = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (inMs > 0) return inMs;
  const written = headers?.get('retry-after')?.trim() ?? '';
  const ms = /^[\d.]+$/.test(written) ? Number(written) * 1000 : Date.parse(written) - Date.now();
  return ms > 0 ? Math.round(ms) : undefined;
}

function isLookedInto(status: number): boolean {
  return status === 429 || status >= 500;
}

function isOutOfMoney(body: string): boolean {
  return body.includes('insufficient_quota');
}
