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
  /** Takes out the record that says who has the lease. Undefined: as {@link dump}. */
  loseLease?(): Promise<void>;
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
        async loseLease() {
          const database = new DatabaseSync(join(folder, 'deep', 'store.sqlite'), { timeout: 5000 });
          database.exec("DELETE FROM entries WHERE key LIKE '%lease'");
          database.close();
        },
        empty: () => rm(folder, { recursive: true }),
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
      loseLease: () => emptyRedis(redisUrl ?? '', '*lease'),
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
      loseLease: () => runInPostgres(postgresUrl ?? '', `DELETE FROM public.${namespace} WHERE key LIKE '%lease'`),
      empty: () => runInPostgres(postgresUrl ?? '', `DROP TABLE IF EXISTS public.${namespace}`),
    }),
  },
];

export function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'jupan-store-'));
}

async function dumpRedis(url: string): Promise<string> {
  const client = createClient({ url });
  await client.connect();
  const lines: string[] = [];
  for await (const keys of client.scanIterator({ MATCH: `${namespace}*`, COUNT: 1000 })) {
    for (const key of keys) lines.push(`${key} ${await client.get(key)}`);
  }
  await client.close();
  return lines.join('\n');
}

async function dumpPostgres(url: string): Promise<string> {
  const pool = new Pool({ connectionString: url });
  const { rows } = await pool.query(`SELECT key, value FROM public.${namespace}`);
  await pool.end();
  return rows.map(({ key, value }) => `${key} ${value}`).join('\n');
}

async function emptyRedis(url: string, keys = '*'): Promise<void> {
  const client = createClient({ url });
  await client.connect();
  for await (const found of client.scanIterator({ MATCH: `${namespace}:${keys}`, COUNT: 1000 })) {
    if (found.length > 0) await client.unlink(found);
  }
  await client.close();
}

async function runInPostgres(url: string, statement: string): Promise<void> {
  const pool = new Pool({ connectionString: url });
  await pool.query(statement);
  await pool.end();
}
