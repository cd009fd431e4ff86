/** Discord's limits: some requests per channel in 5 s, and so many a second over all. */

export interface BucketState {
  readonly isRefused: boolean;
  readonly limit: number;
  readonly remaining: number;
  readonly resetAfterMs: number;
}

interface Window {
  readonly endsAt: number;
  count: number;
}

const windowMs = 5000;
const globalWindowMs = 1000;
/** When to look for windows that ended, so that they do not pile up. */
const sweepAbove = 2000;

export class RateLimits {
  readonly #requestsPerWindow: number;
  readonly #globalPerSecond: number;
  readonly #windows = new Map<string, Window>();
  /** When the last requests came that the global limit counts; those before `#oldest` count no more. */
  #recent: number[] = [];
  #oldest = 0;

  constructor(options: { readonly requestsPerWindow: number; readonly globalPerSecond: number }) {
    this.#requestsPerWindow = options.requestsPerWindow;
    this.#globalPerSecond = options.globalPerSecond;
  }

  /** Counts a request against the bucket. `resetAfterMs` holds from now; a refused request is not counted. */
  take(bucket: string, now: number): BucketState {
    const window = this.#windowOf(bucket, now);
    const limit = this.#requestsPerWindow;
    const isRefused = window.count >= limit;
    if (!isRefused) window.count += 1;
    return { isRefused, limit, remaining: Math.max(0, limit - window.count), resetAfterMs: window.endsAt - now };
  }

  /** Milliseconds to wait before the global limit lets the next request in; 0 counts it. */
  takeGlobal(now: number): number {
    if (this.#globalPerSecond === Number.POSITIVE_INFINITY) return 0;
    const recent = this.#recent;
    while (this.#oldest < recent.length && (recent[this.#oldest] ?? 0) <= now - globalWindowMs) this.#oldest += 1;
    if (recent.length - this.#oldest >= this.#globalPerSecond)
      return (recent[this.#oldest] ?? now) + globalWindowMs - now;
    recent.push(now);
    if (this.#oldest > sweepAbove) {
      this.#recent = recent.slice(this.#oldest);
      this.#oldest = 0;
    }
    return 0;
  }

  #windowOf(bucket: string, now: number): Window {
    const known = this.#windows.get(bucket);
    if (known !== undefined && known.endsAt > now) return known;
    if (this.#windows.size > sweepAbove)
      for (const [key, { endsAt }] of this.#windows) if (endsAt <= now) this.#windows.delete(key);
    const window = { endsAt: now + windowMs, count: 0 };
    this.#windows.set(bucket, window);
    return window;
  }
}
