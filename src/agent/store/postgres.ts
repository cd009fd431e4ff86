/** PostgreSQL behind keyv's own adapter, in one table. */
import KeyvPostgres from '@keyv/postgres';
import { Pool } from 'pg';
import type { Logger } from '../../log.ts';
import { answerTimeoutMs, type Backend, connectTimeoutMs } from './backend.ts';
import { within } from './deadline.ts';

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
    return createBackend(await createAdapter(PostgresAdapter, table), address, table, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** Makes the adapter and waits until its table is there. It reports a failure of that only as an event. */
async function createAdapter(Adapter: typeof KeyvPostgres, table: string): Promise<KeyvPostgres> {
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

function createBackend(adapter: KeyvPostgres, address: string, table: string, close: () => Promise<void>): Backend {
  return {
    address,
    async get(key) {
      const text: unknown = await adapter.get(key);
      return typeof text === 'string' ? text : undefined;
    },
    async set(key, text) {
      await adapter.set(key, text);
    },
    async delete(key) {
      await adapter.delete(key);
    },
    async entries(prefix) {
      // Not the adapter's iterator: when a page of it fails, it ends as if there were no more.
      const rows: Record<string, unknown>[] = await adapter.query(
        `SELECT key, value FROM public.${table} WHERE starts_with(key, $1)`,
        [prefix],
      );
      return new Map(rows.map(({ key, value }) => [String(key), String(value)]));
    },
    // The pool gives up calls that get no answer by itself, and the connection with them.
    reset() {},
    close,
  };
}
