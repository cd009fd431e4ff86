/** Servers that a story may use as its store: a database of its own in each, emptied before and dropped after. */
import { createClient } from '@keyv/redis';
import { Pool } from 'pg';

export interface StoreServer {
  /** With the reason why it is skipped, if it is. */
  readonly title: string;
  readonly missing: string | undefined;
  /** Makes a database of its own, which nobody else uses. */
  prepare(): Promise<URL>;
  drop(url: URL): Promise<void>;
  /** The keys of everything in it. */
  keys(url: URL): Promise<string[]>;
}

const ownName = `jupan_story_${process.pid}`;

/** @param redisDatabase One that no other test of this machine is likely to use. */
export function storeServers(redisDatabase: number): readonly StoreServer[] {
  const { TEST_REDIS_URL: redisUrl, TEST_POSTGRES_URL: postgresUrl } = process.env;
  const noRedis = redisUrl === undefined ? 'TEST_REDIS_URL is not set' : undefined;
  const noPostgres = postgresUrl === undefined ? 'TEST_POSTGRES_URL is not set' : undefined;
  return [
    {
      ...withReason('Redis', noRedis),
      async prepare() {
        const own = new URL(redisUrl ?? '');
        own.pathname = `/${redisDatabase}`;
        await this.drop(own);
        return own;
      },
      async drop(url) {
        const client = createClient({ url: url.href });
        await client.connect();
        await client.flushDb();
        await client.close();
      },
      async keys(url) {
        const client = createClient({ url: url.href });
        await client.connect();
        const keys = await client.keys('*');
        await client.close();
        return keys;
      },
    },
    {
      ...withReason('PostgreSQL', noPostgres),
      async prepare() {
        const own = new URL(postgresUrl ?? '');
        await this.drop(own);
        await administer(own, `CREATE DATABASE ${ownName}`);
        own.pathname = `/${ownName}`;
        return own;
      },
      async drop(url) {
        const parent = new URL(url);
        if (parent.pathname === `/${ownName}`) parent.pathname = '/postgres';
        await administer(parent, `DROP DATABASE IF EXISTS ${ownName} WITH (FORCE)`);
      },
      async keys(url) {
        const rows = await administer(url, 'SELECT key FROM jupan');
        return rows.map(({ key }) => String(key));
      },
    },
  ];
}

function withReason(name: string, missing: string | undefined): Pick<StoreServer, 'title' | 'missing'> {
  return { title: missing === undefined ? name : `${name} (skipped: ${missing})`, missing };
}

async function administer(url: URL, sql: string): Promise<Record<string, unknown>[]> {
  const pool = new Pool({ connectionString: url.href });
  const { rows } = await pool.query(sql);
  await pool.end();
  return rows;
}
