/** The time that a turn may take. It stands still while the turn waits for a person or for a server that said when to come back. */
import { performance } from 'node:perf_hooks';

export class TurnClock {
  readonly #limit = new AbortController();
  #leftMs: number;
  #runsSince = 0;
  #pauses = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(limitMs: number) {
    this.#leftMs = limitMs;
    this.#run();
  }

  /** Aborted with `time-limit` when the time is used up. */
  get signal(): AbortSignal {
    return this.#limit.signal;
  }

  /** Waits, and does not count the time. */
  async pausedFor<Value>(wait: Promise<Value>): Promise<Value> {
    if (this.#pauses === 0) this.stop();
    this.#pauses += 1;
    try {
      return await wait;
    } finally {
      this.#pauses -= 1;
      if (this.#pauses === 0) this.#run();
    }
  }

  stop(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#leftMs -= performance.now() - this.#runsSince;
  }

  #run(): void {
    this.#runsSince = performance.now();
    this.#timer = setTimeout(() => this.#limit.abort('time-limit'), Math.max(0, this.#leftMs));
  }
}
