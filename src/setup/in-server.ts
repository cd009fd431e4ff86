/** Waits until the bot is in a server. */
import type { Environment } from '../config/settings.ts';
import { pause } from '../waiting.ts';
import type { Trials } from './trials.ts';

const lookEveryMs = 2_000;
const longestMs = 15 * 60_000;

/** @returns the names of its servers; none when it is in none after a quarter of an hour. @throws the reason of the signal once that aborts. */
export async function waitForServer(trials: Trials, changes: Environment, signal: AbortSignal): Promise<string[]> {
  const until = performance.now() + longestMs;
  for (;;) {
    const servers = await trials.servers(changes);
    if (servers.length > 0 || performance.now() > until) return servers;
    await pause(lookEveryMs, signal);
    signal.throwIfAborted();
  }
}
