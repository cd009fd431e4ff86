/** How much time has passed, whatever happened to the process meanwhile. */
import { performance } from 'node:perf_hooks';

/** Milliseconds since the call. One clock may be set, the other stands still while the machine sleeps: the longer time counts. */
export function createStopwatch(): () => number {
  const [steady, wall] = [performance.now(), Date.now()];
  return () => Math.max(performance.now() - steady, Date.now() - wall);
}
