/**
 * The default store: one file, through the SQLite that Node brings. A write that has returned survives the process,
 * however it ends (WAL), and several processes may share the file. After a power cut the last moments may be missing, the
 * rest is whole: waiting for the disk at every write (synchronous FULL) would hold up all channels, on slow disks for
 * hundreds of milliseconds.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Logger } from '../../log.ts';
import { withRetries } from '../../waiting.ts';
import { type Backend, endOf, type Fence, fencedOut, type PlaceCondition, pageSize } from './backend.ts';
import { closeToOthers, freeBytesAt, makeFiles } from './sqlite-files.ts';
import { WriteGroup } from './write-group.ts';

/** Milliseconds to wait for another process that is making the file. */
const openTimeoutMs = 5000;
/** Milliseconds for which another process that is writing may hold up this one, all channels of it. */
const lockTimeoutMs = 50;
/** The same for a process that has no channels to hold up. */
const asItIsTimeoutMs = 1_000;

/** @param path Of the file; relative to the current folder, folders on the way are made. */
export function openSqlite(path: string, log: Logger): Backend {
  const file = resolve(path);
  makeFiles(file);
  const database = new DatabaseSync(file, { timeout: openTimeoutMs });
  try {
    // With secure_delete, what was deleted or replaced is overwritten with zeros: somebody may have asked for it to be forgotten.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON');
    database.exec('CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT');
    database.exec(`PRAGMA busy_timeout = ${lockTimeoutMs}`);
    closeToOthers(file, log);
    return new SqliteBackend(file, database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens a store that is there, without changing anything about it. @returns undefined when the file holds none. @throws {Error} */
export function openSqliteAsItIs(path: string): Backend | undefined {
  const file = resolve(path);
  if (!existsSync(file)) return undefined;
  const database = new DatabaseSync(file, { timeout: asItIsTimeoutMs });
  try {
    const sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'entries'";
    if (database.prepare(sql).get() !== undefined) return new SqliteBackend(file, database);
  } catch (error) {
    database.close();
    throw error;
  }
  database.close();
  return undefined;
}

const statements = {
  select: 'SELECT value FROM entries WHERE key = ?',
  // A range, not LIKE: it uses the index and knows no wildcards.
  selectRange: 'SELECT key, value FROM entries WHERE key >= ? AND key < ?',
  selectKeys: 'SELECT key FROM entries WHERE key > ? AND key < ? ORDER BY key LIMIT ?',
  upsert: 'INSERT INTO entries (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  remove: 'DELETE FROM entries WHERE key = ?',
  insert: 'INSERT INTO entries (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING',
  update: 'UPDATE entries SET value = ? WHERE key = ? AND value = ?',
  removeExact: 'DELETE FROM entries WHERE key = ? AND value = ?',
  checkpoint: 'PRAGMA wal_checkpoint(TRUNCATE)',
} as const;

class SqliteBackend implements Backend {
  readonly address: string;
  readonly #database: DatabaseSync;
  readonly #statements: Readonly<Record<keyof typeof statements, StatementSync>>;
  readonly #writes: WriteGroup;
  readonly #closing = new AbortController();

  constructor(file: string, database: DatabaseSync) {
    this.address = `sqlite://${file}`;
    this.#database = database;
    this.#writes = new WriteGroup(database);
    const prepare = (name: keyof typeof statements) => database.prepare(statements[name]);
    this.#statements = {
      select: prepare('select'),
      selectRange: prepare('selectRange'),
      selectKeys: prepare('selectKeys'),
      upsert: prepare('upsert'),
      remove: prepare('remove'),
      insert: prepare('insert'),
      update: prepare('update'),
      removeExact: prepare('removeExact'),
      checkpoint: prepare('checkpoint'),
    };
  }

  async get(key: string): Promise<string | undefined> {
    const row = this.#statements.select.get(key);
    return row === undefined ? undefined : String(row.value);
  }

  async set(key: string, text: string, fence?: Fence): Promise<void> {
    await this.#write(() => this.#statements.upsert.run(key, text), fence);
  }

  async delete(key: string, fence?: Fence): Promise<void> {
    await this.#write(() => this.#statements.remove.run(key), fence);
  }

  replace(key: string, before: string | undefined, after: string | undefined, fence?: Fence): Promise<boolean> {
    return this.#write(() => this.#exchange(key, before, after), fence);
  }

  #write<Result>(write: () => Result, fence: Fence | undefined): Promise<Result> {
    return this.#writes.add(() => {
      if (fence !== undefined && Date.now() >= fence.until) throw new Error(fencedOut);
      return write();
    });
  }

  #exchange(key: string, before: string | undefined, after: string | undefined): boolean {
    const { select, insert, removeExact, update } = this.#statements;
    if (before === undefined)
      return after === undefined ? select.get(key) === undefined : insert.run(key, after).changes > 0;
    return (after === undefined ? removeExact.run(key, before) : update.run(after, key, before)).changes > 0;
  }

  async entries(prefix: string): Promise<ReadonlyMap<string, string>> {
    const rows = this.#statements.selectRange.all(prefix, endOf(prefix));
    return new Map(rows.map((row) => [String(row.key), String(row.value)]));
  }

  async *keys(prefix: string, end = endOf(prefix)): AsyncGenerator<string[]> {
    let last = prefix;
    for (let count = pageSize; count === pageSize; ) {
      const page = this.#statements.selectKeys.all(last, end, pageSize).map((row) => String(row.key));
      count = page.length;
      last = page.at(-1) ?? last;
      yield page;
    }
  }

  /** All processes that share the file run on one machine. */
  async now(): Promise<number> {
    return Date.now();
  }

  async condition(): Promise<PlaceCondition> {
    return { loses: 'moments', isEvicting: false, freeBytes: freeBytesAt(this.address.slice('sqlite://'.length)) };
  }

  /** The log of writes holds earlier values until it is emptied, for which nobody may be reading. */
  async scrub(): Promise<void> {
    const empty = async () => {
      if (this.#database.isOpen && this.#statements.checkpoint.get()?.busy !== 0) throw new Error('Somebody reads.');
    };
    const options = { signal: this.#closing.signal, most: 10, firstMs: 100, longestMs: 100 };
    await withRetries(empty, options).catch(() => undefined); // It is emptied some time later.
  }

  reset(): void {}

  async close(): Promise<void> {
    this.#closing.abort();
    this.#writes.close();
    this.#database.close();
  }
}
