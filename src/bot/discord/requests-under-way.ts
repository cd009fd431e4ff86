/** Requests that change something at Discord and are not answered yet: as long as there is one, this process is not done. */
export class RequestsUnderWay {
  readonly #requests = new Set<Promise<unknown>>();

  async track<Answer>(request: Promise<Answer>): Promise<Answer> {
    this.#requests.add(request);
    try {
      return await request;
    } finally {
      this.#requests.delete(request);
    }
  }

  /** Resolves when all that were under way are answered or failed. Never rejects; each has an end of its own. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#requests);
  }
}
