/**
 * In a store with that many channels that have a history: what a start reads before it answers, the unfinished turns, of which there
 * are ten; and how long it takes to delete what has expired, by a sweep that looks for it in the index and, once a week, by
 * one that reads every history. Nobody waits for a sweep.
 * SQLite always; Redis (its database 14) and PostgreSQL where `TEST_REDIS_URL` and `TEST_POSTGRES_URL` name them.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@keyv/redis';
import { Pool } from 'pg';
import type { Backend } from '../src/agent/store/backend.ts';
import { createTurnStore, type SweptTurnStore } from '../src/agent/store/keyv-turn-store.ts';
import { openBackend } from '../src/agent/store/open.ts';
import { recordVersion, type Turn } from '../src/agent/turn.ts';
import { silentLogger } from '../src/log.ts';
import { median, type Row } from './statistics.ts';

const [few, many] = [1_000, 1_000_000];
const atOnce = 1_000;
const reads = 9;
const sweeps = 3;
const expired = 1_000;
const namespace = 'jupan_many';
const yearMs = 365 * 24 * 60 * 60_000;

export const manyChannelsHead: Row = [
  'store, with a history in',
  'channels',
  'unfinished turns read',
  `a sweep that deletes ${expired.toLocaleString('en')} expired histories`,
  'a sweep of everything',
];

interface Place {
  readonly url: string;
  /** Writes the histories from the first number to before the second. */
  fill(backend: Backend, from: number, to: number): Promise<void>;
  empty(): Promise<void>;
}

export async function measureManyChannels(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'jupan-many-'));
  const { TEST_REDIS_URL: redis, TEST_POSTGRES_URL: postgres } = process.env;
  const places = [
    { url: `sqlite://${folder}/many.sqlite`, fill: fillByItself, empty: async () => {} },
    ...(redis === undefined ? [] : [redisPlace(new URL('/14', redis).href)]),
    ...(postgres === undefined ? [] : [postgresPlace(postgres)]),
  ];
  const rows: Row[] = [];
  try {
    for (const place of places) rows.push(...(await measure(place)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return rows;
}

async function measure({ url, fill, empty }: Place): Promise<Row[]> {
  await empty();
  const name = new URL(url).protocol.slice(0, -1);
  const backend = await openBackend(url, namespace, silentLogger);
  const store = createTurnStore(backend, silentLogger, namespace, { ttlMs: yearMs });
  // As it was written when it had not expired.
  const earlier = createTurnStore(backend, silentLogger, namespace, { ttlMs: 3 * yearMs });
  const rows: Row[] = [];
  let filled = 0;
  try {
    for (let turn = 0; turn < 10; turn += 1) await store.saveTurn(toTurn(`unfinished-${turn}`));
    for (const channels of [few, many]) {
      await fill(backend, filled, channels);
      filled = channels;
      const reading = `${(await timeReading(store)).toFixed(1)} ms`;
      const sweeping = `${((await timeExpiring(store, earlier)) / 1_000).toFixed(2)} s`;
      const startedAt = performance.now();
      await store.sweep('everything');
      const everything = `${((performance.now() - startedAt) / 1_000).toFixed(2)} s`;
      rows.push([name, channels.toLocaleString('en'), reading, sweeping, everything]);
    }
    return rows;
  } finally {
    await store.close();
    await empty();
  }
}

async function timeExpiring(store: SweptTurnStore, earlier: SweptTurnStore): Promise<number> {
  const took: number[] = [];
  for (let times = 0; times < sweeps; times += 1) {
    const conversations = Array.from({ length: expired }, () => `expired-${randomUUID()}`);
    for (const channelId of conversations)
      await earlier.saveHistory(channelId, [toTurn(channelId, { channelId, askedAt: Date.now() - 2 * yearMs })]);
    const startedAt = performance.now();
    await store.sweep('expired');
    took.push(performance.now() - startedAt);
    for (const channelId of conversations)
      if (await store.hasTurn(channelId, channelId)) throw new Error(`${channelId} has expired.`);
  }
  return median(took);
}

async function timeReading(store: SweptTurnStore): Promise<number> {
  const took: number[] = [];
  for (let read = 0; read < reads; read += 1) {
    const startedAt = performance.now();
    if ((await store.loadTurns()).length !== 10) throw new Error('There are ten unfinished turns.');
    took.push(performance.now() - startedAt);
  }
  return median(took);
}

async function fillByItself(backend: Backend, from: number, to: number): Promise<void> {
  for (let made = from; made < to; made += atOnce) {
    const keys = Array.from({ length: atOnce }, (_, index) => `${namespace}:history:${made + index}`);
    await Promise.all(keys.map((key) => backend.set(key, history)));
  }
}

/** As the store does it, in the server itself. */
const fillScript = `
  for number = ARGV[2], ARGV[3] - 1 do
    local key = KEYS[1] .. number
    redis.call('SET', key, ARGV[1])
    redis.call('ZADD', KEYS[2], 0, key)
  end`;

function redisPlace(url: string): Place {
  const connect = () => createClient({ url }).connect();
  return {
    url,
    async fill(_backend, from, to) {
      const client = await connect();
      const keys = [`${namespace}:history:`, `${namespace}-keys`];
      for (let made = from; made < to; made += atOnce)
        await client.eval(fillScript, { keys, arguments: [history, String(made), String(made + atOnce)] });
      await client.close();
    },
    async empty() {
      const client = await connect();
      await client.flushDb();
      await client.close();
    },
  };
}

/** Row by row it would take minutes. */
function postgresPlace(url: string): Place {
  const run = async (sql: string, values: readonly unknown[] = []) => {
    const pool = new Pool({ connectionString: url });
    await pool.query(sql, values).finally(() => pool.end());
  };
  const insert = `INSERT INTO public.${namespace} (key, value) SELECT '${namespace}:history:' || number, $1 FROM generate_series($2::int, $3::int) number`;
  return {
    url,
    fill: (_backend, from, to) => run(insert, [history, from, to - 1]),
    empty: () => run(`DROP TABLE IF EXISTS public.${namespace}`),
  };
}

const history = JSON.stringify({ version: recordVersion, turns: [toTurn('ended')] });

function toTurn(id: string, { channelId = 'c', askedAt = Date.now() } = {}): Turn {
  const question = { id, channelId, authorId: 'a', authorName: 'mina', text: 'there?', askedAt };
  return { version: recordVersion, question, steps: [], warnings: [], delivery: null };
}
