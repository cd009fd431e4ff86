/**
 * How often a bot may identify: so many times a day, and once in five seconds for each of the keys that `max_concurrency`
 * tells apart: https://docs.discord.com/developers/events/gateway#rate-limiting
 */

export interface SessionStartOptions {
  /** In a day. */
  readonly sessionStarts: number;
  /** Shards that may identify in the same five seconds; Infinity: nothing is refused for coming too fast. */
  readonly maxConcurrency: number;
}

/** `too-fast` the session is invalid, and the bot may try later; `exhausted` Discord takes the token from a bot that goes on. */
export type SessionStart = 'granted' | 'too-fast' | 'exhausted';

const windowMs = 5_000;
const dayMs = 24 * 60 * 60_000;

export class SessionStarts {
  readonly #options: SessionStartOptions;
  /** When each key was last used, by `performance.now()`. */
  readonly #lastAt = new Map<number, number>();
  #dayEndsAt = 0;
  #used = 0;

  constructor(options: SessionStartOptions) {
    this.#options = options;
  }

  /** As `GET /gateway/bot` tells it. */
  get limit(): { total: number; remaining: number; reset_after: number; max_concurrency: number } {
    const { sessionStarts: total, maxConcurrency } = this.#options;
    this.#turnDay();
    return {
      total,
      remaining: Math.max(0, total - this.#used),
      reset_after: Math.ceil(this.#dayEndsAt - performance.now()),
      max_concurrency: maxConcurrency === Number.POSITIVE_INFINITY ? 1 : maxConcurrency,
    };
  }

  take(shardId: number): SessionStart {
    const { sessionStarts, maxConcurrency } = this.#options;
    this.#turnDay();
    this.#used += 1;
    if (this.#used > sessionStarts) return 'exhausted';
    if (maxConcurrency === Number.POSITIVE_INFINITY) return 'granted';
    const now = performance.now();
    const key = shardId % maxConcurrency;
    if (now - (this.#lastAt.get(key) ?? Number.NEGATIVE_INFINITY) < windowMs) return 'too-fast';
    this.#lastAt.set(key, now);
    return 'granted';
  }

  #turnDay(): void {
    const now = performance.now();
    if (now < this.#dayEndsAt) return;
    this.#dayEndsAt = now + dayMs;
    this.#used = 0;
  }
}
