/** Commits the writes of all channels that come at the same moment together: a commit holds up the process. */
import type { DatabaseSync } from 'node:sqlite';
import { answerTimeoutMs } from './backend.ts';

/** Between two attempts at a file that another process keeps locked. */
const lockRetryMs = 20;
/** Whoever waits learns what it was, and not only that no answer came. */
const giveUpAfterMs = answerTimeoutMs - 200;

interface Write {
  /** Does it. What it returns tells the caller of it, once it is committed. */
  readonly run: () => () => void;
  readonly reject: (error: unknown) => void;
}

export class WriteGroup {
  readonly #database: DatabaseSync;
  #writes: Write[] = [];
  #firstAt = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Resolves with what the write returns once it is committed. It may be run more than once. */
  add<Result>(write: () => Result): Promise<Result> {
    if (this.#writes.length === 0) {
      this.#firstAt = performance.now();
      setImmediate(() => this.#commit());
    }
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const run = () => {
      const result = write();
      return () => resolve(result);
    };
    this.#writes.push({ run, reject });
    return promise;
  }

  /** Commits what there is. What another process does not let in by now is told so: nothing more will be written. */
  close(): void {
    this.#commit();
    clearTimeout(this.#retry);
    for (const { reject } of this.#writes) reject(new Error('The file is closed.'));
    this.#writes = [];
  }

  #commit(): void {
    const writes = this.#writes;
    if (writes.length === 0) return;
    this.#writes = [];
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      const tellings = writes.map(({ run }) => run());
      this.#database.exec('COMMIT');
      for (const tell of tellings) tell();
    } catch (error) {
      // Some failures, such as a full disk, have ended the transaction already.
      if (this.#database.isOpen && this.#database.isTransaction) this.#database.exec('ROLLBACK');
      if (isLocked(error) && performance.now() - this.#firstAt < giveUpAfterMs) {
        // Not by waiting inside SQLite: everything else goes on meanwhile.
        this.#writes = writes;
        this.#retry = setTimeout(() => this.#commit(), lockRetryMs);
      } else for (const { reject } of writes) reject(error);
    }
  }
}

/** Whether it is SQLITE_BUSY, in any of its forms, or has come of it. */
export function isLocked(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('errcode' in error && (Number(error.errcode) & 0xff) === 5) || isLocked(error.cause);
}
