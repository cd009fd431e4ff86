/** Signals for requests of the MCP SDK, which keeps what it is given. */
import { untilAborted } from '../../../waiting.ts';

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
  const abort = () => own.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await untilAborted(run(own.signal), signal);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
