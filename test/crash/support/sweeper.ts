/**
 * Sweeps the bot's store all the time, from outside, with the product's own code: several processes may do it at once, and the
 * bot itself does it too seldom for a story. What is still to be shown must survive it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SweptTurnStore } from '../../../src/agent/store/keyv-turn-store.ts';

const everyMs = 15;

export class Sweeper implements AsyncDisposable {
  readonly #store: SweptTurnStore;
  readonly #sweeping: Promise<void>;
  #isOver = false;
  #count = 0;

  /** How often the whole store was swept. */
  get count(): number {
    return this.#count;
  }

  /** @param store The bot's, opened a second time; closed with this. */
  constructor(store: SweptTurnStore) {
    this.#store = store;
    this.#sweeping = this.#sweep();
  }

  async #sweep(): Promise<void> {
    while (!this.#isOver) {
      try {
        await this.#store.sweep(this.#count % 2 === 0 ? 'everything' : 'expired');
        this.#count += 1;
      } catch {
        // The bot may be writing for long: the next time will do.
      }
      await sleep(everyMs);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#sweeping;
    await this.#store.close();
  }
}
