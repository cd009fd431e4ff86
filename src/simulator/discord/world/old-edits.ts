/**
 * Old messages are edited a few times in a while and then refused with a code of its own (30046). Discord publishes no
 * numbers; these are what others met: discord-api-docs issue 4413, starboard-4 issue 118.
 */

const mostEdits = 3;
const windowMs = 20_000;

export class OldEdits {
  /** From which age a message is old. */
  readonly #afterMs: number;
  /** By channel: when old messages were edited there. */
  readonly #edits = new Map<string, number[]>();

  constructor(afterMs: number) {
    this.#afterMs = afterMs;
  }

  /** Counts an edit of a message of that age. @returns the milliseconds to wait when there were too many; 0 lets it through. */
  take(channelId: string, createdAt: number): number {
    const now = Date.now();
    if (now - createdAt < this.#afterMs) return 0;
    const recent = (this.#edits.get(channelId) ?? []).filter((time) => now - time < windowMs);
    const [oldest = now] = recent;
    if (recent.length >= mostEdits) return oldest + windowMs - now;
    this.#edits.set(channelId, [...recent, now]);
    return 0;
  }
}
