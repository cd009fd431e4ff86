/**
 * The default store: one file, through the SQLite that Node brings. A write that has returned survives the process,
 * however it ends (WAL), and several processes may share the file. After a power cut the last moments may be missing, the
 * rest is whole: waiting for the disk at every write (synchronous FULL) would hold up all channels, on slow disks for
 * hundreds of milliseconds.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerTimeoutMs, type Backend, pageSize } from './backend.ts';

/** Milliseconds to wait for another process that is making the file. */
const openTimeoutMs = 5000;
/** Milliseconds for which another process that is writing may hold up this one, all channels of it. */
const lockTimeoutMs = 50;
/** Between two attempts at a file that another process keeps locked. */
const lockRetryMs = 20;

/** @param path Of the file; relative to the current folder, folders on the way are made. */
export function openSqlite(path: string): Backend {
  const file = resolve(path);
  makeFolder(dirname(file));
  const database = new DatabaseSync(file, { timeout: openTimeoutMs });
  try {
    return createBackend(file, database);
  } catch (error) {
    database.close();
    throw error;
  }
}

function createBackend(file: string, database: DatabaseSync): Backend {
  // With secure_delete, what was deleted or replaced is overwritten with zeros: somebody may have asked for it to be forgotten.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON');
  database.exec('CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT');
  database.exec(`PRAGMA busy_timeout = ${lockTimeoutMs}`);
  const select = database.prepare('SELECT value FROM entries WHERE key = ?');
  // A range, not LIKE: it uses the index and knows no wildcards.
  const selectRange = database.prepare('SELECT key, value FROM entries WHERE key >= ? AND key < ?');
  const selectKeys = database.prepare('SELECT key FROM entries WHERE key > ? AND key < ? ORDER BY key LIMIT ?');
  const upsert = database.prepare(
    'INSERT INTO entries (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  const remove = database.prepare('DELETE FROM entries WHERE key = ?');
  const insert = database.prepare('INSERT INTO entries (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const update = database.prepare('UPDATE entries SET value = ? WHERE key = ? AND value = ?');
  const removeExact = database.prepare('DELETE FROM entries WHERE key = ? AND value = ?');
  const checkpoint = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)');
  const writes = new WriteGroup(database);
  const exchange = (key: string, before: string | undefined, after: string | undefined) => {
    if (before === undefined)
      return after === undefined ? select.get(key) === undefined : insert.run(key, after).changes;
    return (after === undefined ? removeExact.run(key, before) : update.run(after, key, before)).changes;
  };
  return {
    address: `sqlite://${file}`,
    async get(key) {
      const row = select.get(key);
      return row === undefined ? undefined : String(row.value);
    },
    set: (key, text) => writes.add(() => upsert.run(key, text)),
    delete: (key) => writes.add(() => remove.run(key)),
    async replace(key, before, after) {
      let isReplaced = false;
      await writes.add(() => {
        isReplaced = Boolean(exchange(key, before, after));
      });
      return isReplaced;
    },
    async entries(prefix) {
      const rows = selectRange.all(prefix, endOf(prefix));
      return new Map(rows.map((row) => [String(row.key), String(row.value)]));
    },
    async *keys(prefix) {
      let last = prefix;
      for (let count = pageSize; count === pageSize; ) {
        const page = selectKeys.all(last, endOf(prefix), pageSize).map((row) => String(row.key));
        count = page.length;
        last = page.at(-1) ?? last;
        yield page;
      }
    },
    // All processes that share the file run on one machine.
    now: async () => Date.now(),
    async scrub() {
      // The log of writes holds earlier values until it is emptied, for which nobody may be reading.
      for (let tries = 0; tries < 10 && database.isOpen; tries += 1) {
        if (checkpoint.get()?.busy === 0) return;
        await sleep(100);
      }
    },
    reset() {},
    async close() {
      writes.commit();
      writes.giveUp();
      database.close();
    },
  };
}

/** The first text after all that start with the prefix. */
function endOf(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

interface Write {
  readonly run: () => unknown;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Commits the writes of all channels that come at the same moment together: a commit holds up the process. */
class WriteGroup {
  readonly #database: DatabaseSync;
  #writes: Write[] = [];
  #firstAt = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Resolves once the write is committed. */
  add(run: () => unknown): Promise<void> {
    if (this.#writes.length === 0) {
      this.#firstAt = performance.now();
      setImmediate(() => this.commit());
    }
    return new Promise((resolve, reject) => this.#writes.push({ run, resolve, reject }));
  }

  /** What another process would not let in by now is told so. */
  giveUp(): void {
    for (const { reject } of this.#writes) reject(new Error('The file is closed.'));
    this.#writes = [];
  }

  commit(): void {
    const writes = this.#writes;
    if (writes.length === 0) return;
    this.#writes = [];
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      for (const { run } of writes) run();
      this.#database.exec('COMMIT');
      for (const { resolve } of writes) resolve();
    } catch (error) {
      // Some failures, such as a full disk, have ended the transaction already.
      if (this.#database.isOpen && this.#database.isTransaction) this.#database.exec('ROLLBACK');
      if (isLocked(error) && performance.now() - this.#firstAt < answerTimeoutMs) {
        // Not by waiting inside SQLite: everything else goes on meanwhile.
        this.#writes = writes;
        setTimeout(() => this.commit(), lockRetryMs);
      } else for (const { reject } of writes) reject(error);
    }
  }
}

/** SQLITE_BUSY, in any of its forms. */
function isLocked(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}

/** Not mkdir's `recursive`: where a folder can never be made, such as below /proc, it tries for ever. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have made it in between.
    if (!existsSync(folder)) throw error;
  }
}
