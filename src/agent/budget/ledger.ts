/**
 * Accounts in the store, changed so that nobody's change is lost: many turns of this process, and other processes. Changes of
 * one account that come while one is being written go together in the next write.
 */
import { type Account, emptyAccount, readAccount } from './account.ts';

/** Where accounts are kept. */
export interface AccountStore {
  /**
   * Puts what `change` makes of the account in its place, in one step; `change` may be called again where another process was first.
   * Rejects with an `AppError` of code `store-failed` when the store does not do it in time.
   */
  changeAccount(key: string, change: (stored: unknown) => unknown): Promise<void>;
}

interface Waiting {
  readonly apply: (account: Account) => Account;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

export class Ledger {
  readonly #store: AccountStore;
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #writing = new Set<string>();

  constructor(store: AccountStore) {
    this.#store = store;
  }

  /**
   * Changes the account. Resolves with what `change` gave besides, once that is stored.
   * @param change Pure, and called again when it was not stored: what it gave before does not count.
   */
  async change<Result>(
    key: string,
    change: (account: Account) => { readonly account: Account; readonly result: Result },
  ): Promise<Result> {
    let result: Result | undefined;
    const { promise, resolve: done, reject: failed } = Promise.withResolvers<void>();
    const apply = (account: Account) => {
      const changed = change(account);
      result = changed.result;
      return changed.account;
    };
    this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), { apply, done, failed }]);
    if (!this.#writing.has(key)) void this.#write(key);
    await promise;
    return result as Result;
  }

  async #write(key: string): Promise<void> {
    this.#writing.add(key);
    for (let batch = this.#take(key); batch.length > 0; batch = this.#take(key)) {
      try {
        await this.#store.changeAccount(key, (stored) =>
          batch.reduce(
            (account, { apply }) => apply(account),
            stored === undefined ? emptyAccount : readAccount(stored),
          ),
        );
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.#writing.delete(key);
  }

  #take(key: string): Waiting[] {
    const batch = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    return batch;
  }
}
