/** How many questions a member may ask in a minute, over all channels. */

export const minuteMs = 60_000;

/** When each member's questions came, oldest first, in ms of `performance.now()`. */
export type AskedTimes = ReadonlyMap<string, readonly number[]>;

export class MemberRate {
  readonly #most: number | undefined;
  /** Those first who have been silent for the longest. */
  readonly #asked = new Map<string, readonly number[]>();
  #elsewhere: AskedTimes = new Map();

  /** @param most Undefined: any number. */
  constructor(most: number | undefined) {
    this.#most = most;
  }

  /** What was taken here in the last minute. */
  get asked(): AskedTimes {
    this.#forgetOld(performance.now());
    return this.#asked;
  }

  /** Counts a question, unless there have been too many. @returns in how many ms the next may come; 0 when this one may. */
  waitFor(memberId: string, now = performance.now()): number {
    if (this.#most === undefined) return 0;
    this.#forgetOld(now);
    const isRecent = (time: number) => now - time < minuteMs;
    const own = (this.#asked.get(memberId) ?? []).filter(isRecent);
    const all = [...own, ...(this.#elsewhere.get(memberId) ?? []).filter(isRecent)].sort((one, other) => one - other);
    // Where several processes have taken more than that, so many must be over first.
    const before = all.at(-this.#most);
    if (all.length >= this.#most && before !== undefined) return Math.max(1, before + minuteMs - now);
    this.#asked.delete(memberId);
    this.#asked.set(memberId, [...own, now]);
    return 0;
  }

  /** What other processes have taken, all of it. */
  know(elsewhere: AskedTimes): void {
    this.#elsewhere = elsewhere;
  }

  #forgetOld(now: number): void {
    for (const [memberId, asked] of this.#asked) {
      if (now - (asked.at(-1) ?? 0) < minuteMs) return;
      this.#asked.delete(memberId);
    }
  }
}
