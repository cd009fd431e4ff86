/** How many questions a member may ask in a minute, over all channels. */

const minuteMs = 60_000;

export class MemberRate {
  readonly #most: number | undefined;
  /** When each member's questions of the last minute came, oldest first, in ms of `performance.now()`. */
  readonly #asked = new Map<string, readonly number[]>();

  /** @param most Undefined: any number. */
  constructor(most: number | undefined) {
    this.#most = most;
  }

  /** Counts a question, unless there have been too many. @returns in how many ms the next may come; 0 when this one may. */
  waitFor(memberId: string, now = performance.now()): number {
    if (this.#most === undefined) return 0;
    this.#forgetOld(now);
    const asked = (this.#asked.get(memberId) ?? []).filter((time) => now - time < minuteMs);
    const [oldest = now] = asked;
    if (asked.length >= this.#most) return Math.max(1, oldest + minuteMs - now);
    // Behind the others: those in front have been silent for the longest.
    this.#asked.delete(memberId);
    this.#asked.set(memberId, [...asked, now]);
    return 0;
  }

  #forgetOld(now: number): void {
    for (const [memberId, asked] of this.#asked) {
      if (now - (asked.at(-1) ?? 0) < minuteMs) return;
      this.#asked.delete(memberId);
    }
  }
}
