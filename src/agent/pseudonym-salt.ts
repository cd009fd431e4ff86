/** What ids are hashed with before a model's provider is told of them: of this installation alone, so that nobody who knows an id can tell its hash. */
import { randomBytes } from 'node:crypto';
import type { Logger } from '../log.ts';
import type { TurnStore } from './store/turn-store.ts';

const storeKey = 'pseudonym-salt';

export class PseudonymSalt {
  readonly #store: Pick<TurnStore, 'recall' | 'remember'>;
  readonly #log: Logger;
  #salt: Promise<string> | undefined;

  constructor(store: Pick<TurnStore, 'recall' | 'remember'>, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  /** The same at every start, as long as the store can be read at the first call. Never rejects. */
  get(): Promise<string> {
    this.#salt ??= this.#read();
    return this.#salt;
  }

  async #read(): Promise<string> {
    const made = randomBytes(16).toString('base64');
    try {
      const stored = await this.#store.recall(storeKey);
      if (typeof stored === 'string' && stored !== '') return stored;
      await this.#store.remember(storeKey, made);
    } catch (error) {
      // Another one for this process: providers then cache its prompts anew, and nothing else.
      this.#log.warn('pseudonym-salt-not-stored', { error });
    }
    return made;
  }
}
