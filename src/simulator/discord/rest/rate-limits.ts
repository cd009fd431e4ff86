/** Discord's limits: some requests per channel in a few seconds, and so many a second over all. */

/** How many requests a bucket takes in a window. */
export interface BucketRule {
  readonly limit: number;
  readonly windowMs: number;
}

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

const globalWindowMs = 1000;
/** When to look for windows that ended, so that they do not pile up. */
const sweepAbove = 2000;

export class RateLimits {
  readonly #globalPerSecond: number;
  readonly #windows = new Map<string, Window>();
  /** When the last requests came that the global limit counts; those before `#oldest` count no more. */
  #recent: number[] = [];
  #oldest = 0;

  constructor(globalPerSecond: number) {
    this.#globalPerSecond = globalPerSecond;
  }

  /** Counts a request against the bucket. `resetAfterMs` holds from now; a refused request is not counted. */
  take(bucket: string, { limit, windowMs }: BucketRule, now: number): BucketState {
    const window = this.#windowOf(bucket, windowMs, now);
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

  #windowOf(bucket: string, windowMs: number, now: number): Window {
    const known = this.#windows.get(bucket);
    if (known !== undefined && known.endsAt > now) return known;
    if (this.#windows.size > sweepAbove)
      for (const [key, { endsAt }] of this.#windows) if (endsAt <= now) this.#windows.delete(key);
    const window = { endsAt: now + windowMs, count: 0 };
    this.#windows.set(bucket, window);
    return window;
  }
}
