/** PostgreSQL behind keyv's own adapter, in one table. */
import KeyvPostgres from '@keyv/postgres';
import { Pool } from 'pg';
import type { Logger } from '../../log.ts';
import {
  answerTimeoutMs,
  type Backend,
  connectTimeoutMs,
  endOf,
  type Fence,
  fencedOut,
  type PlaceCondition,
  pageSize,
} from './backend.ts';
import { within } from './deadline.ts';

/** Milliseconds for making an index, once in the life of a store. */
const indexTimeoutMs = 10 * 60_000;

/**
 * @param table Its name, made when it is missing.
 * @throws {Error} when the server cannot be reached or refuses.
 */
export async function openPostgres(url: string, address: string, table: string, log: Logger): Promise<Backend> {
  const pool = new Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: connectTimeoutMs,
    // Past the caller's own deadline: a write that waits behind this one must then be too late to begin.
    query_timeout: answerTimeoutMs + 100,
    allowExitOnIdle: true,
  });
  // Without a listener the loss of an idle connection would end the process. The next call makes a new one.
  pool.on('error', (error) => log.warn('store-connection-lost', { error }));

  /** The adapter on a pool of its own: the one that it makes itself is shared by all and reports to nobody. */
  class PostgresAdapter extends KeyvPostgres {
    override async connect() {
      return async (sql: string, values?: readonly unknown[]) => (await pool.query(sql, values)).rows;
    }
  }

  const close = async () => {
    try {
      await within(connectTimeoutMs, pool.end(), () => {});
    } catch {
      // The server does not answer; what is left of its connections does not keep the process alive.
    }
  };
  try {
    await pool.query('SELECT 1');
    const adapter = await openAdapter(PostgresAdapter, table);
    void makeIndex(pool, table, log);
    return new PostgresBackend(adapter, address, table, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** Makes the adapter and waits until its table is there. It reports a failure of that only as an event. */
async function openAdapter(Adapter: typeof KeyvPostgres, table: string): Promise<KeyvPostgres> {
  const adapter = new Adapter({ table, keySize: 1000 });
  let failure: unknown;
  adapter.on('error', (error: unknown) => {
    failure ??= error;
  });
  try {
    await adapter.get('');
    return adapter;
  } catch (error) {
    throw failure ?? error;
  }
}

/**
 * Keys that start with something are next to one another by their bytes, and by the rules of most languages they are not. In a large
 * table it takes a while, in which it is read as slowly as it was without. Never rejects.
 */
async function makeIndex(pool: Pool, table: string, log: Logger): Promise<void> {
  const name = `${table}_by_bytes`;
  try {
    const { rows } = await pool.query('SELECT to_regclass($1) IS NOT NULL AS there', [`public.${name}`]);
    if (rows[0]?.there === true) return;
    const text = `CREATE INDEX IF NOT EXISTS ${name} ON public.${table} (key COLLATE "C")`;
    await pool.query({ text, query_timeout: indexTimeoutMs });
  } catch (error) {
    log.debug('store-index-not-made', { error });
  }
}

/** Whether there is a store, or could be one. @throws {Error} when the server cannot be reached or refuses. */
export async function findTable(url: string, table: string): Promise<{ isThere: boolean; mayBeMade: boolean }> {
  const pool = new Pool({
    connectionString: url,
    max: 1,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: answerTimeoutMs,
  });
  pool.on('error', () => {}); // The query tells.
  try {
    const sql = "SELECT to_regclass($1) IS NOT NULL AS there, has_schema_privilege('public', 'CREATE') AS may";
    const { rows } = await pool.query(sql, [`public.${table}`]);
    return { isThere: rows[0]?.there === true, mayBeMade: rows[0]?.may === true };
  } finally {
    await within(connectTimeoutMs, pool.end(), () => {}).catch(() => undefined); // As above.
  }
}

/** The order of the index. */
const inBytes = 'key COLLATE "C"';

class PostgresBackend implements Backend {
  readonly address: string;
  readonly #adapter: KeyvPostgres;
  readonly #table: string;
  readonly #end: () => Promise<void>;

  constructor(adapter: KeyvPostgres, address: string, table: string, end: () => Promise<void>) {
    this.address = address;
    this.#adapter = adapter;
    this.#table = `public.${table}`;
    this.#end = end;
  }

  async get(key: string): Promise<string | undefined> {
    const text: unknown = await this.#adapter.get(key);
    return typeof text === 'string' ? text : undefined;
  }

  async set(key: string, text: string, fence?: Fence): Promise<void> {
    await this.#insert(key, text, fence, 'ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value');
  }

  async delete(key: string, fence?: Fence): Promise<void> {
    await this.#write(`DELETE FROM ${this.#table} WHERE key = $1`, [key], fence);
  }

  async replace(key: string, before: string | undefined, after: string | undefined, fence?: Fence): Promise<boolean> {
    if (before === undefined && after === undefined) return (await this.#adapter.get(key)) === undefined;
    return (await this.#exchange(key, before, after, fence)) === 1;
  }

  #exchange(
    key: string,
    before: string | undefined,
    after: string | undefined,
    fence: Fence | undefined,
  ): Promise<number> {
    if (before === undefined) return this.#insert(key, after, fence, 'ON CONFLICT DO NOTHING');
    if (after === undefined)
      return this.#write(`DELETE FROM ${this.#table} WHERE key = $1 AND value = $2`, [key, before], fence);
    return this.#write(
      `UPDATE ${this.#table} SET value = $3 WHERE key = $1 AND value = $2`,
      [key, before, after],
      fence,
    );
  }

  #insert(key: string, text: string | undefined, fence: Fence | undefined, onConflict: string): Promise<number> {
    return this.#write(
      `INSERT INTO ${this.#table} (key, value) SELECT $1, $2 WHERE true`,
      [key, text],
      fence,
      onConflict,
    );
  }

  /**
   * @param sql Ends with a condition.
   * @returns how many rows it changed.
   */
  async #write(sql: string, values: readonly unknown[], fence: Fence | undefined, onConflict = ''): Promise<number> {
    if (fence === undefined) return (await this.#query(`${sql} ${onConflict} RETURNING key`, values)).length;
    const isInTime = `clock_timestamp() < to_timestamp($${values.length + 1})`;
    const untilSeconds = fence.until / 1000;
    const rows = await this.#query(`${sql} AND ${isInTime} ${onConflict} RETURNING key`, [...values, untilSeconds]);
    if (rows.length === 0 && (await this.now()) >= fence.until) throw new Error(fencedOut);
    return rows.length;
  }

  /** Not the adapter's iterator: when a page of it fails, it ends as if there were no more. */
  async entries(prefix: string): Promise<ReadonlyMap<string, string>> {
    const sql = `SELECT key, value FROM ${this.#table} WHERE ${inBytes} >= $1 AND ${inBytes} < $2`;
    const rows = await this.#query(sql, [prefix, endOf(prefix)]);
    return new Map(rows.map(({ key, value }) => [String(key), String(value)]));
  }

  async *keys(prefix: string, end = endOf(prefix)): AsyncGenerator<string[]> {
    const isNext = `${inBytes} > $1 AND ${inBytes} < $2`;
    const sql = `SELECT key FROM ${this.#table} WHERE ${isNext} ORDER BY ${inBytes} LIMIT ${pageSize}`;
    let last = prefix;
    for (let count = pageSize; count === pageSize; ) {
      const page = (await this.#query(sql, [last, end])).map(({ key }) => String(key));
      count = page.length;
      last = page.at(-1) ?? last;
      yield page;
    }
  }

  async now(): Promise<number> {
    const [row] = await this.#query('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now');
    return Number(row?.now);
  }

  async condition(): Promise<PlaceCondition> {
    const names = "SELECT current_setting('synchronous_commit') AS waits, current_setting('fsync') AS writes";
    const [row] = await this.#query(names);
    const isSafe = row?.waits !== 'off' && row?.writes !== 'off';
    return { loses: isSafe ? 'nothing' : 'moments', isEvicting: false, freeBytes: undefined };
  }

  /** Rows that were deleted stay in the server's files and logs until its own housekeeping overwrites them. */
  async scrub(): Promise<void> {}

  /** The pool gives up calls that get no answer by itself, and the connection with them. */
  reset(): void {}

  async close(): Promise<void> {
    await this.#end();
  }

  #query(sql: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    return this.#adapter.query(sql, [...values]);
  }
}
