/** Interactions that were taken a moment ago: whatever sends one twice, it is answered once. */

/** Far more than come while a signature counts. */
const mostIds = 100_000;

export class RecentIds {
  readonly #keptMs: number;
  /** When each came, oldest first. */
  readonly #times = new Map<string, number>();

  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  /** @returns false where it is there already. */
  add(id: string): boolean {
    const now = performance.now();
    for (const [oldest, time] of this.#times) {
      if (now - time < this.#keptMs && this.#times.size < mostIds) break;
      this.#times.delete(oldest);
    }
    if (this.#times.has(id)) return false;
    this.#times.set(id, now);
    return true;
  }

  /** It was not taken after all. */
  remove(id: string): void {
    this.#times.delete(id);
  }
}
