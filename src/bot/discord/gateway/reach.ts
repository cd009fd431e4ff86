/**
 * Whether this process reaches Discord. Others may, while it does not: then they are to have its shards, and it takes none until it
 * does again.
 */
import { pause } from '../../../waiting.ts';

export interface ReachOptions {
  /** Whether any shard is connected; undefined while there is none. */
  readonly isConnected: () => boolean | undefined;
  /** Asks. Never rejects. */
  readonly isOpen: () => Promise<boolean>;
  readonly onChange: (isReached: boolean) => void;
}

const lookEveryMs = 2_000;
/** A session that is resumed is away for a moment. */
const patienceMs = 8_000;

/** Looks until the signal aborts. Never rejects. */
export async function watchReach({ isConnected, isOpen, onChange }: ReachOptions, signal: AbortSignal): Promise<void> {
  let isReached = true;
  let connectedAt = performance.now();
  for (;;) {
    await pause(lookEveryMs, signal);
    if (signal.aborted) return;
    if (isConnected() !== false && isReached) connectedAt = performance.now();
    // Shards that wait for their turn to identify are not connected either: only Discord can tell.
    if (performance.now() - connectedAt < patienceMs || (await isOpen()) === isReached) continue;
    isReached = !isReached;
    if (isReached) connectedAt = performance.now();
    if (!signal.aborted) onChange(isReached);
  }
}
