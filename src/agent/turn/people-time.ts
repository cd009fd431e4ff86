/** How long one run of a turn waits for people, in all: its own time stands still meanwhile, and those who come after it wait. */
export class PeopleTime {
  readonly #end = new AbortController();
  #leftMs: number;
  #waits = 0;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(limitMs: number) {
    this.#leftMs = limitMs;
  }

  /** Waits for somebody, as long as there is time. @param wait Its signal aborts when there is none left, or what is given does. */
  async during<Value>(signal: AbortSignal, wait: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
    if (this.#waits === 0) this.#run();
    this.#waits += 1;
    try {
      return await wait(AbortSignal.any([signal, this.#end.signal]));
    } finally {
      this.#waits -= 1;
      if (this.#waits === 0) this.#pause();
    }
  }

  #run(): void {
    this.#since = performance.now();
    if (this.#leftMs <= 0) this.#end.abort('time-limit');
    else this.#timer = setTimeout(() => this.#end.abort('time-limit'), this.#leftMs);
  }

  #pause(): void {
    clearTimeout(this.#timer);
    this.#leftMs -= performance.now() - this.#since;
  }
}
