/** Servers that a story may use as its store: a database of its own in each, emptied before and dropped after. */
import { createClient } from '@keyv/redis';
import { Pool } from 'pg';

export interface StoreServer {
  readonly name: string;
  readonly url: string | undefined;
  /** Makes a database of its own, which nobody else uses. */
  prepare(url: URL): Promise<URL>;
  drop(url: URL): Promise<void>;
  /** The keys of everything in it. */
  keys(url: URL): Promise<string[]>;
}

const ownName = `jupan_story_${process.pid}`;

/** @param redisDatabase One that no other test of this machine is likely to use. */
export function storeServers(redisDatabase: number): readonly StoreServer[] {
  return [
    {
      name: 'redis',
      url: process.env.TEST_REDIS_URL,
      async prepare(url) {
        const own = new URL(url);
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
      name: 'postgres',
      url: process.env.TEST_POSTGRES_URL,
      async prepare(url) {
        await this.drop(url);
        await administer(url, `CREATE DATABASE ${ownName}`);
        const own = new URL(url);
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

async function administer(url: URL, sql: string): Promise<Record<string, unknown>[]> {
  const pool = new Pool({ connectionString: url.href });
  const { rows } = await pool.query(sql);
  await pool.end();
  return rows;
}
