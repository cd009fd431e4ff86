/**
 * Discord shuts out for a while whoever gets 10,000 refusals (401, 403, 429) in 10 minutes. They are counted here, and long
 * before that, requests that are likely to be refused wait. Source: https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
 */
import type { Logger } from '../../log.ts';
import { pause } from '../../waiting.ts';
import type { RefusalCounter } from '../channel/limits/shared-limits.ts';

export interface InvalidRequestsOptions {
  readonly log: Logger;
  /** So many, and requests to places that have refused one lately wait. Default 5000. */
  readonly cautiousFrom?: number;
  /** So many, and every request waits. Default 8000. */
  readonly stopFrom?: number;
  /** In ms since any moment. Default: the process's clock. */
  readonly now?: () => number;
}

const windowMs = 10 * 60_000;
/** Counted together. */
const sliceMs = 10_000;
const mostPlaces = 10_000;
const statuses = new Set([401, 403, 429]);

/** As much of an answer as is looked at. */
interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
}

export class InvalidRequests implements RefusalCounter {
  readonly #options: Required<InvalidRequestsOptions>;
  /** Oldest first. */
  #slices: { readonly startedAt: number; count: number }[] = [];
  /** When each place last refused, the oldest refusal first. */
  readonly #refusedAt = new Map<string, number>();
  #isCautious = false;
  #unshared = 0;

  constructor({ cautiousFrom = 5_000, stopFrom = 8_000, now = () => performance.now(), log }: InvalidRequestsOptions) {
    this.#options = { cautiousFrom, stopFrom, now, log };
  }

  note(url: string, { status, headers }: Answer): void {
    // A limit that many share is nobody's fault.
    if (!statuses.has(status) || headers.get('x-ratelimit-scope') === 'shared') return;
    const { now: clock } = this.#options;
    const now = clock();
    this.#add(now, 1);
    this.#unshared += 1;
    const place = placeOf(url);
    if (place !== undefined && status === 403) {
      this.#refusedAt.delete(place);
      this.#refusedAt.set(place, now);
      const [oldest] = this.#refusedAt.keys();
      if (oldest !== undefined && this.#refusedAt.size > mostPlaces) this.#refusedAt.delete(oldest);
    }
    this.#look(now);
  }

  get unshared(): number {
    return this.#unshared;
  }

  /** Those of other processes count as well: it is the bot that is shut out. */
  share(slices: Parameters<RefusalCounter['share']>[0], reported: number): void {
    this.#unshared -= reported;
    const now = this.#options.now();
    this.#slices = slices.map(({ agoMs, count }) => ({ startedAt: now - agoMs, count }));
    if (this.#unshared > 0) this.#add(now, this.#unshared);
    this.#look(now);
  }

  /** How long a request to that address should wait, in ms. */
  waitMs(url: string): number {
    const { now: clock, cautiousFrom, stopFrom } = this.#options;
    const now = clock();
    const count = this.#count(now);
    if (count < cautiousFrom) return 0;
    const place = placeOf(url);
    const isLikely = place !== undefined && (this.#refusedAt.get(place) ?? Number.NEGATIVE_INFINITY) > now - windowMs;
    const [oldest] = this.#slices;
    if (oldest === undefined || (count < stopFrom && !isLikely)) return 0;
    return oldest.startedAt + sliceMs + windowMs - now;
  }

  /** Resolves when a request to that address may be made, or the signal aborts. */
  async mayAsk(url: string, signal: AbortSignal): Promise<void> {
    for (let waitMs = this.waitMs(url); waitMs > 0 && !signal.aborted; waitMs = this.waitMs(url))
      await pause(waitMs, signal);
  }

  #add(now: number, count: number): void {
    const last = this.#slices.at(-1);
    if (last !== undefined && now - last.startedAt < sliceMs) last.count += count;
    else this.#slices.push({ startedAt: now, count });
  }

  #look(now: number): void {
    const { log, cautiousFrom } = this.#options;
    const count = this.#count(now);
    if (count >= cautiousFrom && !this.#isCautious) log.warn('invalid-requests', { count, windowMs });
    this.#isCautious = count >= cautiousFrom;
  }

  #count(now: number): number {
    this.#slices = this.#slices.filter(({ startedAt }) => startedAt + sliceMs + windowMs > now);
    return this.#slices.reduce((sum, { count }) => sum + count, 0);
  }
}

/** The channel or guild that refuses. */
function placeOf(url: string): string | undefined {
  return /\/(?:channels|guilds)\/\d+/.exec(url)?.[0];
}
