/** The places in which the facts about the turn store are tried, each emptied after use. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createClient } from '@keyv/redis';
import { Pool } from 'pg';

/** Unlike every other run's: letters, digits and `_`. */
export const namespace = `jupan_test_${process.pid}_${Date.now()}`;

export interface Place {
  readonly storeUrl: string;
  readonly survivesClosing: boolean;
  /** Everything that the place holds, as whoever looks into it without Jupan would find it. Undefined: nobody can look into it. */
  dump?(): Promise<string>;
  /** Puts a value there, as whoever has the place without Jupan can; undefined takes out what is there. Undefined: as {@link dump}. */
  put?(key: string, value: string | undefined): Promise<void>;
  /** What stands under the key, as {@link dump} finds it. */
  look?(key: string): Promise<string | undefined>;
  empty(): Promise<void>;
}

export interface PlaceKind {
  readonly name: string;
  /** Why it cannot be tried here. */
  readonly missing?: string;
  prepare(): Promise<Place>;
}

export const redisUrl = process.env.TEST_REDIS_URL;
export const postgresUrl = process.env.TEST_POSTGRES_URL;

export const placeKinds: readonly PlaceKind[] = [
  {
    name: 'memory',
    prepare: async () => ({ storeUrl: 'memory://', survivesClosing: false, empty: async () => {} }),
  },
  {
    name: 'sqlite',
    async prepare() {
      const folder = await makeFolder();
      return {
        storeUrl: `sqlite://${folder}/deep/store.sqlite`,
        survivesClosing: true,
        // The bytes on the disk, the log of writes included.
        async dump() {
          const names = await readdir(join(folder, 'deep'));
          const files = names.map((name) => readFile(join(folder, 'deep', name)));
          return Buffer.concat(await Promise.all(files)).toString();
        },
        async put(key, value) {
          using database = new DatabaseSync(join(folder, 'deep', 'store.sqlite'), { timeout: 5000 });
          if (value === undefined) database.prepare('DELETE FROM entries WHERE key = ?').run(key);
          else database.prepare('INSERT OR REPLACE INTO entries (key, value) VALUES (?, ?)').run(key, value);
        },
        async look(key) {
          using database = new DatabaseSync(join(folder, 'deep', 'store.sqlite'), { readOnly: true });
          const row = database.prepare('SELECT value FROM entries WHERE key = ?').get(key);
          return row === undefined ? undefined : String(row.value);
        },
        empty: () => rm(folder, { recursive: true, force: true }),
      };
    },
  },
  {
    name: 'redis',
    ...(redisUrl === undefined ? { missing: 'TEST_REDIS_URL is not set' } : {}),
    prepare: async () => ({
      storeUrl: redisUrl ?? '',
      survivesClosing: true,
      dump: () => dumpRedis(redisUrl ?? ''),
      put: (key, value) => putInRedis(redisUrl ?? '', key, value),
      look: (key) => lookInRedis(redisUrl ?? '', key),
      empty: () => emptyRedis(redisUrl ?? ''),
    }),
  },
  {
    name: 'postgres',
    ...(postgresUrl === undefined ? { missing: 'TEST_POSTGRES_URL is not set' } : {}),
    prepare: async () => ({
      storeUrl: postgresUrl ?? '',
      survivesClosing: true,
      dump: () => dumpPostgres(postgresUrl ?? ''),
      async put(key, value) {
        const table = `public.${namespace}`;
        await runInPostgres(postgresUrl ?? '', `DELETE FROM ${table} WHERE key = $1`, [key]);
        if (value !== undefined)
          await runInPostgres(postgresUrl ?? '', `INSERT INTO ${table} (key, value) VALUES ($1, $2)`, [key, value]);
      },
      async look(key) {
        const sql = `SELECT value FROM public.${namespace} WHERE key = $1`;
        const [row] = await runInPostgres(postgresUrl ?? '', sql, [key]);
        return row === undefined ? undefined : String(row.value);
      },
      async empty() {
        await runInPostgres(postgresUrl ?? '', `DROP TABLE IF EXISTS public.${namespace}`);
      },
    }),
  },
];

export function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'jupan-store-'));
}

const createRedis = (url: string) => createClient({ url });

async function withRedis<Result>(
  url: string,
  act: (client: ReturnType<typeof createRedis>) => Promise<Result>,
): Promise<Result> {
  const client = createRedis(url);
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.close();
  }
}

function dumpRedis(url: string): Promise<string> {
  return withRedis(url, async (client) => {
    const lines: string[] = [];
    for await (const keys of client.scanIterator({ MATCH: `${namespace}*`, COUNT: 1000 })) {
      for (const key of keys) {
        const isText = (await client.type(key)) === 'string';
        lines.push(`${key} ${isText ? await client.get(key) : (await client.zRange(key, 0, -1)).join(' ')}`);
      }
    }
    // In whatever order the server goes through them.
    return lines.sort().join('\n');
  });
}

async function putInRedis(url: string, key: string, value: string | undefined): Promise<void> {
  await withRedis(url, async (client) => (value === undefined ? client.del(key) : client.set(key, value)));
}

async function lookInRedis(url: string, key: string): Promise<string | undefined> {
  return (await withRedis(url, (client) => client.get(key))) ?? undefined;
}

async function emptyRedis(url: string): Promise<void> {
  await withRedis(url, async (client) => {
    for await (const found of client.scanIterator({ MATCH: `${namespace}*`, COUNT: 1000 })) {
      if (found.length > 0) await client.unlink(found);
    }
  });
}

async function dumpPostgres(url: string): Promise<string> {
  const rows = await runInPostgres(url, `SELECT key, value FROM public.${namespace}`);
  return rows.map(({ key, value }) => `${key} ${value}`).join('\n');
}

async function runInPostgres(
  url: string,
  statement: string,
  values: readonly string[] = [],
): Promise<Record<string, unknown>[]> {
  const pool = new Pool({ connectionString: url });
  try {
    return (await pool.query(statement, values)).rows;
  } finally {
    await pool.end();
  }
}
