/**
 * The order of the bot's requests to Discord when there are more than Discord takes: what matters most goes first,
 * whatever was asked first. discord.js's own queue is first come, first served, so requests are handed to it only when
 * they can be sent at once. Knows nothing of turns.
 */

/** What goes first, smallest number first: a member must see that the question is taken (`sign`, the first of a turn, whatever it is), then the answer. */
export const priority = { sign: 0, final: 1, notice: 2, edit: 3, draft: 4, typing: 5 } as const;
export type Priority = (typeof priority)[keyof typeof priority];

/** One request that somebody would like to send now. */
export interface WantedRequest {
  /** Requests of one lane go one after another; Discord's limits for a channel are per lane, e.g. `create:CHANNEL`. */
  readonly lane: string;
  readonly priority: Priority;
  /** Milliseconds on the clock of `performance.now()`; absent: at once. */
  readonly notBefore?: number;
  /** Whether it counts toward the 50 requests a second over everything; webhooks and interactions do not. */
  readonly isCounted: boolean;
  /** Sends it. @returns the limit, when it was refused for one and is wanted later. Never rejects: other failures are the sender's to handle. */
  send(): Promise<RequestLimit | undefined>;
}

/** Somebody with requests to send. Asked anew after each of them, so that what is out of date is never sent. */
export interface RequestSource {
  wanted(): readonly WantedRequest[];
}

/** The platform wants a request later. */
export interface RequestLimit {
  readonly retryAfterMs: number;
  /** Whether it is about all requests, and not about those of the lane alone. */
  readonly isGlobal: boolean;
}

export interface RequestQueueOptions {
  /** Counted requests in any one second. Default 50, Discord's limit a bot. Source: https://discord.com/developers/docs/topics/rate-limits#global-rate-limit */
  readonly requestsPerSecond?: number;
  /** With at most so many sources, requests are not counted. Default 8. */
  readonly uncountedSources?: number;
}

/**
 * A few turns at once cannot reach the limit: models take their time. So that a proxy or a local Discord without limits is
 * not slowed down, requests are held back only when many turns run, or for this long after Discord has said otherwise.
 */
const strictAfterLimitMs = 60_000;

/**
 * How long a request is counted after it was answered. Discord counts it when it comes in, some time between sending and
 * answer, so that from the answer on is always long enough. A little more than a second, since clocks are not one.
 */
const windowMs = 1010;
/** Share of the limit that drafts and repeated typing leave free, so that an answer does not have to wait for the next second. */
const reservedShare = 0.2;

export class RequestQueue {
  readonly #requestsPerSecond: number;
  readonly #wanted = new Map<RequestSource, readonly WantedRequest[]>();
  readonly #busyLanes = new Set<string>();
  readonly #blockedLanes = new Map<string, number>();
  readonly #uncountedSources: number;
  #blockedUntil = 0;
  #strictUntil = 0;
  /** When the requests of the last window cease to count; infinite for those that are on their way. */
  #counted: { until: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor({ requestsPerSecond = 50, uncountedSources = 8 }: RequestQueueOptions = {}) {
    this.#requestsPerSecond = requestsPerSecond;
    this.#uncountedSources = uncountedSources;
  }

  /** Asks the source what it wants and sends it in its turn. To be called whenever what it wants may have changed. */
  wake(source: RequestSource): void {
    if (this.#isClosed) return;
    this.#wanted.set(source, source.wanted());
    this.#pump();
  }

  remove(source: RequestSource): void {
    this.#wanted.delete(source);
  }

  /** Sends nothing from now on. Requests on their way are left to finish. */
  close(): void {
    this.#isClosed = true;
    this.#wanted.clear();
    clearTimeout(this.#timer);
  }

  #pump(): void {
    clearTimeout(this.#timer);
    for (;;) {
      const now = performance.now();
      const best = this.#best(now);
      // With every place taken by requests on their way, the next answer goes on from here.
      if (best === undefined || best.at === Number.POSITIVE_INFINITY) return;
      if (best.at > now) {
        this.#timer = setTimeout(() => this.#pump(), best.at - now + 1);
        return;
      }
      this.#send(best.source, best.request);
    }
  }

  /** The request to send next: the most important of those that may go now, else the one that may go soonest. */
  #best(now: number): { source: RequestSource; request: WantedRequest; at: number } | undefined {
    const budgetAt = this.#budgetFreeAt(now);
    let best: { source: RequestSource; request: WantedRequest; at: number } | undefined;
    for (const [source, requests] of this.#wanted) {
      for (const request of requests) {
        if (this.#busyLanes.has(request.lane)) continue;
        const budget = request.priority >= priority.draft ? budgetAt.reduced : budgetAt.full;
        const at = Math.max(
          now,
          request.notBefore ?? 0,
          request.isCounted ? this.#blockedUntil : 0,
          this.#blockedLanes.get(request.lane) ?? 0,
          request.isCounted ? budget : 0,
        );
        const isBetter =
          best === undefined || (at <= now && best.at <= now ? request.priority < best.request.priority : at < best.at);
        if (isBetter) best = { source, request, at };
      }
    }
    return best;
  }

  /** When a counted request may go: as soon as fewer than the limit count. `reduced`: than the limit less the reserved share. */
  #budgetFreeAt(now: number): { readonly full: number; readonly reduced: number } {
    // Still held back for two windows after the last rush: its end would otherwise burst through the limit.
    if (this.#wanted.size > this.#uncountedSources) this.#strictUntil = Math.max(this.#strictUntil, now + 2 * windowMs);
    if (now >= this.#strictUntil) return { full: now, reduced: now };
    const ends = this.#counted.map(({ until }) => until).filter((until) => until > now);
    ends.sort((one, other) => one - other);
    const freeAt = (limit: number) => (ends.length < limit ? now : (ends[ends.length - limit] ?? now));
    const reduced = Math.max(1, Math.floor(this.#requestsPerSecond * (1 - reservedShare)));
    return { full: freeAt(this.#requestsPerSecond), reduced: freeAt(reduced) };
  }

  #send(source: RequestSource, request: WantedRequest): void {
    this.#busyLanes.add(request.lane);
    const count = { until: Number.POSITIVE_INFINITY };
    if (request.isCounted) {
      const now = performance.now();
      this.#counted = this.#counted.filter(({ until }) => until > now);
      this.#counted.push(count);
    }
    void request
      .send()
      .then((limit) => {
        if (limit !== undefined) this.#block(request.lane, limit);
      })
      .finally(() => {
        this.#busyLanes.delete(request.lane);
        count.until = performance.now() + windowMs;
        if (this.#wanted.has(source)) this.wake(source);
        else this.#pump();
      });
  }

  #block(lane: string, { retryAfterMs, isGlobal }: RequestLimit): void {
    const until = performance.now() + retryAfterMs;
    if (isGlobal) {
      this.#blockedUntil = Math.max(this.#blockedUntil, until);
      this.#strictUntil = until + strictAfterLimitMs;
    } else {
      for (const [other, at] of this.#blockedLanes) if (at <= performance.now()) this.#blockedLanes.delete(other);
      this.#blockedLanes.set(lane, until);
    }
  }
}
