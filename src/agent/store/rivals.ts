/**
 * Which of the others still renew their hold. A time until which one counts is only as good as the clock that it was made by, or
 * as whoever wrote it: one that does not change for as long as a lease lasts counts for nothing.
 */
import type { Logger } from '../../log.ts';
import type { Holder } from './lease-record.ts';
import { createStopwatch } from './stopwatch.ts';

export class Rivals {
  readonly #leaseMs: number;
  readonly #log: Logger;
  /** When each was last seen to change, by id. */
  readonly #seen = new Map<string, { readonly until: number; readonly since: () => number }>();

  constructor(leaseMs: number, log: Logger) {
    this.#leaseMs = leaseMs;
    this.#log = log;
  }

  /** As if none had been seen. To be called when nothing could be seen for a while. */
  startOver(): void {
    this.#seen.clear();
  }

  /** Whether it has not changed for as long as a lease lasts. To be called whenever it is seen. */
  isStill({ id, until, pid }: Holder): boolean {
    const seen = this.#seen.get(id);
    if (seen?.until !== until) {
      this.#seen.set(id, { until, since: createStopwatch() });
      return false;
    }
    if (seen.since() < this.#leaseMs) return false;
    const note =
      'An entry of the record of who answers with this store was not renewed for so long that it does not count.';
    this.#log.warn('store-lease-not-renewed', { note, processId: pid });
    return true;
  }
}
