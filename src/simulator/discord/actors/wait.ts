/** Waits until a look finds something, looking again after each change. */

export interface Waiting<Found> {
  readonly look: () => Found | undefined | false;
  /** Calls back after each change until the returned function is called. */
  readonly observe: (listener: () => void) => () => void;
  /** What to say when the time is over. */
  readonly describe: () => string;
  /** Default 5000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export async function waitForChange<Found>(waiting: Waiting<Found>): Promise<Found> {
  const { look, observe, describe, timeoutMs = 15_000, signal } = waiting;
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Found>();
  const lookAgain = () => {
    // A look that throws is a failed expectation of the test, not of whoever caused the change.
    try {
      const found = look();
      if (found !== undefined && found !== false) resolve(found);
    } catch (error) {
      reject(error);
    }
  };
  const stop = observe(lookAgain);
  const abort = () => reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => reject(new Error(`After ${timeoutMs} ms: ${describe()}`)), timeoutMs);
  try {
    lookAgain();
    return await promise;
  } finally {
    stop();
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
