/**
 * Watches what comes back from a tool server over HTTP. Nothing may be endless; and an event stream that ends before the
 * answer to a call is noticed, because the SDK would wait for it until time is up.
 */
import { type BodyBounds, BodyMeter, isSurelyWithin, watchBody } from '../../stream-bounds.ts';
import { ToolFailure } from '../tool-failure.ts';
import type { RunningCalls } from './running-calls.ts';

export type Fetch = (input: string | URL, init?: RequestInit) => Promise<Response>;

const mebibyte = 1024 * 1024;
/** A file of 8 MiB takes 10.7 as text. */
const callBounds: BodyBounds = { eventBytes: 16 * mebibyte, totalBytes: 64 * mebibyte };
const otherBounds: BodyBounds = { eventBytes: 16 * mebibyte, totalBytes: 16 * mebibyte };
/** Of a stream that stays open, while no call runs. */
const idleBytes = 4 * mebibyte;
const standingBounds: BodyBounds = { eventBytes: 16 * mebibyte, totalBytes: idleBytes };

/**
 * @param reach Makes the requests.
 * @param onTooMuch Called when the server sends without end, and no call is to blame.
 */
export function watchedFetch(reach: Fetch, calls: RunningCalls, onTooMuch: (error: unknown) => void): Fetch {
  return async (input, init) => {
    const call = calls.current;
    const answersBefore = call?.answers;
    const response = await reach(input, init);
    const isStream = response.headers.get('content-type')?.includes('text/event-stream') === true;
    if (isStream && isStanding(init)) return watchStanding(response, calls, onTooMuch);
    const bounds = call === undefined ? otherBounds : callBounds;
    if (!isStream && isSurelyWithin(response, bounds)) return response;
    const meter = new BodyMeter(bounds);
    return watchBody(response, {
      onChunk: (chunk) => meter.read(chunk),
      onEnd: (error) => {
        if (call === undefined) {
          if (isTooMuch(error)) onTooMuch(error);
          return;
        }
        if (isTooMuch(error)) {
          call.fail(new ToolFailure('refused', 'The answer was too large, so it was not read to the end.'));
        } else if (isStream && !meter.hasIds) {
          // A stream that numbers its events may be resumed, which the SDK does by itself, so that its end means nothing.
          // The answer, if it is in the last chunk, is handled before this.
          setTimeout(() => {
            if (call.answers === answersBefore)
              call.fail(new ToolFailure('lost', 'The stream of the answer ended without one.'));
          });
        }
      },
    });
  };
}

/** It is no answer: what is fetched by GET, and what a server of revision 2026-07-28 or later is asked to tell of. */
function isStanding(init: RequestInit | undefined): boolean {
  return init?.method !== 'POST' || new Headers(init.headers).get('mcp-method') === 'subscriptions/listen';
}

/** The stream on which a server speaks when it likes. */
function watchStanding(response: Response, calls: RunningCalls, onTooMuch: (error: unknown) => void): Response {
  const meter = new BodyMeter(standingBounds);
  return watchBody(response, {
    onChunk: (chunk) => {
      if (calls.count > 0) meter.restart();
      meter.read(chunk);
    },
    onEnd: (error) => {
      if (isTooMuch(error)) onTooMuch(error);
    },
  });
}

function isTooMuch(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'too-much';
}
