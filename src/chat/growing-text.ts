/** Writes a text that grows, each time only what is new, to a place where nothing can be taken back. */
export class GrowingText {
  readonly #write: (text: string) => void;
  #written = '';

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** @param text The whole so far. Where it is not what was written before (the model began its answer anew), its changed lines are written again. */
  show(text: string): void {
    if (text.startsWith(this.#written)) {
      if (text.length > this.#written.length) this.#write(text.slice(this.#written.length));
    } else {
      let common = 0;
      while (text[common] === this.#written[common]) common += 1;
      const lineStart = text.lastIndexOf('\n', common - 1) + 1;
      this.#write(`${this.#written.endsWith('\n') ? '' : '\n'}${text.slice(lineStart)}`);
    }
    this.#written = text;
  }
}
