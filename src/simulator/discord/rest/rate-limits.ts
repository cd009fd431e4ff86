/** Discord's limits: some requests per channel in 5 s, and so many a second over all. */

export interface RateLimits {
  /** Counts a request against the bucket. `resetAfterMs` holds from now; a refused request is not counted. */
  take(bucket: string, now: number): BucketState;
  /** Milliseconds to wait before the global limit lets the next request in; 0 counts it. */
  takeGlobal(now: number): number;
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

const windowMs = 5000;
const globalWindowMs = 1000;
/** When to look for windows that ended, so that they do not pile up. */
const sweepAbove = 2000;

export function createRateLimits(options: {
  readonly requestsPerWindow: number;
  readonly globalPerSecond: number;
}): RateLimits {
  const windows = new Map<string, Window>();
  let recent: number[] = [];
  let oldest = 0;

  return {
    take(bucket, now) {
      let window = windows.get(bucket);
      if (window === undefined || window.endsAt <= now) {
        if (windows.size > sweepAbove) for (const [key, { endsAt }] of windows) if (endsAt <= now) windows.delete(key);
        window = { endsAt: now + windowMs, count: 0 };
        windows.set(bucket, window);
      }
      const limit = options.requestsPerWindow;
      const isRefused = window.count >= limit;
      if (!isRefused) window.count += 1;
      return { isRefused, limit, remaining: Math.max(0, limit - window.count), resetAfterMs: window.endsAt - now };
    },
    takeGlobal(now) {
      if (options.globalPerSecond === Number.POSITIVE_INFINITY) return 0;
      while (oldest < recent.length && (recent[oldest] ?? 0) <= now - globalWindowMs) oldest += 1;
      if (oldest > sweepAbove) {
        recent = recent.slice(oldest);
        oldest = 0;
      }
      if (recent.length - oldest >= options.globalPerSecond) return (recent[oldest] ?? now) + globalWindowMs - now;
      recent.push(now);
      return 0;
    },
  };
}
