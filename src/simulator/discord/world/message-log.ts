/** The messages of one channel in the order of their ids, with look-ups that do not slow down as the channel grows. */

export interface MessagePage {
  readonly before?: string;
  readonly after?: string;
  readonly around?: string;
  readonly limit: number;
}

/** Retained in one channel: the newest. */
const mostEntries = 100_000;

export class MessageLog<Entry extends { readonly id: string }> {
  readonly #entries: Entry[] = [];
  #snapshot: readonly Entry[] | undefined;

  /** Oldest first, as it stands now: a later change does not show in the returned array. */
  get all(): readonly Entry[] {
    this.#snapshot ??= [...this.#entries];
    return this.#snapshot;
  }

  get last(): Entry | undefined {
    return this.#entries.at(-1);
  }

  get size(): number {
    return this.#entries.length;
  }

  get(id: string): Entry | undefined {
    const entry = this.#entries[this.#firstAtOrAfter(id)];
    return entry?.id === id ? entry : undefined;
  }

  /** Adds a message that is newer than all others, or puts a changed one in the place of the old. */
  put(entry: Entry): void {
    this.#snapshot = undefined;
    this.#entries[this.#firstAtOrAfter(entry.id)] = entry;
    // Cut in blocks, so that the rest is not moved for each message.
    if (this.#entries.length > mostEntries * 1.1) this.#entries.splice(0, this.#entries.length - mostEntries);
  }

  remove(id: string): void {
    if (this.get(id) === undefined) return;
    this.#snapshot = undefined;
    this.#entries.splice(this.#firstAtOrAfter(id), 1);
  }

  /** Newest first, as Discord lists messages. */
  page({ before, after, around, limit }: MessagePage): Entry[] {
    if (around !== undefined) {
      const middle = this.#firstAtOrAfter(around);
      const start = Math.max(0, middle - Math.floor(limit / 2));
      return this.#entries.slice(start, start + limit).reverse();
    }
    if (after !== undefined) {
      const at = this.#firstAtOrAfter(after);
      const start = this.#entries[at]?.id === after ? at + 1 : at;
      return this.#entries.slice(start, start + limit).reverse();
    }
    const end = before === undefined ? this.#entries.length : this.#firstAtOrAfter(before);
    return this.#entries.slice(Math.max(0, end - limit), end).reverse();
  }

  #firstAtOrAfter(id: string): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = this.#entries[middle];
      if (entry !== undefined && isOlder(entry.id, id)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Ids that others made up may be shorter than ours. */
function isOlder(id: string, other: string): boolean {
  return id.length === other.length ? id < other : id.length < other.length;
}
