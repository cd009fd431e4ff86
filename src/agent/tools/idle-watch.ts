/** Tells when something has not been used for a while. */
export class IdleWatch {
  readonly #ms: number;
  readonly #onIdle: () => void;
  #uses = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param onIdle Called when nobody has used it for so long, and again after further uses. */
  constructor(ms: number, onIdle: () => void) {
    this.#ms = ms;
    this.#onIdle = onIdle;
  }

  /** It is in use until the task has settled. */
  async during<Result>(task: () => Promise<Result>): Promise<Result> {
    this.#uses += 1;
    clearTimeout(this.#timer);
    try {
      return await task();
    } finally {
      this.#uses -= 1;
      this.#startAnew();
    }
  }

  #startAnew(): void {
    clearTimeout(this.#timer);
    if (this.#uses > 0 || this.#isClosed) return;
    this.#timer = setTimeout(this.#onIdle, this.#ms);
    this.#timer.unref();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }
}
