/**
 * The default store: one file, through the SQLite that Node brings. A write that has returned survives the process,
 * however it ends (WAL), and several processes may share the file. After a power cut the last moments may be missing, the
 * rest is whole: waiting for the disk at every write (synchronous FULL) would hold up all channels, on slow disks for
 * hundreds of milliseconds.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Backend } from './backend.ts';

/** Milliseconds to wait for another process that is writing. */
const lockTimeoutMs = 5000;

/** @param path Of the file; relative to the current folder, folders on the way are made. */
export function openSqlite(path: string): Backend {
  const file = resolve(path);
  makeFolder(dirname(file));
  const database = new DatabaseSync(file, { timeout: lockTimeoutMs });
  try {
    return createBackend(file, database);
  } catch (error) {
    database.close();
    throw error;
  }
}

function createBackend(file: string, database: DatabaseSync): Backend {
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  database.exec('CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT');
  const select = database.prepare('SELECT value FROM entries WHERE key = ?');
  // A range, not LIKE: it uses the index and knows no wildcards.
  const selectRange = database.prepare('SELECT key, value FROM entries WHERE key >= ? AND key < ?');
  const upsert = database.prepare(
    'INSERT INTO entries (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  const remove = database.prepare('DELETE FROM entries WHERE key = ?');
  const writes = new WriteGroup(database);
  return {
    address: `sqlite://${file}`,
    async get(key) {
      const row = select.get(key);
      return row === undefined ? undefined : String(row.value);
    },
    set: (key, text) => writes.add(() => upsert.run(key, text)),
    delete: (key) => writes.add(() => remove.run(key)),
    async entries(prefix) {
      const end = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
      const rows = selectRange.all(prefix, end);
      return new Map(rows.map((row) => [String(row.key), String(row.value)]));
    },
    reset() {},
    async close() {
      writes.commit();
      database.close();
    },
  };
}

/** Commits the writes of all channels that come at the same moment together: a commit holds up the process. */
class WriteGroup {
  readonly #database: DatabaseSync;
  #writes: { readonly run: () => unknown; readonly resolve: () => void; readonly reject: (error: unknown) => void }[] =
    [];

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Resolves once the write is committed. */
  add(run: () => unknown): Promise<void> {
    if (this.#writes.length === 0) setImmediate(() => this.commit());
    return new Promise((resolve, reject) => this.#writes.push({ run, resolve, reject }));
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
      for (const { reject } of writes) reject(error);
      // Some failures, such as a full disk, have ended the transaction already.
      if (this.#database.isOpen && this.#database.isTransaction) this.#database.exec('ROLLBACK');
    }
  }
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
