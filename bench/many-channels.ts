/**
 * What a start reads before it answers, in a store with that many channels that have a history: the unfinished turns, of which there
 * are ten. SQLite always; Redis where `TEST_REDIS_URL` names one (its database 14).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend, openTurnStore } from '../src/agent/store/open.ts';
import { recordVersion } from '../src/agent/store/turn-record.ts';
import type { Turn } from '../src/agent/turn.ts';
import { silentLogger } from '../src/log.ts';
import type { Row } from './statistics.ts';

export const manyChannelsHead: Row = ['store, unfinished turns read beside', '1,000 channels', '200,000 channels'];

const namespace = 'jupan_many';
const atOnce = 200;

export async function measureManyChannels(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'jupan-many-'));
  const { TEST_REDIS_URL: redis } = process.env;
  const urls = [`sqlite://${folder}/many.sqlite`, ...(redis === undefined ? [] : [new URL('/14', redis).href])];
  const rows: Row[] = [];
  try {
    for (const url of urls) rows.push([new URL(url).protocol.slice(0, -1), ...(await measure(url))]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return rows;
}

async function measure(url: string): Promise<string[]> {
  const backend = await openBackend(url, namespace, silentLogger);
  const store = await openTurnStore(url, { log: silentLogger, namespace });
  const took: string[] = [];
  try {
    for (let turn = 0; turn < 10; turn += 1) await store.saveTurn(toTurn(String(turn)));
    let made = 0;
    for (const count of [1_000, 200_000]) {
      for (; made < count; made += atOnce) {
        const keys = Array.from({ length: atOnce }, (_, index) => `${namespace}:history:${made + index}`);
        await Promise.all(keys.map((key) => backend.set(key, '{"version":3,"turns":[]}')));
      }
      await store.loadTurns();
      const startedAt = performance.now();
      await store.loadTurns();
      took.push(`${(performance.now() - startedAt).toFixed(1)} ms`);
    }
  } finally {
    for await (const keys of backend.keys(namespace)) {
      for (let from = 0; from < keys.length; from += atOnce)
        await Promise.all(keys.slice(from, from + atOnce).map((key) => backend.delete(key)));
    }
    await store.close();
    await backend.close();
  }
  return took;
}

function toTurn(id: string): Turn {
  const question = { id, channelId: 'c', authorId: 'a', authorName: 'mina', text: 'there?', askedAt: Date.now() };
  return { version: recordVersion, question, steps: [], warnings: [], delivery: null };
}
