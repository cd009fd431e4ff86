/** `npm run store`: a store moved to every other kind of place, and one person's data given out and deleted. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { createClient } from '@keyv/redis';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grantIdOf, writeGrant } from '../../src/agent/grants/grant.ts';
import { openTurnStore } from '../../src/agent/store/open.ts';
import { toSettledTurn } from '../../src/agent/store/settled-turn.ts';
import { silentLogger } from '../../src/log.ts';
import { postgresUrl, redisUrl } from '../agent/store/places.ts';
import { makeTurn } from '../agent/store/turns.ts';

const run = promisify(execFile);
const launcher = join(import.meta.dirname, '../../src/programs/launch.js');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jupan-store-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function store(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const options = { env: { PATH: process.env.PATH, LOG_LEVEL: 'silent', ...environment }, cwd: folder };
  return run(process.execPath, [launcher, 'store', ...args], options).then(
    ({ stdout, stderr }) => ({ stdout, stderr, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => error,
  );
}

async function fill(url: string, storeKey?: string) {
  const filled = await openTurnStore(url, { log: silentLogger, storeKey });
  await filled.saveHistory('general', [makeTurn('1'), makeTurn('2', { text: '한국어 \u0000 text' })]);
  await filled.saveTurn(makeTurn('3'));
  await filled.remember('seen', { channel: 7 });
  await filled.close();
}

/** A place of this test's own: the program knows no namespace but its own. */
interface OwnPlace {
  readonly storeUrl: string;
  empty(): Promise<void>;
}

const kinds: readonly { name: string; missing?: string; prepare(): Promise<OwnPlace> }[] = [
  { name: 'SQLite', prepare: async () => ({ storeUrl: `sqlite://${folder}/to.sqlite`, empty: async () => {} }) },
  {
    name: 'Redis',
    ...(redisUrl === undefined ? { missing: 'TEST_REDIS_URL is not set' } : {}),
    prepare: async () => {
      const url = new URL(redisUrl ?? '');
      url.pathname = '/9';
      const client = createClient({ url: url.href });
      await client.connect();
      await client.flushDb();
      return {
        storeUrl: url.href,
        empty: async () => {
          await client.flushDb();
          await client.close();
        },
      };
    },
  },
  {
    name: 'PostgreSQL',
    ...(postgresUrl === undefined ? { missing: 'TEST_POSTGRES_URL is not set' } : {}),
    prepare: async () => {
      const name = `jupan_store_${process.pid}_${Date.now()}`;
      const pool = new Pool({ connectionString: postgresUrl ?? '' });
      await pool.query(`CREATE DATABASE ${name}`);
      const url = new URL(postgresUrl ?? '');
      url.pathname = `/${name}`;
      return {
        storeUrl: url.href,
        empty: async () => {
          await pool.query(`DROP DATABASE ${name} WITH (FORCE)`);
          await pool.end();
        },
      };
    },
  },
];

describe.each(kinds)('copying to $name', (kind) => {
  test.skipIf(kind.missing !== undefined)(
    `moves everything, sealed as it is; begun again, it changes nothing${kind.missing === undefined ? '' : ` (skipped: ${kind.missing})`}`,
    async () => {
      const place = await kind.prepare();
      const from = `sqlite://${folder}/from-${kind.name}.sqlite`;
      const storeKey = 'a secret of some length';
      await fill(from, storeKey);
      try {
        const first = await store(['copy', from, place.storeUrl]);
        expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('All were read back.') });
        expect(first.stdout).not.toContain('postgres@');
        expect((await store(['copy', from, place.storeUrl])).stdout).toContain('Copied 0 records');
        const there = await openTurnStore(place.storeUrl, { log: silentLogger, storeKey });
        const turns = [makeTurn('1'), makeTurn('2', { text: '한국어 \u0000 text' })];
        expect(await there.loadHistory('general')).toEqual(turns);
        expect(await there.loadTurns()).toEqual([makeTurn('3')]);
        expect(await there.recall('seen')).toEqual({ channel: 7 });
        await there.close();
      } finally {
        await place.empty();
      }
    },
  );
});

test('a copy over another store, or beside a bot that answers, is refused and changes nothing', async () => {
  const [one, other] = ['one', 'other'].map((name) => `sqlite://${folder}/${name}.sqlite`);
  if (one === undefined || other === undefined) throw new Error('no names');
  await fill(one);
  const different = await openTurnStore(other, { log: silentLogger });
  await different.saveHistory('general', [makeTurn('9')]);
  await different.close();
  expect(await store(['copy', one, other])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Another record stands in the new place'),
  });
  const again = await openTurnStore(other, { log: silentLogger });
  expect((await again.loadHistory('general')).map(({ question }) => question.id)).toEqual(['9']);
  await again.close();
});

test('what is stored of one person is given out, and deleted, and nothing of others', async () => {
  const url = `sqlite://${folder}/person.sqlite`;
  const filled = await openTurnStore(url, { log: silentLogger });
  const theirs = makeTurn('1', { text: 'theirs' });
  const others = { ...makeTurn('2', { text: 'not theirs' }), question: { ...makeTurn('2').question, authorId: '8' } };
  await filled.saveHistory('general', [theirs, others]);
  for (const turn of [makeTurn('3'), { ...others, question: { ...others.question, id: '4' } }])
    await filled.saveTurn(turn);
  for (const turn of [theirs, others]) await filled.saveSettled(toSettledTurn(turn, null));
  for (const targetId of ['7', '8']) {
    const id = grantIdOf('desk', 'delete', 'asker', targetId);
    const given = {
      scope: 'asker',
      server: 'desk',
      tool: 'delete',
      toolHash: 'a',
      ruleHash: 'b',
      by: [targetId],
    } as const;
    await filled.saveGrant(id, writeGrant({ ...given, id, targetId, grantedAt: Date.now(), until: Date.now() + 1e9 }));
  }
  await filled.shared.change('asked', () => ({ value: { killed: { '7': [Date.now()] } }, result: undefined }));
  await filled.close();
  const environment = { STORE_URL: url };
  const given = JSON.parse((await store(['export', '7'], environment)).stdout);
  expect(given).toEqual({ person: '7', conversations: [{ conversation: 'general', turns: [theirs] }] });
  await store(['export', '7', 'seven.json'], environment);
  expect(JSON.parse(await readFile(join(folder, 'seven.json'), 'utf8'))).toEqual(given);
  expect((await store(['delete', '7'], environment)).stdout).toContain(
    'conversations: 1, not answered yet: 1, settled turns: 1',
  );
  const left = await openTurnStore(url, { log: silentLogger });
  expect((await left.loadTurns()).map(({ question }) => question.id)).toEqual(['4']);
  expect(await left.loadSettled(theirs.question)).toBeUndefined();
  expect(await left.loadSettled(others.question)).toBeDefined();
  expect([...(await left.listGrants()).values()].map((grant) => Object(grant).targetId)).toEqual(['8']);
  expect((await left.shared.read('asked')).value).toEqual({});
  await left.close();
  expect(JSON.parse((await store(['export', '7'], environment)).stdout).conversations).toEqual([]);
  expect(JSON.parse((await store(['export', '8'], environment)).stdout).conversations).toHaveLength(1);
});

test('what was decided about tools is printed, and a log that was rewritten or cut off is told by a head that was noted', async () => {
  const url = `sqlite://${folder}/audit.sqlite`;
  const environment = { STORE_URL: url };
  expect(await store(['audit'], environment)).toMatchObject({ code: 0, stdout: 'Nothing was decided yet.\n' });
  const filled = await openTurnStore(url, { log: silentLogger });
  const decided = {
    by: ['7'],
    server: 'desk',
    tool: 'delete',
    turnId: '5',
    call: '0.0',
    argumentsHash: 'abc',
  } as const;
  await filled.logDecision({ what: 'approved', ...decided });
  await filled.logDecision({ what: 'denied', ...decided, server: 'a\u001b[31m' });
  await filled.close();
  const whole = await store(['audit'], environment);
  expect(whole.code).toBe(0);
  expect(whole.stdout).toMatch(
    /^1 {2}\S+Z {2}approved {2}desk\/delete {2}by 7 {2}turn 5 call 0\.0 {2}arguments abc\n2 /,
  );
  expect(whole.stdout).toContain('Every entry is as it was written.');
  expect(whole.stdout).not.toContain('\u001b');
  const head = /Head: (\S+)/.exec(whole.stdout)?.[1] ?? '';
  expect(await store(['audit', head], environment)).toMatchObject({ code: 0 });
  using database = new DatabaseSync(join(folder, 'audit.sqlite'));
  database.exec("DELETE FROM entries WHERE key LIKE 'jupan:decision:%2' OR key LIKE 'jupan:decision:head'");
  // Nothing in the store tells of it.
  expect(await store(['audit'], environment)).toMatchObject({ code: 0 });
  expect(await store(['audit', head], environment)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Entry 2 is not the one whose hash was noted'),
  });
  expect((await store(['audit', 'nonsense'], environment)).code).toBe(2);
});

test.each([[['copy', 'x']], [['nonsense']], [['export']]])('%j is answered with how it is meant', async (args) => {
  expect(await store(args)).toMatchObject({ code: 2, stderr: expect.stringContaining('Usage: npm run store') });
});
