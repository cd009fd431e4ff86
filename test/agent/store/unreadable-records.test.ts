import { describe, expect, test } from 'vitest';
import type { Backend } from '../../../src/agent/store/backend.ts';
import { createTurnStore } from '../../../src/agent/store/keyv-turn-store.ts';
import { openMemory } from '../../../src/agent/store/memory.ts';
import { readTurn } from '../../../src/agent/store/turn-record.ts';
import type { ModelStep, Turn } from '../../../src/agent/turn.ts';
import { createLogger } from '../../../src/log.ts';
import { altered } from './altered.ts';
import { makeTurn } from './turns.ts';

function openWith(entries: Readonly<Record<string, string>>, change: Partial<Backend> = {}) {
  const memory = openMemory();
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', stream: { write: (line) => lines.push(line) } });
  for (const [key, text] of Object.entries(entries)) memory.set(key, text).catch(() => undefined);
  return { store: createTurnStore(altered(memory, change), log, 'jupan'), memory, lines };
}

const turn = makeTurn('1');
const call = (id: string) => ({ id, name: 'add', arguments: '{}' });
const picture = { key: 'f', name: 'geheim.png', mimeType: 'image/png', bytes: 5 };
const unreadable = {
  'no JSON': '{"version":1,"question":{"text":"geheim"',
  'JSON that is no record': '"geheim"',
  'a version that there never was': JSON.stringify({ ...turn, version: 0 }),
  'no question': JSON.stringify({ ...turn, question: undefined }),
  'a question without its author': JSON.stringify({ ...turn, question: { ...turn.question, authorName: undefined } }),
  'a step of another shape': JSON.stringify({ ...turn, steps: [{ text: 'geheim', calls: [{ id: 1 }], results: [] }] }),
  'two calls of one id in a step': JSON.stringify({
    ...turn,
    steps: [{ text: '', calls: [call('a'), call('a')], results: [] }],
  }),
  'a result without its outcome': JSON.stringify({
    ...turn,
    steps: [{ text: '', calls: [call('call-1')], results: [{ callId: 'call-1', text: 'geheim' }] }],
  }),
  'a result of a call that the step does not have': JSON.stringify({
    ...turn,
    steps: [{ text: '', calls: [], results: [{ callId: 'call-1', ok: true, text: 'geheim' }] }],
  }),
  'two results of one call': JSON.stringify({
    ...turn,
    steps: [
      {
        text: '',
        calls: [call('a')],
        results: ['1', '2'].map((text) => ({ callId: 'a', ok: true, text })),
      },
    ],
  }),
  'a picture whose description is none': JSON.stringify({
    ...turn,
    steps: [
      {
        text: '',
        calls: [call('a')],
        results: [{ callId: 'a', ok: true, text: '', files: [{ ...picture, description: 42 }] }],
      },
    ],
  }),
  'links that are no addresses': JSON.stringify({
    ...turn,
    steps: [{ text: '', calls: [call('a')], results: [{ callId: 'a', ok: true, text: '', links: [{ uri: 'a' }] }] }],
  }),
  'a time that is no number': JSON.stringify({ ...turn, question: { ...turn.question, askedAt: '3' } }),
  'the id of another turn': JSON.stringify(makeTurn('3')),
  'an unknown warning': JSON.stringify({ ...turn, warnings: ['geheim'] }),
  'an unknown end': JSON.stringify({ ...turn, end: { type: 'failed', code: 'geheim' } }),
  'no delivery': JSON.stringify({ ...turn, delivery: undefined }),
};

const oddUsages = {
  text: { promptTokens: '3', cachedTokens: 0, outputTokens: 0 },
  'no number': { promptTokens: Number.NaN, cachedTokens: 0, outputTokens: 0 },
  'more than there is': { promptTokens: 3, cachedTokens: 0, outputTokens: Number.POSITIVE_INFINITY },
  'a price that is none': { promptTokens: 3, cachedTokens: 2, outputTokens: 1, costUsd: Number.NaN },
  nothing: null,
};

describe('what a turn cost, not in numbers', () => {
  // It came from a server of which nobody knows what it sends: the types do not hold it.
  const withUsage = (id: string, usage: unknown): Turn => {
    const { steps, ...rest } = makeTurn(id);
    return { ...rest, steps: steps.map((step) => ({ ...step, usage }) as ModelStep) };
  };

  test.each(Object.entries(oddUsages))(
    'is left out where it is written: the turn can be read again (%s)',
    async (_, usage) => {
      const { store, lines } = openWith({});
      const { usage: _none, ...step } = turn.steps[0] ?? { text: '', calls: [], results: [] };
      const without = { ...turn, steps: [step] };
      await store.saveTurn(withUsage('1', usage));
      await store.saveHistory('general', [withUsage('1', usage), makeTurn('2')]);
      expect(await store.loadTurns()).toEqual([without]);
      expect(await store.loadHistory('general')).toEqual([without, makeTurn('2')]);
      expect(lines).toEqual([]);
    },
  );

  test.each(Object.entries(oddUsages))(
    'is left out where it was written by an earlier version (%s)',
    async (_, usage) => {
      const text = JSON.stringify({ version: 2, turns: [withUsage('1', usage), makeTurn('2')] });
      const { store, lines } = openWith({ 'jupan:history:general': text });
      expect((await store.loadHistory('general')).map(({ question }) => question.id)).toEqual(['1', '2']);
      expect(lines).toEqual([]);
    },
  );
});

describe('a turn that could not be read back', () => {
  const odd = { ...turn, question: { ...turn.question, askedAt: Number.NaN } };

  test('is not written, neither by itself nor in a history, and what is there stays', async () => {
    const { store } = openWith({});
    await store.saveTurn(turn);
    await store.saveHistory('general', [turn]);
    await expect(store.saveTurn(odd)).rejects.toMatchObject({ code: 'store-failed' });
    await expect(store.saveHistory('general', [turn, odd])).rejects.toMatchObject({ code: 'store-failed' });
    expect(await store.loadTurns()).toEqual([turn]);
    expect(await store.loadHistory('general')).toEqual([turn]);
  });
});

describe('a record that cannot be read', () => {
  test.each(Object.entries(unreadable))('%s: is set aside and the other turns are loaded', async (_, text) => {
    const { store, memory, lines } = openWith({ 'jupan:turn:1': text, 'jupan:turn:2': JSON.stringify(makeTurn('2')) });
    expect(await store.loadTurns()).toEqual([makeTurn('2')]);
    expect([...(await memory.entries('jupan:unreadable:turn:1:')).values()]).toEqual([text]);
    expect(await memory.get('jupan:turn:1')).toBeUndefined();
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'error', event: 'store-record-unreadable', kind: 'turn', key: '1' },
    ]);
    expect(lines.join()).not.toContain('geheim');
  });

  test.each(['7', '{"tokens":7,"summary":[]}', '{"tokens":{"1":"many"}}'])(
    'may be the notes of a history: they are made again, and its turns stay (%s)',
    async (notes) => {
      const text = `{"version":1,"turns":${JSON.stringify([makeTurn('1')])},"notes":${notes}}`;
      const { store } = openWith({ 'jupan:history:general': text });
      expect(await store.loadHistoryNotes('general')).toEqual({});
      expect(await store.loadHistory('general')).toEqual([makeTurn('1')]);
    },
  );

  test('takes only itself out of a history, and is set aside alone', async () => {
    const odd = { version: 2, question: 'geheim' };
    const text = JSON.stringify({ version: 1, turns: [makeTurn('1'), odd, makeTurn('3')] });
    const { store, memory, lines } = openWith({ 'jupan:history:general': text });
    expect(await store.loadHistory('general')).toEqual([makeTurn('1'), makeTurn('3')]);
    expect(await store.loadHistory('general')).toEqual([makeTurn('1'), makeTurn('3')]);
    expect(lines).toHaveLength(1);
    const copies = [...(await memory.entries('jupan:unreadable:history:general:')).values()];
    expect(copies.map((copy) => JSON.parse(copy))).toEqual([{ version: 4, turns: [odd] }]);
  });

  test.each(['{"version":1,"tur', '{"version":0,"turns":[]}', '[]', 'null'])(
    'is a whole history: the channel goes on with an empty one, and it is set aside (%s)',
    async (text) => {
      const { store, memory } = openWith({ 'jupan:history:general': text });
      expect(await store.hasTurn('general', '1')).toBe(false);
      expect(await store.loadHistory('general')).toEqual([]);
      await store.saveHistory('general', [turn]);
      expect(await store.loadHistory('general')).toEqual([turn]);
      expect([...(await memory.entries('jupan:unreadable:')).values()]).toEqual([text]);
    },
  );

  test('is a small value: it counts as never set, and it is set aside', async () => {
    const { store, memory } = openWith({ 'jupan:value:seen': '{"a":' });
    expect(await store.recall('seen')).toBeUndefined();
    expect([...(await memory.entries('jupan:unreadable:value:seen:')).values()]).toEqual(['{"a":']);
  });

  test('stays where it is when it cannot be set aside', async () => {
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

test('calls of two steps that have one id are read apart, each with its own result', () => {
  const step = { text: '', calls: [{ id: 'call_0', name: 'add', arguments: '{}' }], results: [] };
  const withResult = (text: string) => ({ ...step, results: [{ callId: 'call_0', ok: true, text }] });
  const turn = readTurn({ ...makeTurn('21'), steps: [withResult('one'), withResult('two'), step] });
  expect(turn?.steps.map(({ calls, results }) => [calls[0]?.id, results[0]?.callId, results[0]?.text])).toEqual([
    ['call_0', 'call_0', 'one'],
    ['call_0_1', 'call_0_1', 'two'],
    ['call_0_2', undefined, undefined],
  ]);
  expect(readTurn(turn)).toBe(turn);
});
