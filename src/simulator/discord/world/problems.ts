/** What a good bot never gets, one sentence each: the first thousand, since one mistake can be made without end. */
export class Problems {
  readonly #sentences: string[] = [];

  /** Oldest first; the same array all the time. */
  get all(): readonly string[] {
    return this.#sentences;
  }

  note(sentence: string): void {
    if (this.#sentences.length < mostSentences) this.#sentences.push(sentence);
  }
}

const mostSentences = 1000;
