/** A time that is counted down and can stand still: while a turn or a call waits for a person, its own time does not run. */
export class Countdown {
  readonly #end = new AbortController();
  readonly #limitMs: number;
  readonly #reason: string;
  #leftMs: number;
  #runsSince = 0;
  #pauses = 0;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param reason What {@link signal} is aborted with when the time is used up. */
  constructor(limitMs: number, reason: string) {
    this.#limitMs = limitMs;
    this.#leftMs = limitMs;
    this.#reason = reason;
    this.#run();
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** Waits, and does not count the time. */
  async pausedFor<Value>(wait: Promise<Value>): Promise<Value> {
    if (this.#pauses === 0) this.#pause();
    this.#pauses += 1;
    try {
      return await wait;
    } finally {
      this.#pauses -= 1;
      if (this.#pauses === 0) this.#run();
    }
  }

  /** Begins anew. */
  restart(): void {
    this.#pause();
    this.#leftMs = this.#limitMs;
    if (this.#pauses === 0) this.#run();
  }

  /** For good: what was counted is over. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #pause(): void {
    clearTimeout(this.#timer);
    this.#leftMs -= performance.now() - this.#runsSince;
  }

  #run(): void {
    if (this.#isStopped) return;
    this.#runsSince = performance.now();
    this.#timer = setTimeout(() => this.#end.abort(this.#reason), Math.max(0, this.#leftMs));
  }
}
