/** Lines of a byte stream, of which no line takes more memory than it may. Takes time that grows with the bytes and no faster. */

export interface Line {
  /** Without its break. */
  readonly text: string;
  /** Longer than allowed: `text` is its beginning. */
  readonly isCut: boolean;
}

const lineFeed = 0x0a;

export class LineReader {
  readonly #longest: number;
  #parts: Buffer[] = [];
  #length = 0;
  /** The line goes on after its beginning was given out. */
  #isSkipping = false;

  /** @param longest In bytes. */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** The lines that end with this chunk, and one that has just become too long. */
  *read(chunk: Buffer): Generator<Line> {
    for (let start = 0; start < chunk.length; ) {
      const found = chunk.indexOf(lineFeed, start);
      const end = found === -1 ? chunk.length : found;
      if (!this.#isSkipping) {
        const room = this.#longest - this.#length;
        this.#parts.push(chunk.subarray(start, Math.min(end, start + room)));
        this.#length += Math.min(end - start, room);
        const isCut = end - start > room;
        if (isCut || found !== -1) yield this.#take(isCut);
        this.#isSkipping = isCut;
      }
      if (found !== -1) this.#isSkipping = false;
      start = end + 1;
    }
  }

  #take(isCut: boolean): Line {
    const text = Buffer.concat(this.#parts).toString('utf8');
    this.#parts = [];
    this.#length = 0;
    return { text: text.endsWith('\r') ? text.slice(0, -1) : text, isCut };
  }
}
