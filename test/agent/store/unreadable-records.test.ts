import { describe, expect, test } from 'vitest';
import type { Backend } from '../../../src/agent/store/backend.ts';
import { createTurnStore } from '../../../src/agent/store/keyv-turn-store.ts';
import { openMemory } from '../../../src/agent/store/memory.ts';
import { createLogger } from '../../../src/log.ts';
import { makeTurn } from './turns.ts';

function openWith(entries: Readonly<Record<string, string>>, change: Partial<Backend> = {}) {
  const memory = openMemory();
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', stream: { write: (line) => lines.push(line) } });
  for (const [key, text] of Object.entries(entries)) memory.set(key, text).catch(() => undefined);
  return { store: createTurnStore({ ...memory, ...change }, log, 'jupan'), memory, lines };
}

const turn = makeTurn('1');
const unreadable = {
  'no JSON': '{"version":1,"question":{"text":"geheim"',
  'JSON that is no record': '"geheim"',
  'a later version': JSON.stringify({ ...turn, version: 3 }),
  'no question': JSON.stringify({ ...turn, question: undefined }),
  'a question without its author': JSON.stringify({ ...turn, question: { ...turn.question, authorName: undefined } }),
  'a step of another shape': JSON.stringify({ ...turn, steps: [{ text: 'geheim', calls: [{ id: 1 }], results: [] }] }),
  'a result without its outcome': JSON.stringify({
    ...turn,
    steps: [{ text: '', calls: [], results: [{ callId: 'call-1', text: 'geheim' }] }],
  }),
  'counts that are no numbers': JSON.stringify({
    ...turn,
    steps: [{ text: '', calls: [], results: [], usage: { promptTokens: '3', cachedTokens: 0, outputTokens: 0 } }],
  }),
  'an unknown warning': JSON.stringify({ ...turn, warnings: ['geheim'] }),
  'an unknown end': JSON.stringify({ ...turn, end: { type: 'failed', code: 'geheim' } }),
  'no delivery': JSON.stringify({ ...turn, delivery: undefined }),
};

describe('a record that cannot be read', () => {
  test.each(Object.entries(unreadable))('%s: is kept aside and the other turns are loaded', async (_, text) => {
    const { store, memory, lines } = openWith({ 'jupan:turn:1': text, 'jupan:turn:2': JSON.stringify(makeTurn('2')) });
    expect(await store.loadTurns()).toEqual([makeTurn('2')]);
    expect([...(await memory.entries('jupan:unreadable:turn:1:')).values()]).toEqual([text]);
    expect(await memory.get('jupan:turn:1')).toBeUndefined();
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'error', event: 'store-record-unreadable', kind: 'turn', key: '1' },
    ]);
    expect(lines.join()).not.toContain('geheim');
  });

  test('takes only itself out of a history, which is kept aside whole', async () => {
    const text = JSON.stringify({ version: 1, turns: [makeTurn('1'), { version: 2 }, makeTurn('3')] });
    const { store, memory, lines } = openWith({ 'jupan:history:general': text });
    expect(await store.loadHistory('general')).toEqual([makeTurn('1'), makeTurn('3')]);
    expect(await store.loadHistory('general')).toEqual([makeTurn('1'), makeTurn('3')]);
    expect(lines).toHaveLength(1);
    expect([...(await memory.entries('jupan:unreadable:history:general:')).values()]).toEqual([text]);
  });

  test.each(['{"version":1,"tur', '{"version":3,"turns":[]}', '[]', 'null'])(
    'is a whole history: the channel goes on with an empty one, and it is kept aside (%s)',
    async (text) => {
      const { store, memory } = openWith({ 'jupan:history:general': text });
      expect(await store.hasTurn('general', '1')).toBe(false);
      await store.saveHistory('general', [turn]);
      expect(await store.loadHistory('general')).toEqual([turn]);
      expect([...(await memory.entries('jupan:unreadable:')).values()]).toEqual([text]);
    },
  );

  test('is a small value: it counts as never set, and it is kept aside', async () => {
    const { store, memory } = openWith({ 'jupan:value:seen': '{"a":' });
    expect(await store.recall('seen')).toBeUndefined();
    expect([...(await memory.entries('jupan:unreadable:value:seen:')).values()]).toEqual(['{"a":']);
  });

  test('stays where it is when it cannot be kept aside', async () => {
    const { store, memory } = openWith(
      { 'jupan:history:general': 'null' },
      { set: () => Promise.reject(new Error('read-only')) },
    );
    await expect(store.loadHistory('general')).rejects.toMatchObject({ code: 'store-failed' });
    expect(await memory.get('jupan:history:general')).toBe('null');
  });

  test('is not what a failed read is: that rejects and nothing is overwritten', async () => {
    const { store, memory } = openWith(
      { 'jupan:history:general': JSON.stringify({ version: 1, turns: [turn] }) },
      { get: () => Promise.reject(new Error('gone')), entries: () => Promise.reject(new Error('gone')) },
    );
    await expect(store.loadHistory('general')).rejects.toMatchObject({
      code: 'store-failed',
      cause: new Error('gone'),
    });
    await expect(store.hasTurn('general', '1')).rejects.toMatchObject({ code: 'store-failed' });
    await expect(store.recall('seen')).rejects.toMatchObject({ code: 'store-failed' });
    await expect(store.loadTurns()).rejects.toMatchObject({ code: 'store-failed' });
    expect(await memory.get('jupan:history:general')).toBe(JSON.stringify({ version: 1, turns: [turn] }));
  });
});
