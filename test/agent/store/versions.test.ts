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
