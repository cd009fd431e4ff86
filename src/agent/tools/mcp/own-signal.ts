/** Signals for requests of the MCP SDK, which keeps what it is given. */

/**
 * Runs a request with a signal that lives as long as the request: the SDK never takes its abort listener away, and
 * would cancel finished requests when the signal fires later. Rejects at once when it fires, whatever the SDK waits for.
 */
export async function withOwnSignal<Result>(
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const own = new AbortController();
  const aborted = Promise.withResolvers<never>();
  const abort = () => {
    own.abort(signal.reason);
    aborted.reject(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  const running = run(own.signal);
  try {
    return await Promise.race([running, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    running.catch(() => {}); // After an abort, a failure that comes later has nobody to go to.
  }
}
