import { describe, expect, test, vi } from 'vitest';
import { toFileKey } from '../../../src/agent/store/file-key.ts';
import { createTurnStore, type SweptTurnStore } from '../../../src/agent/store/keyv-turn-store.ts';
import { openMemory } from '../../../src/agent/store/memory.ts';
import { settledDays } from '../../../src/agent/store/retention.ts';
import { openSeal } from '../../../src/agent/store/seal-record.ts';
import { toSettledTurn } from '../../../src/agent/store/settled-turn.ts';
import { silentLogger } from '../../../src/log.ts';
import { altered } from './altered.ts';
import { makeTurn } from './turns.ts';

const hourMs = 3_600_000;
const agedTurn = (id: string, ageMs: number, channelId = 'general') =>
  makeTurn(id, { askedAt: Date.now() - ageMs, channelId });
const open = (backend = openMemory(), ttlMs: number | undefined = hourMs) => ({
  backend,
  store: createTurnStore(backend, silentLogger, 'jupan', { ttlMs }),
});
const idsOf = async (store: SweptTurnStore, channelId = 'general') =>
  (await store.loadHistory(channelId)).map(({ question }) => question.id);

describe('turns that are older than they are retained', () => {
  test('are not given out any more from that moment on, though a question is known to have been answered', async () => {
    const { store } = open();
    await store.saveHistory('general', [agedTurn('old', hourMs + 1000), agedTurn('new', hourMs - 60_000)]);
    expect(await idsOf(store)).toEqual(['new']);
    expect(await store.hasTurn('general', 'old')).toBe(true);
    vi.useFakeTimers({ now: Date.now() + 60_001, toFake: ['Date'] });
    expect(await idsOf(store)).toEqual([]);
    vi.useRealTimers();
  });

  test('are deleted from every channel, and a history of nothing else with them', async () => {
    const { store, backend } = open();
    await store.saveHistory('general', [agedTurn('old', 2 * hourMs), agedTurn('new', 0)]);
    await store.saveHistory('quiet', [agedTurn('older', 3 * hourMs, 'quiet')]);
    await store.saveHistory('lively', [agedTurn('newer', 0, 'lively')]);
    await store.sweep();
    expect([...(await backend.entries('jupan:history:')).keys()].sort()).toEqual([
      'jupan:history:general',
      'jupan:history:lively',
    ]);
    expect(await backend.get('jupan:history:general')).not.toContain('"old"');
    expect(await idsOf(store)).toEqual(['new']);
    expect(await idsOf(store, 'lively')).toEqual(['newer']);
  });

  test('are not told of by a summary either, which is as old as the oldest turn in it', async () => {
    const { store } = open();
    const tokens = { new: 7 };
    const at = (ageMs: number) => ({ tokens, summary: 'long ago', summarySince: Date.now() - ageMs });
    await store.saveHistory('general', [agedTurn('new', 0)], at(hourMs - 60_000));
    expect((await store.loadHistoryNotes('general')).summary).toBe('long ago');
    await store.saveHistory('general', [agedTurn('new', 0)], at(hourMs + 1000));
    expect(await store.loadHistoryNotes('general')).toEqual({ tokens });
  });

  test('leave what became of them for two months', async () => {
    const { store, backend } = open(openMemory(), undefined);
    for (const days of [0, settledDays - 1, settledDays + 2])
      await store.saveSettled(toSettledTurn(agedTurn(String(days), days * 24 * hourMs), null));
    await store.sweep();
    const kept = [...(await backend.entries('jupan:settled:')).keys()].map((key) => key.split(':').at(-1));
    expect(kept.sort()).toEqual(['0', String(settledDays - 1)]);
  });

  test('stay for ever unless asked for', async () => {
    const backend = openMemory();
    const store = createTurnStore(backend, silentLogger, 'jupan');
    await store.saveHistory('general', [agedTurn('old', 1e12)]);
    await store.sweep();
    expect(await idsOf(store)).toEqual(['old']);
  });

  test('are deleted by several processes at once, and a turn that is added meanwhile is not lost', async () => {
    const backend = openMemory();
    const { store } = open(backend);
    await store.saveHistory('general', [agedTurn('old', 2 * hourMs)]);
    // Between the look and the deletion, another process writes.
    let isFirst = true;
    const slow = altered(backend, {
      async replace(key, before, after) {
        if (isFirst) await store.saveHistory('general', [agedTurn('old', 2 * hourMs), agedTurn('new', 0)]);
        isFirst = false;
        return backend.replace(key, before, after);
      },
    });
    await open(slow).store.sweep();
    expect(await idsOf(store)).toEqual(['new']);
    await Promise.all([store.sweep(), open(backend).store.sweep()]);
    expect(await idsOf(store)).toEqual(['new']);
    expect(await backend.get('jupan:history:general')).not.toContain('"old"');
  });

  test('are deleted from an encrypted store, which stays encrypted', async () => {
    const backend = openMemory();
    const { seal } = await openSeal(backend, 'jupan', 'open sesame open sesame');
    const store = createTurnStore(backend, silentLogger, 'jupan', { ttlMs: hourMs, seal });
    await store.saveHistory('general', [agedTurn('old', 2 * hourMs), agedTurn('new', 0)]);
    await store.sweep();
    expect(await idsOf(store)).toEqual(['new']);
    expect(await store.hasTurn('general', 'old')).toBe(false);
    expect(await backend.get('jupan:history:general')).toMatch(/^aes-256-gcm:/);
  });

  test('are deleted where they were set aside, too', async () => {
    const { store, backend } = open();
    const odd = (turns: unknown) => JSON.stringify({ version: 0, turns });
    await backend.set('jupan:history:a', odd([agedTurn('old', 2 * hourMs)]));
    await backend.set('jupan:history:b', odd([agedTurn('old', 2 * hourMs), agedTurn('new', 0)]));
    await Promise.all([store.loadHistory('a'), store.loadHistory('b')]);
    await backend.set('jupan:unreadable:history:c:0123456789ab:1700000000000', 'nonsense');
    expect((await backend.entries('jupan:unreadable:')).size).toBe(3);
    await store.sweep();
    expect([...(await backend.entries('jupan:unreadable:')).keys()].join()).toMatch(
      /^jupan:unreadable:history:b:[0-9a-f]{12}:\d+$/,
    );
  });
});

describe('a file', () => {
  test('is deleted when its turn is gone, and not while it is there', async () => {
    const { store } = open(openMemory(), undefined);
    await store.saveTurn(makeTurn('1'));
    const [needed, orphan] = [toFileKey('1', '0.0', 0), toFileKey('2', '0.0', 0)];
    await store.saveFile(needed, Buffer.from('needed'));
    await store.saveFile(orphan, Buffer.from('orphan'));
    await store.saveFile('named-otherwise', Buffer.from('of another version'));
    await store.sweep();
    expect(await store.loadFile(needed)).toEqual(Buffer.from('needed'));
    expect(await store.loadFile(orphan)).toBeUndefined();
    expect(await store.loadFile('named-otherwise')).toEqual(Buffer.from('of another version'));
  });
});

describe('what was set aside of a channel', () => {
  test('is forgotten with it, and that of others is not', async () => {
    const { store, backend } = open(openMemory(), undefined);
    await backend.set('jupan:history:general', '{"version":0,"turns":["geheim"]}');
    await backend.set('jupan:history:general2', '{"version":0,"turns":["offen"]}');
    await backend.set('jupan:turn:1', JSON.stringify({ ...makeTurn('1', { text: 'geheim' }), version: 0 }));
    await backend.set('jupan:turn:2', `${JSON.stringify(makeTurn('2', { text: 'geheim' })).slice(0, -9)}`);
    await backend.set(
      'jupan:turn:3',
      JSON.stringify({ ...makeTurn('3', { channelId: 'b', text: 'offen' }), version: 0 }),
    );
    await store.saveFile(toFileKey('1', '0.0', 0), Buffer.from('geheim'));
    await Promise.all([store.loadHistory('general'), store.loadHistory('general2'), store.loadTurns()]);
    expect((await backend.entries('jupan:unreadable:')).size).toBe(5);
    await store.forget('general');
    const left = [...(await backend.entries(''))].join('\n');
    expect(left).not.toContain('geheim');
    expect(left).not.toContain(Buffer.from('geheim').toString('base64'));
    expect(left.match(/offen/g)?.length).toBeGreaterThanOrEqual(2);
  });
});

describe('an encrypted value that was damaged', () => {
  test('is set aside like any other that cannot be read', async () => {
    const backend = openMemory();
    const { seal } = await openSeal(backend, 'jupan', 'open sesame open sesame');
    const store = createTurnStore(backend, silentLogger, 'jupan', { seal });
    const pictureKey = toFileKey('1', '0.0', 0);
    await store.saveHistory('general', [makeTurn('1')]);
    await store.saveFile(pictureKey, Buffer.from('picture'));
    for (const key of ['jupan:history:general', `jupan:file:${pictureKey}`]) {
      const text = (await backend.get(key)) ?? '';
      await backend.set(key, text.replace(/.{8}$/, 'AAAAAAAA'));
    }
    expect(await store.loadHistory('general')).toEqual([]);
    expect((await backend.entries('jupan:unreadable:history:general:')).size).toBe(1);
    expect(await store.loadFile(pictureKey)).toBeUndefined();
  });
});
