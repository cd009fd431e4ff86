/** What this window has asked the bot to suggest, until the answer comes. */
import type { Choice } from '../wire.ts';

export class PendingChoices {
  readonly #waiting = new Map<string, (choices: readonly Choice[]) => void>();

  /** @param send Returns false when nothing could be sent. Resolves with nothing where nothing is suggested. Never rejects. */
  async ask(send: (requestId: string) => boolean): Promise<readonly Choice[]> {
    const requestId = crypto.randomUUID();
    const { promise, resolve } = Promise.withResolvers<readonly Choice[]>();
    this.#waiting.set(requestId, resolve);
    if (!send(requestId)) this.answer(requestId, []);
    return await promise;
  }

  answer(requestId: string, choices: readonly Choice[]): void {
    this.#waiting.get(requestId)?.(choices);
    this.#waiting.delete(requestId);
  }

  /** The connection is lost: nothing comes any more. */
  lose(): void {
    for (const requestId of [...this.#waiting.keys()]) this.answer(requestId, []);
  }
}
