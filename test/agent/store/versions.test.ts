/** Records as earlier versions left them, taken from what they wrote: a history, a turn in mid-air, one just taken. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { createTurnStore } from '../../../src/agent/store/keyv-turn-store.ts';
import { openMemory } from '../../../src/agent/store/memory.ts';
import { silentLogger } from '../../../src/log.ts';

const readFixture = async (name: string) =>
  (await readFile(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8')).trim();

async function openWith(key: string, text: string) {
  const memory = openMemory();
  await memory.set(key, text);
  return { memory, store: createTurnStore(memory, silentLogger, 'jupan') };
}

describe.each(['version-1', 'version-2', 'version-3'])('what %s wrote', (version) => {
  test.each(['history', 'history-without-tools'])('is read and written on as version 4: %s', async (name) => {
    const text = await readFixture(`${version}-${name}`);
    const old = JSON.parse(text);
    const { store, memory } = await openWith('jupan:history:general', text);
    const turns = await store.loadHistory('general');
    expect(turns.length).toBeGreaterThan(0);
    expect(turns.map(({ question, steps, end }) => ({ question, steps, end }))).toEqual(
      old.turns.map(({ question, steps, end }: Record<string, unknown>) => ({ question, steps, end })),
    );
    await store.saveHistory('general', turns);
    const written = JSON.parse((await memory.get('jupan:history:general')) ?? '');
    expect(written).toMatchObject({ version: 4, turns: turns.map(() => ({ version: 4 })) });
    expect(await store.loadHistory('general')).toEqual(turns);
    expect([...(await memory.entries('jupan:unreadable:'))]).toEqual([]);
  });

  test('says in its warning where it stood', async () => {
    const { store } = await openWith('jupan:history:general', await readFixture(`${version}-history-without-tools`));
    const [turn] = await store.loadHistory('general');
    expect(turn?.warnings).toEqual([{ type: 'no-tools', afterSteps: 0 }]);
  });

  test.each(['turn-unfinished', 'turn-accepted'])('is gone on with and written on as version 4: %s', async (name) => {
    const text = await readFixture(`${version}-${name}`);
    const old = JSON.parse(text);
    const { id, channelId } = old.question;
    const { store, memory } = await openWith(`jupan:turn:${id}`, text);
    expect(await store.hasTurn(channelId, id)).toBe(true);
    const [turn, ...others] = await store.loadTurns();
    expect(others).toEqual([]);
    expect(turn).toEqual({ ...old, version: 4 });
    if (turn === undefined) return;
    await store.saveTurn(turn);
    expect(JSON.parse((await memory.get(`jupan:turn:${id}`)) ?? '')).toEqual({ ...old, version: 4 });
  });
});

/** As a version that is to come may write it: it has what nobody knows yet. */
function toNewer(stored: Record<string, unknown>, id: string): Record<string, unknown> {
  const question = { ...Object(stored.question), id, newerThanYou: ['ü'] };
  return { ...stored, version: 5, question, stages: [{ newer: true }] };
}

describe('what a newer version wrote', () => {
  test('is left as it is where a turn is unfinished, is not taken a second time, and is told of', async () => {
    const newer = toNewer(JSON.parse(await readFixture('version-3-turn-unfinished')), '9');
    const text = JSON.stringify(newer);
    const { store, memory } = await openWith('jupan:turn:9', text);
    await memory.set(
      'jupan:turn:8',
      JSON.stringify({ ...newer, version: 4, question: { ...Object(newer.question), id: '8' } }),
    );
    const told: unknown[] = [];
    const turns = await store.loadTurns(({ delivery }) => told.push(delivery));
    expect(turns.map(({ question }) => question.id)).toEqual(['8']);
    expect(told).toEqual([newer.delivery]);
    expect(await store.hasTurn('general', '9')).toBe(true);
    await store.sweep('everything');
    expect(await memory.get('jupan:turn:9')).toBe(text);
    expect([...(await memory.entries('jupan:unreadable:'))]).toEqual([]);
  });

  test('stays in its place in a history, whatever an older one adds, and is there for a newer one', async () => {
    const history = JSON.parse(await readFixture('version-3-history'));
    const [first, ...others] = history.turns;
    const newer = toNewer(first, '9');
    const text = JSON.stringify({ ...history, version: 5, turns: [newer, ...others] });
    const { store, memory } = await openWith('jupan:history:general', text);
    const turns = await store.loadHistory('general');
    expect(turns).toHaveLength(others.length);
    expect(await store.hasTurn('general', '9')).toBe(true);
    const last = turns.at(-1);
    if (last === undefined) throw new Error('the fixture has one turn only');
    const added = { ...last, question: { ...last.question, id: '10', askedAt: last.question.askedAt + 1 } };
    await store.saveHistory('general', [...turns, added]);
    const written = JSON.parse((await memory.get('jupan:history:general')) ?? '');
    expect(written.turns).toEqual([newer, ...turns, added]);
    expect([...(await memory.entries('jupan:unreadable:'))]).toEqual([]);
    await store.forget('general');
    expect(await memory.get('jupan:history:general')).toBeUndefined();
  });
});
