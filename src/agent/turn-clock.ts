/** The time that a turn may take. It stands still while the turn waits for a person or for a server that said when to come back. */
export class TurnClock {
  readonly #limit = new AbortController();
  #leftMs: number;
  #runsSince = 0;
  #pauses = 0;
  #isStopped = false;
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
    if (this.#pauses === 0) this.#pause();
    this.#pauses += 1;
    try {
      return await wait;
    } finally {
      this.#pauses -= 1;
      if (this.#pauses === 0 && !this.#isStopped) this.#run();
    }
  }

  /** The turn is over. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #pause(): void {
    clearTimeout(this.#timer);
    this.#leftMs -= performance.now() - this.#runsSince;
  }

  #run(): void {
    this.#runsSince = performance.now();
    this.#timer = setTimeout(() => this.#limit.abort('time-limit'), Math.max(0, this.#leftMs));
  }
}
