/** A point at which an answer waits until the test lets it go on, so that the half-written state can be looked at. */

/** Put one among the pieces of an answer. Never released, it is a stall: the answer stands still until the client or the server gives up. */
export class Hold {
  /** Resolves when an answer has come here, everything before it being sent. */
  readonly reached: Promise<void>;
  readonly #reach: () => void;
  readonly #released: Promise<void>;
  /** Lets the answer go on, now or as soon as it comes here. */
  readonly release: () => void;

  constructor() {
    ({ promise: this.reached, resolve: this.#reach } = Promise.withResolvers<void>());
    ({ promise: this.#released, resolve: this.release } = Promise.withResolvers<void>());
  }

  /** Waits here. Resolves when released or when `signal` is aborted. */
  async pass(signal: AbortSignal): Promise<void> {
    this.#reach();
    const { promise: aborted, resolve: abort } = Promise.withResolvers<void>();
    if (signal.aborted) return;
    const stop = () => abort();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await Promise.race([this.#released, aborted]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}
