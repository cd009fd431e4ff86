/** What the doctor says of stores on servers: real ones, in every state that it tells apart. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@keyv/redis';
import { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTurnStore } from '../../src/agent/store/open.ts';
import { noOperatorFile } from '../../src/config/operator-file.ts';
import { inspectConfig } from '../../src/config/read.ts';
import { catalogue } from '../../src/doctor/catalogue.ts';
import { checkStore } from '../../src/doctor/checks/store.ts';
import { silentLogger } from '../../src/log.ts';
import { makeTurn } from '../agent/store/turns.ts';
import { freePort } from '../support/program.ts';
import { isRedisInstalled, startRedisServer } from '../support/redis-server.ts';

/** A line each: how it stands, and what is said. */
async function say(storeUrl: string, storeKey = ''): Promise<string[]> {
  const environment = { STORE_URL: storeUrl, STORE_KEY: storeKey };
  const findings = await checkStore({
    ...inspectConfig(environment, {}, noOperatorFile),
    environment,
    operator: noOperatorFile,
    discord: Promise.resolve({ type: 'unset' }),
    clock: () => undefined,
    words: catalogue.en,
    version: '0',
    signal: AbortSignal.timeout(30_000),
  });
  return findings.map(({ status, text, advice }) => `${status}: ${text}${advice === undefined ? '' : ` → ${advice}`}`);
}

async function makeStore(storeUrl: string, storeKey?: string): Promise<void> {
  const store = await openTurnStore(storeUrl, { log: silentLogger, storeKey });
  await store.saveHistory('general', [makeTurn('1')]);
  await store.close();
}

const written = /written and read back in \d+ ms/;
const notSealed = /warning: Whoever can reach this server can read conversations.* → Set STORE_KEY/;

if (!isRedisInstalled) console.warn('Skipped: the doctor on Redis, redis-server is not installed.');

describe.skipIf(!isRedisInstalled)('on Redis', () => {
  let folder: string;
  let port: number;
  let server: ChildProcess | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jupan-doctor-redis-'));
    port = await freePort();
  });
  afterEach(async () => {
    if (server !== undefined && server.exitCode === null) {
      const closed = once(server, 'close');
      server.kill('SIGKILL');
      await closed;
    }
    server = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  async function start(settings: Readonly<Record<string, string>> = {}): Promise<string> {
    server = await startRedisServer(port, { dir: folder, save: '', appendonly: 'no', ...settings });
    return `redis://127.0.0.1:${port}`;
  }

  async function keys(): Promise<string[]> {
    const client = createClient({ url: `redis://127.0.0.1:${port}` });
    await client.connect();
    const found = await client.keys('*');
    await client.close();
    return found.toSorted();
  }

  test('that writes what it is told to disk: fine, but readable, and left as it was', async () => {
    const url = await start({ appendonly: 'yes' });
    await makeStore(url);
    const before = await keys();
    expect(await say(url)).toEqual([
      expect.stringMatching(written),
      expect.stringMatching(/^ok: A power cut may lose the last moments/),
      expect.stringMatching(notSealed),
    ]);
    expect(before.length).toBeGreaterThan(0);
    expect(await keys()).toEqual(before);
  });

  test.each([
    ['3600 1', 'warning: A crash of the server may lose the last minutes.'],
    ['', 'warning: Its server writes nothing to disk: everything is lost when that ends.'],
  ])('that writes to disk as "%s" says: %s', async (save, said) => {
    const lines = await say(await start({ save }));
    expect(lines).toContainEqual(expect.stringContaining(`${said} → For more than a trial, use SQLite`));
  });

  test('that throws entries away when it is full, and has little room', async () => {
    const url = await start({ appendonly: 'yes', maxmemory: '30mb', 'maxmemory-policy': 'allkeys-lru' });
    const lines = await say(url);
    expect(lines).toContainEqual(expect.stringMatching(/^problem: It throws entries away .* → Set maxmemory-policy/));
    expect(lines).toContainEqual(expect.stringMatching(/^warning: 2\d\.\d MB are free\. → Make room/));
  });

  test('that is full', async () => {
    const url = await start({ appendonly: 'yes', maxmemory: '1', 'maxmemory-policy': 'noeviction' });
    expect(await say(url)).toEqual([
      expect.stringMatching(
        /^problem: redis:.* cannot be used: OOM .* → There is no room left: make some \(in Redis, raise maxmemory\)/,
      ),
    ]);
  });

  test('that wants another password, whose wrong one is not said', async () => {
    await start({ requirepass: 'the-right-one' });
    const [line = '', ...more] = await say(`redis://:the-wrong-one@127.0.0.1:${port}`);
    expect(more).toEqual([]);
    expect(line).toMatch(/^problem: redis:.* cannot be used: .* → Correct STORE_URL/);
    expect(line).not.toContain('wrong-one');
  });

  test('that is not there', async () => {
    expect(await say(`redis://127.0.0.1:${port}`)).toEqual([
      expect.stringMatching(/^problem: .* → Correct STORE_URL, or start that server\.$/),
    ]);
  });

  test('whose store was encrypted with another key, or with this one', async () => {
    const url = await start({ appendonly: 'yes' });
    await makeStore(url, 'a secret of some length');
    expect(await say(url, 'another secret of length')).toEqual([expect.stringMatching(/^problem: STORE_KEY/)]);
    expect((await say(url, 'a secret of some length')).filter((line) => !line.startsWith('ok:'))).toEqual([]);
  });
});

const postgresUrl = process.env.TEST_POSTGRES_URL;
if (postgresUrl === undefined) console.warn('Skipped: the doctor on PostgreSQL, TEST_POSTGRES_URL is not set.');

describe.skipIf(postgresUrl === undefined)('on PostgreSQL', () => {
  const database = `jupan_doctor_${process.pid}`;
  const own = new URL(postgresUrl ?? 'postgres://127.0.0.1/postgres');
  own.pathname = `/${database}`;

  async function run(url: string, sql: string): Promise<unknown[]> {
    const pool = new Pool({ connectionString: url });
    try {
      return (await pool.query(sql)).rows;
    } finally {
      await pool.end();
    }
  }

  beforeAll(async () => {
    await run(postgresUrl ?? '', `CREATE DATABASE ${database}`);
  });
  beforeEach(async () => {
    await run(own.href, 'DROP TABLE IF EXISTS public.jupan');
  });
  afterAll(async () => {
    await run(postgresUrl ?? '', `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  });

  const withOptions = (options: string) => {
    const url = new URL(own);
    url.searchParams.set('options', options);
    return url.href;
  };

  test('that has no store yet: says so, and makes none', async () => {
    expect((await say(own.href))[0]).toMatch(/^ok: postgres:.* not there yet; the first start makes it\.$/);
    expect(await run(own.href, "SELECT 1 FROM pg_tables WHERE tablename = 'jupan'")).toEqual([]);
  });

  test('that has one: fine, but readable, and left as it was', async () => {
    await makeStore(own.href);
    const before = await run(own.href, 'SELECT * FROM jupan ORDER BY key');
    expect(await say(own.href)).toEqual([
      expect.stringMatching(written),
      expect.stringMatching(/^ok: What was written outlives a power cut\.$/),
      expect.stringMatching(notSealed),
    ]);
    expect(before.length).toBeGreaterThan(0);
    expect(await run(own.href, 'SELECT * FROM jupan ORDER BY key')).toEqual(before);
  });

  test('that does not wait for its disk', async () => {
    await makeStore(own.href);
    expect(await say(withOptions('-c synchronous_commit=off'))).toContainEqual(
      expect.stringMatching(/^ok: A power cut may lose the last moments/),
    );
  });

  test('that may be read and not written', async () => {
    await makeStore(own.href);
    const lines = await say(withOptions('-c default_transaction_read_only=on'));
    expect(lines).toEqual([expect.stringMatching(/^problem: .* cannot be used: .*read-only.* → /)]);
  });

  test('that has no such database', async () => {
    const other = new URL(own);
    other.pathname = '/jupan_nowhere';
    expect(await say(other.href)).toEqual([expect.stringMatching(/^problem: .* → Correct STORE_URL/)]);
  });
});
