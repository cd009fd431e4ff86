/** Every way to wait: again and again, until a signal aborts, for so long at most. No timer or listener is left behind. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface RetryOptions {
  /** Ends the wait between two attempts. The attempt itself is given its own signal by whoever makes it. */
  readonly signal: AbortSignal;
  /** Between the first two attempts, in ms; then twice as long each time. */
  readonly firstMs: number;
  /** The longest wait between two attempts, in ms. */
  readonly longestMs: number;
  /** Attempts in all. Default: no end but the signal's. */
  readonly most?: number;
  /** What no further attempt can mend. Default: nothing. */
  readonly isFinal?: (error: unknown) => boolean;
  /** Told before every wait. */
  readonly onRetry?: (error: unknown, waitMs: number) => void;
}

/**
 * Attempts until it works, ever less often.
 * @throws what the last attempt threw: when that is final, when there were `most` attempts, or when the signal aborts.
 */
export async function withRetries<Result>(
  attempt: () => Promise<Result>,
  { signal, firstMs, longestMs, most = Number.POSITIVE_INFINITY, isFinal = () => false, onRetry }: RetryOptions,
): Promise<Result> {
  for (let tries = 1, waitMs = firstMs; ; tries += 1, waitMs = Math.min(longestMs, waitMs * 2)) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || tries >= most || isFinal(error)) throw error;
      onRetry?.(error, waitMs);
      await pause(waitMs, signal);
      if (signal.aborted) throw error;
    }
  }
}

/** Resolves after `ms`, or as soon as the signal aborts. Never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined); // Whoever waits looks at the signal.
}

/**
 * The promise's value, or a rejection with the signal's reason as soon as it aborts. The work behind the promise goes on;
 * a failure of it that comes later has nobody to go to.
 */
export async function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  promise.catch(() => undefined); // Lost to the abort or not, its failure is never unhandled.
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Whether the promise resolves within `ms` and before the signal aborts. A rejection within that time is thrown. The work behind it goes on. */
export async function resolvesWithin(promise: Promise<unknown>, ms: number, signal?: AbortSignal): Promise<boolean> {
  promise.catch(() => undefined); // As above.
  if (signal?.aborted === true) return false;
  const late = Promise.withResolvers<boolean>();
  const giveUp = () => late.resolve(false);
  const timer = setTimeout(giveUp, ms);
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([promise.then(() => true), late.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}

/** Lets what is to be done for one key follow on what was begun for it before, whatever became of that. */
export class InOrder {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Settles as `work` does. */
  async run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const done = before.catch(() => undefined).then(work); // Its own caller was told of an earlier failure.
    this.#last.set(key, done);
    try {
      return await done;
    } finally {
      if (this.#last.get(key) === done) this.#last.delete(key);
    }
  }
}
