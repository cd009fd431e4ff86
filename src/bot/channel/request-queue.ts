/**
 * The order of the bot's requests to Discord when there are more than Discord takes: what matters most goes first,
 * whatever was asked first. discord.js's own queue is first come, first served, so requests are handed to it only when
 * they can be sent at once. Knows nothing of turns.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { untilAborted } from '../../waiting.ts';
import { type Gate, type LimitUser, type Want, wholeGate } from './limits/gate.ts';
import { reservedShare } from './limits/portions.ts';

/**
 * What goes first, smallest number first: a member must see that the question is taken (`sign`, the first of a turn, whatever it is), then
 * the answer. `background`: what is read while nobody waits for just that. From there on, room is left for what comes before it.
 */
export const priority = { sign: 0, final: 1, notice: 2, edit: 3, background: 4, draft: 5, typing: 6 } as const;
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
  /** How many counted requests may go. Default: 50 in any one second, Discord's limit a bot. Source: https://discord.com/developers/docs/topics/rate-limits#global-rate-limit */
  readonly gate?: Gate | undefined;
  /** Told for how long the platform takes nothing, in ms. Default: nobody. */
  readonly onBlocked?: ((ms: number) => void) | undefined;
  /** With at most so many sources, requests are not counted. Default 8. */
  readonly uncountedSources?: number;
}

/**
 * A few turns at once cannot reach the limit: models take their time. So that a proxy or a local Discord without limits is
 * not slowed down, requests of a bot that is one process are held back only when many turns run, while something is read in the
 * background, or for this long after Discord has said otherwise.
 */
const strictAfterLimitMs = 60_000;

/**
 * How long a request is counted after it was answered. Discord counts it when it comes in, some time between sending and
 * answer, so that from the answer on is always long enough. A little more than a second, since clocks are not one.
 */
const windowMs = 1010;

/** What is read in the background waits no longer for its turn while others always come first, in ms: then it goes like a first sign. */
const longestBackgroundMs = 3_000;
const defaultPerSecond = 50;

/** Set within what the queue has let go. */
const letGo = new AsyncLocalStorage<true>();

/** Set within {@link inBackground}. */
const background = new AsyncLocalStorage<AbortSignal>();

/**
 * What is asked of the platform within `run` without having been planned goes as `background`.
 * @param awaited Aborts when somebody waits for it: what is still asked goes like a first sign from then on.
 */
export function inBackground<Result>(run: () => Promise<Result>, awaited: AbortSignal): Promise<Result> {
  return background.run(awaited, run);
}

export class RequestQueue implements LimitUser {
  readonly #gate: Gate;
  readonly #onBlocked: RequestQueueOptions['onBlocked'];
  readonly #wanted = new Map<RequestSource, readonly WantedRequest[]>();
  readonly #busyLanes = new Set<string>();
  readonly #blockedLanes = new Map<string, number>();
  readonly #uncountedSources: number;
  #blockedUntil = 0;
  #strictUntil = 0;
  /** When the requests of the last window cease to count; infinite for those that are on their way. */
  #counted: { until: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #closed = new AbortController();
  #admitted = 0;
  /** Since when requests wait for the limit, by their lane, as far as anybody has looked. */
  #waitingSince = new Map<string, number>();
  /** Whether something could go now but for the limit of all requests, when it was looked last. */
  #isShort = false;

  constructor({ gate = wholeGate(defaultPerSecond), uncountedSources = 8, onBlocked }: RequestQueueOptions = {}) {
    this.#gate = gate;
    this.#uncountedSources = uncountedSources;
    this.#onBlocked = onBlocked;
    gate.attach(this);
  }

  /** Asks the source what it wants and sends it in its turn. To be called whenever what it wants may have changed. */
  wake(source: RequestSource): void {
    if (this.#closed.signal.aborted) return;
    this.#wanted.set(source, source.wanted());
    this.#pump();
  }

  remove(source: RequestSource): void {
    this.#wanted.delete(source);
  }

  /**
   * Makes a request that nobody has planned, such as to read something: as soon as there is room, like the first sign of a turn, or
   * {@link inBackground}. It counts. At once, where a request that the queue has let go waits for it; and when the signal aborts or the queue is closed.
   */
  async admit<Answer>(make: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
    if (letGo.getStore() === true) return await make();
    const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let isBegun = false;
    const send = async () => {
      isBegun = true;
      begun.resolve();
      await ended.promise;
      return undefined;
    };
    const awaited = background.getStore();
    // They come as fast as Discord answers.
    if (awaited !== undefined) this.#keepStrict(2 * windowMs);
    let isLate = false;
    const place = () => (awaited?.aborted === false && !isLate ? priority.background : priority.sign);
    const lane = `admit:${this.#admitted}`;
    const source: RequestSource = {
      wanted: () => (isBegun ? [] : [{ lane, priority: place(), isCounted: true, send }]),
    };
    this.#admitted += 1;
    const wake = () => this.wake(source);
    wake();
    awaited?.addEventListener('abort', wake);
    const hurry = () => {
      isLate = true;
      wake();
    };
    const timer = awaited === undefined ? undefined : setTimeout(hurry, longestBackgroundMs);
    await untilAborted(begun.promise, AbortSignal.any([signal, this.#closed.signal])).catch(() => undefined); // It goes all the same.
    try {
      return await make();
    } finally {
      clearTimeout(timer);
      awaited?.removeEventListener('abort', wake);
      this.remove(source);
      ended.resolve();
    }
  }

  /** The platform has said that it takes nothing for so long, in ms. */
  block(ms: number): void {
    this.hold(ms);
    this.#onBlocked?.(ms);
  }

  /** Sends nothing from now on. Requests on their way are left to finish. */
  close(): void {
    this.#closed.abort();
    this.#wanted.clear();
    clearTimeout(this.#timer);
  }

  used(): number {
    const now = performance.now();
    return this.#counted.reduce((sum, { until }) => (until > now ? sum + 1 : sum), 0);
  }

  /** One a lane: the next can go only after it. */
  wants(): readonly Want[] {
    const now = performance.now();
    const lanes = new Map<string, Priority>();
    for (const requests of this.#wanted.values()) {
      for (const request of requests) {
        const { lane, isCounted } = request;
        if (!isCounted || this.#busyLanes.has(lane) || this.#readyAt(request) > now) continue;
        const known = lanes.get(lane);
        if (known === undefined || request.priority < known) lanes.set(lane, request.priority);
      }
    }
    const since = new Map([...lanes.keys()].map((lane) => [lane, this.#waitingSince.get(lane) ?? now]));
    this.#waitingSince = since;
    return Object.values(priority).map((place) => {
      const waiting = [...since].filter(([lane]) => lanes.get(lane) === place).map(([, time]) => time);
      return { count: waiting.length, waitedMs: Math.round(now - Math.min(now, ...waiting)) };
    });
  }

  more(): void {
    this.#pump();
  }

  hold(ms: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, performance.now() + ms);
    this.#keepStrict(ms + strictAfterLimitMs);
  }

  #keepStrict(ms: number): void {
    this.#strictUntil = Math.max(this.#strictUntil, performance.now() + ms);
  }

  #pump(): void {
    clearTimeout(this.#timer);
    if (this.#closed.signal.aborted) return;
    for (;;) {
      const now = performance.now();
      const best = this.#best(now);
      if (best === undefined) return;
      if (best.at > now && this.#isShort) this.#gate.ask();
      // With every place taken by requests on their way, the next answer goes on from here, or what is granted next.
      if (best.at === Number.POSITIVE_INFINITY) return;
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
    this.#isShort = false;
    let best: { source: RequestSource; request: WantedRequest; at: number } | undefined;
    for (const [source, requests] of this.#wanted) {
      for (const request of requests) {
        if (this.#busyLanes.has(request.lane)) continue;
        const budget = request.priority >= priority.background ? budgetAt.reduced : budgetAt.full;
        const ready = Math.max(now, this.#readyAt(request));
        const at = request.isCounted ? Math.max(ready, budget) : ready;
        if (at > ready && ready === now) this.#isShort = true;
        const isBetter =
          best === undefined || (at <= now && best.at <= now ? request.priority < best.request.priority : at < best.at);
        if (isBetter) best = { source, request, at };
      }
    }
    return best;
  }

  /** When it may go, but for what all requests have in common. */
  #readyAt({ lane, notBefore = 0, isCounted }: WantedRequest): number {
    return Math.max(notBefore, isCounted ? this.#blockedUntil : 0, this.#blockedLanes.get(lane) ?? 0);
  }

  /** When a counted request may go: as soon as fewer than the limit count. `reduced`: than the limit less the reserved share. */
  #budgetFreeAt(now: number): { readonly full: number; readonly reduced: number } {
    // Still held back for two windows after the last rush: its end would otherwise burst through the limit.
    if (this.#wanted.size > this.#uncountedSources) this.#keepStrict(2 * windowMs);
    const { room } = this.#gate;
    if (room.type === 'granted') {
      const at = room.count > 0 ? now : Number.POSITIVE_INFINITY;
      return { full: at, reduced: at };
    }
    if (room.type === 'whole' && now >= this.#strictUntil) return { full: now, reduced: now };
    const ends = this.#counted.map(({ until }) => until).filter((until) => until > now);
    ends.sort((one, other) => one - other);
    const freeAt = (limit: number) => {
      if (ends.length < limit) return now;
      return limit === 0 ? Number.POSITIVE_INFINITY : (ends[ends.length - limit] ?? now);
    };
    const reduced = Math.min(room.limit, Math.max(1, Math.floor(room.limit * (1 - reservedShare))));
    return { full: freeAt(room.limit), reduced: freeAt(reduced) };
  }

  #send(source: RequestSource, request: WantedRequest): void {
    this.#busyLanes.add(request.lane);
    const count = { until: Number.POSITIVE_INFINITY };
    if (request.isCounted) {
      const now = performance.now();
      this.#counted = this.#counted.filter(({ until }) => until > now);
      this.#counted.push(count);
      this.#gate.take();
    }
    void letGo
      .run(true, () => request.send())
      .then((limit) => {
        if (limit !== undefined) this.#refused(request.lane, limit);
      })
      .finally(() => {
        this.#busyLanes.delete(request.lane);
        count.until = performance.now() + windowMs;
        if (this.#wanted.has(source)) this.wake(source);
        else this.#pump();
      });
  }

  #refused(lane: string, { retryAfterMs, isGlobal }: RequestLimit): void {
    if (isGlobal) this.block(retryAfterMs);
    else {
      const until = performance.now() + retryAfterMs;
      for (const [other, at] of this.#blockedLanes) if (at <= performance.now()) this.#blockedLanes.delete(other);
      this.#blockedLanes.set(lane, until);
    }
  }
}
