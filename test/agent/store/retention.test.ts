import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Backend } from '../../../src/agent/store/backend.ts';
import { toFileKey, toPictureKey } from '../../../src/agent/store/file-key.ts';
import { createTurnStore, type SweptTurnStore } from '../../../src/agent/store/keyv-turn-store.ts';
import { openMemory } from '../../../src/agent/store/memory.ts';
import { settledDays } from '../../../src/agent/store/retention.ts';
import { openSeal } from '../../../src/agent/store/seal-record.ts';
import { toSettledTurn } from '../../../src/agent/store/settled-turn.ts';
import { createSharedValues } from '../../../src/agent/store/shared-values.ts';
import { Sweeps } from '../../../src/agent/store/sweeps.ts';
import { conversationOf, type Turn } from '../../../src/agent/turn.ts';
import { silentLogger } from '../../../src/log.ts';
import { altered } from './altered.ts';
import { makeTurn } from './turns.ts';

const hourMs = 3_600_000;
const agedTurn = (id: string, ageMs: number, channelId = 'general') =>
  makeTurn(id, { askedAt: Date.now() - ageMs, channelId });
/** Undefined would be the default. */
const forEver = 'for ever';
const open = (backend = openMemory(), ttlMs: number | typeof forEver = hourMs) => ({
  backend,
  store: createTurnStore(backend, silentLogger, 'jupan', { ttlMs: ttlMs === forEver ? undefined : ttlMs }),
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
    await store.sweep('everything');
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
    const { store, backend } = open(openMemory(), forEver);
    for (const days of [0, settledDays - 1, settledDays + 2])
      await store.saveSettled(toSettledTurn(agedTurn(String(days), days * 24 * hourMs), null));
    await store.sweep('everything');
    const kept = [...(await backend.entries('jupan:settled:')).keys()].map((key) => key.split(':').at(-1));
    expect(kept.sort()).toEqual(['0', String(settledDays - 1)]);
  });

  test('stay for ever unless asked for', async () => {
    const backend = openMemory();
    const store = createTurnStore(backend, silentLogger, 'jupan');
    await store.saveHistory('general', [agedTurn('old', 1e12)]);
    await store.sweep('everything');
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
    await open(slow).store.sweep('everything');
    expect(await idsOf(store)).toEqual(['new']);
    await Promise.all([store.sweep('everything'), open(backend).store.sweep('everything')]);
    expect(await idsOf(store)).toEqual(['new']);
    expect(await backend.get('jupan:history:general')).not.toContain('"old"');
  });

  test('are deleted from an encrypted store, which stays encrypted', async () => {
    const backend = openMemory();
    const { seal } = await openSeal(backend, 'jupan', 'open sesame open sesame');
    const store = createTurnStore(backend, silentLogger, 'jupan', { ttlMs: hourMs, seal });
    await store.saveHistory('general', [agedTurn('old', 2 * hourMs), agedTurn('new', 0)]);
    await store.sweep('everything');
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
    await store.sweep('everything');
    expect([...(await backend.entries('jupan:unreadable:')).keys()].join()).toMatch(
      /^jupan:unreadable:history:b:[0-9a-f]{12}:\d+$/,
    );
  });
});

/** The backend, and the histories that were read of it. */
function watched(backend = openMemory()) {
  const histories: string[] = [];
  const watching = altered(backend, {
    async get(key) {
      if (key.startsWith('jupan:history:')) histories.push(key.slice('jupan:history:'.length));
      return backend.get(key);
    },
  });
  return { backend: watching, histories };
}

/** As a turn goes through the store. */
async function end(store: SweptTurnStore, turn: Turn): Promise<void> {
  await store.saveTurn(turn);
  const conversation = conversationOf(turn.question);
  await store.saveHistory(conversation, [...(await store.loadHistory(conversation)), turn]);
  await store.removeTurn(turn);
}

describe('what has expired', () => {
  const dayMs = 24 * hourMs;
  const minuteMs = 60_000;
  const now = Date.UTC(2026, 10, 28, 12, 30);
  beforeEach(() => void vi.useFakeTimers({ now, toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());
  const openDay = (backend = openMemory()) => open(backend, dayMs);
  const entries = async (backend: Backend) =>
    [...(await backend.entries('jupan:expiry:')).keys()].map((key) => key.slice('jupan:expiry:'.length)).sort();
  const later = (ms: number) => void vi.setSystemTime(now + ms);

  test('is found without reading a history of which nothing has', async () => {
    const { backend, histories } = watched();
    const { store } = openDay(backend);
    for (let channel = 0; channel < 50; channel += 1) await end(store, agedTurn(`${channel}`, 0, `lively-${channel}`));
    await end(store, agedTurn('a', 20 * hourMs, 'general'));
    await end(store, agedTurn('b', 10 * minuteMs, 'general'));
    await end(store, agedTurn('c', 20 * hourMs + 5 * minuteMs, 'quiet'));
    later(3 * hourMs + 58 * minuteMs);
    histories.length = 0;
    await store.sweep('expired');
    // What is changed is read twice.
    expect(histories.sort()).toEqual(['general', 'quiet', 'quiet']);
    expect(await idsOf(store)).toEqual(['a', 'b']);
    expect(await backend.get('jupan:history:quiet')).toBeUndefined();
    // The hour from 16 on has not expired as a whole, and what stays is found in its own time.
    expect(await entries(backend)).toEqual(
      expect.arrayContaining(['2026-11-27T16:general', '2026-11-27T16:quiet', '2026-11-28T12:lively-0']),
    );
    later(5 * hourMs);
    await store.sweep('expired');
    expect(await idsOf(store)).toEqual(['b']);
    expect((await entries(backend)).filter((entry) => !entry.includes('lively'))).toEqual(['2026-11-28T12:general']);
    later(25 * hourMs);
    await store.sweep('expired');
    expect(await entries(backend)).toEqual([]);
    expect((await backend.entries('jupan:history:')).size).toBe(0);
  });

  test('is entered once for each conversation, under its oldest question, and again when that is dropped', async () => {
    const { store, backend } = openDay();
    for (const [index, ageMs] of [3 * hourMs, 2 * hourMs, 0].entries()) await end(store, agedTurn(`${index}`, ageMs));
    await end(store, agedTurn('elsewhere', 0, 'elsewhere'));
    await end(openDay(backend).store, agedTurn('last', 0));
    expect(await entries(backend)).toEqual(['2026-11-28T09:general', '2026-11-28T12:elsewhere']);
    await store.saveHistory('general', [agedTurn('last', 0)]);
    expect(await entries(backend)).toEqual([
      '2026-11-28T09:general',
      '2026-11-28T12:elsewhere',
      '2026-11-28T12:general',
    ]);
    // What the first one says has come to nothing.
    later(22 * hourMs);
    await store.sweep('expired');
    expect(await idsOf(store)).toEqual(['last']);
    expect(await entries(backend)).toEqual(['2026-11-28T12:elsewhere', '2026-11-28T12:general']);
  });

  test('is a summary that holds something older, alone, too', async () => {
    const { store, backend } = openDay();
    const since = (ageMs: number) => ({
      summary: 'long ago',
      summarySince: now - ageMs,
      summaryOf: { 7: now - ageMs },
    });
    await store.saveHistory('general', [agedTurn('a', 0)], { ...since(20 * hourMs), tokens: { a: 7 } });
    await store.saveHistory('quiet', [], since(0));
    expect(await entries(backend)).toEqual(['2026-11-27T16:general', '2026-11-28T12:quiet']);
    later(5 * hourMs);
    await store.sweep('expired');
    expect(await backend.get('jupan:history:general')).not.toContain('long ago');
    expect(await idsOf(store)).toEqual(['a']);
    expect(await backend.get('jupan:history:quiet')).toContain('long ago');
    expect(await entries(backend)).toEqual(['2026-11-28T12:general', '2026-11-28T12:quiet']);
    later(26 * hourMs);
    await store.sweep('expired');
    expect((await backend.entries('jupan:history:')).size).toBe(0);
    expect(await entries(backend)).toEqual([]);
  });

  test('is not entered where turns are retained for ever', async () => {
    const { store, backend } = open(openMemory(), forEver);
    await end(store, agedTurn('a', 0));
    await store.sweep('everything');
    expect(await entries(backend)).toEqual([]);
  });

  test('is entered for what an earlier version has stored, by a sweep of everything', async () => {
    const { store: earlier, backend } = open(openMemory(), forEver);
    await end(earlier, agedTurn('a', 20 * hourMs));
    await end(earlier, agedTurn('b', 0));
    const { store } = openDay(backend);
    await store.sweep('everything');
    expect(await entries(backend)).toEqual(['2026-11-27T16:general']);
    later(5 * hourMs);
    await store.sweep('expired');
    expect(await idsOf(store)).toEqual(['b']);
    later(25 * hourMs);
    await store.sweep('expired');
    expect(await backend.get('jupan:history:general')).toBeUndefined();
  });

  test('is found, though it had expired before it came to be in the history', async () => {
    const { store, backend } = openDay();
    const turn = agedTurn('slow', 0);
    await store.saveTurn(turn);
    later(30 * hourMs);
    const rival = openDay(
      altered(backend, {
        // Between the entry and the history, another process sweeps.
        set: async (key, text) => {
          if (key.startsWith('jupan:history:')) await store.sweep('expired');
          return backend.set(key, text);
        },
      }),
    );
    await end(rival.store, turn);
    expect(await backend.get('jupan:history:general')).toContain('slow');
    later(33 * hourMs);
    await store.sweep('expired');
    expect(await backend.get('jupan:history:general')).toBeUndefined();
    expect(await entries(backend)).toEqual([]);
  });

  test('is found beside turns of a newer version, of which it is not known when they were asked', async () => {
    const { store, backend } = openDay();
    await end(store, agedTurn('old', 0));
    const history = JSON.parse((await backend.get('jupan:history:general')) ?? '');
    const newer = { ...history.turns[0], version: 99, question: { id: 'newer', from: 'a time' } };
    await backend.set('jupan:history:general', JSON.stringify({ ...history, turns: [newer, ...history.turns] }));
    await store.sweep('everything');
    expect(await entries(backend)).toEqual(['2026-11-28T12:general']);
    later(30 * hourMs);
    await store.sweep('expired');
    expect(JSON.parse((await backend.get('jupan:history:general')) ?? '').turns).toEqual([newer]);
  });

  test('is found again, its pictures too, when a sweep was cut off', async () => {
    const memory = openMemory();
    const { store } = openDay(memory);
    for (const channel of ['a', 'b']) {
      await end(store, agedTurn(`of-${channel}`, 0, channel));
      await store.saveFile(toPictureKey(`of-${channel}`, channel, 0), Buffer.from('picture'));
    }
    later(30 * hourMs);
    const broken = altered(memory, {
      get: async (key) => {
        if (key === 'jupan:history:b') throw new Error('not now');
        return memory.get(key);
      },
    });
    await expect(openDay(broken).store.sweep('expired')).rejects.toThrow();
    await store.sweep('expired');
    expect([...(await memory.entries('')).keys()]).toEqual([]);
  });

  test('is found again where another process changed the history in that moment', async () => {
    const backend = openMemory();
    const { store } = openDay(backend);
    await end(store, agedTurn('old', 0));
    later(30 * hourMs);
    const rival = altered(backend, { replace: async () => false });
    await openDay(rival).store.sweep('expired');
    expect(await backend.get('jupan:history:general')).toContain('old');
    expect(await entries(backend)).toEqual(['2026-11-28T12:general']);
    await store.sweep('expired');
    expect(await backend.get('jupan:history:general')).toBeUndefined();
    expect(await entries(backend)).toEqual([]);
  });

  test.for([
    ['when it is deleted', false],
    ['when it was left out as its channel was asked something', true],
  ] as const)('takes the pictures along that later questions were shown, %s', async ([, isAskedAgain]) => {
    const { store, backend } = openDay();
    for (const [id, ageMs] of [
      ['1', 0],
      ['2', -2 * hourMs],
    ] as const) {
      const key = toPictureKey(id, 'general', 0);
      await store.saveFile(key, Buffer.from('picture'));
      // Named somewhere in the turn.
      await end(store, makeTurn(id, { askedAt: now - ageMs, text: key }));
    }
    const elsewhere = toPictureKey('1', 'elsewhere', 0);
    await store.saveFile(elsewhere, Buffer.from('picture'));
    // Which says nothing of a picture: only its history would.
    await store.saveHistory('elsewhere', [agedTurn('1', -20 * hourMs, 'elsewhere')]);
    later(25.6 * hourMs);
    if (isAskedAgain) await end(store, agedTurn('3', -25.6 * hourMs));
    await store.sweep('expired');
    expect([...(await backend.entries('jupan:file:')).keys()].sort()).toEqual(
      ['jupan:file:2.sent.general.0', `jupan:file:${elsewhere}`].sort(),
    );
  });

  test('names nobody any more who is forgotten, but for what they asked meanwhile', async () => {
    const { store, backend } = openDay();
    const own = (id: string, authorId: string, channelId = 'general'): Turn => {
      const turn = agedTurn(id, 0, channelId);
      return { ...turn, question: { ...turn.question, authorId, isPrivate: true } };
    };
    await end(store, agedTurn('a', 0));
    for (const turn of [own('b', '7'), own('c', '17'), own('d', '7', 'elsewhere')]) await end(store, turn);
    const forgotten = { authorId: '7', until: now };
    await store.forgetIn('general/7', [forgotten]);
    await store.forgetRestOf(forgotten);
    expect(await entries(backend)).toEqual(
      ['elsewhere/7', 'general', 'general/17'].map((conversation) => `2026-11-28T12:${conversation}`),
    );
    await end(openDay(backend).store, own('e', '7'));
    expect(await entries(backend)).toContain('2026-11-28T12:general/7');
  });

  test('is deleted from a sealed store, whose entries are sealed', async () => {
    const backend = openMemory();
    const { seal } = await openSeal(backend, 'jupan', 'open sesame open sesame');
    const store = createTurnStore(backend, silentLogger, 'jupan', { ttlMs: dayMs, seal });
    await end(store, agedTurn('old', 0));
    expect([...(await backend.entries('jupan:expiry:')).values()].join()).toMatch(/^aes-256-gcm:/);
    later(30 * hourMs);
    await store.sweep('expired');
    expect(await backend.get('jupan:history:general')).toBeUndefined();
    expect(await entries(backend)).toEqual([]);
  });
});

test('a sweep that ends with the store was none', async () => {
  const memory = openMemory();
  const backend = altered(memory, { close: async () => {} });
  const { store } = open(backend);
  const left = async () => (await backend.entries('jupan:history:')).size;
  for (let channel = 0; channel < 300; channel += 1)
    await store.saveHistory(`channel-${channel}`, [agedTurn('old', 2 * hourMs)]);
  const shared = createSharedValues(backend, 'jupan');
  const sweeping = new Sweeps(store, shared, true).sweepWhenDue();
  while ((await left()) === 300) await setImmediate();
  await Promise.all([store.close(), expect(sweeping).rejects.toThrow()]);
  expect(await left()).toBeGreaterThan(0);
  expect((await shared.read('swept-everything')).value).toBeUndefined();
});

describe('sweeps', () => {
  const dayMs = 24 * hourMs;
  /** Processes on one store, by whether turns expire for them, and how far each of their sweeps went. */
  function processes() {
    const backend = openMemory();
    let now = Date.UTC(2026, 10, 28);
    const shared = createSharedValues(altered(backend, { now: async () => now }), 'jupan');
    const reaches: string[] = [];
    const fail = { next: false };
    const [expiring, retaining] = [true, false].map((isExpiring) => {
      const { store } = open(backend, isExpiring ? hourMs : forEver);
      const sweep = async (reach: 'expired' | 'everything') => {
        reaches.push(reach);
        if (fail.next) {
          fail.next = false;
          throw new Error('half-way');
        }
        await store.sweep(reach);
      };
      return new Sweeps({ sweep }, shared, isExpiring);
    });
    if (expiring === undefined || retaining === undefined) throw new Error('there are two');
    const later = (ms: number) => {
      now += ms;
    };
    return { expiring, retaining, reaches, fail, later };
  }

  test('reach everything first and once a week, and in between what has expired, every three hours by one of all', async () => {
    const { expiring, reaches, later } = processes();
    await Promise.all([expiring.sweepWhenDue(), expiring.sweepWhenDue()]);
    expect(reaches).toEqual(['everything']);
    later(3 * hourMs + 1);
    await Promise.all([expiring.sweepWhenDue(), expiring.sweepWhenDue()]);
    await expiring.sweepWhenDue();
    expect(reaches).toEqual(['everything', 'expired']);
    later(6 * dayMs);
    await expiring.sweepWhenDue();
    later(dayMs);
    await expiring.sweepWhenDue();
    expect(reaches).toEqual(['everything', 'expired', 'expired', 'everything']);
  });

  test('reach everything as soon as turns expire that did not before', async () => {
    const { expiring, retaining, reaches, later } = processes();
    for (const process of [retaining, retaining, expiring, expiring, retaining, expiring]) {
      await process.sweepWhenDue();
      later(3 * hourMs + 1);
    }
    expect(reaches).toEqual(['everything', 'expired', 'everything', 'expired', 'everything', 'everything']);
  });

  test('are done again an hour after one that failed, as far as that one was to reach', async () => {
    const { expiring, reaches, later, fail } = processes();
    fail.next = true;
    await expect(expiring.sweepWhenDue()).rejects.toThrow('half-way');
    await expiring.sweepWhenDue();
    expect(reaches).toEqual(['everything']);
    later(hourMs + 1);
    await expiring.sweepWhenDue();
    expect(reaches).toEqual(['everything', 'everything']);
  });

  test('are not put off for years by a clock that is put back', async () => {
    const { expiring, reaches, later } = processes();
    await expiring.sweepWhenDue();
    later(-400 * dayMs);
    await expiring.sweepWhenDue();
    expect(reaches).toEqual(['everything', 'everything']);
  });
});

describe('a file', () => {
  test('is deleted when its turn is gone, and not while it is there', async () => {
    const { store } = open(openMemory(), forEver);
    await store.saveTurn(makeTurn('1'));
    const [needed, orphan] = [toFileKey('1', '0.0', 0), toFileKey('2', '0.0', 0)];
    await store.saveFile(needed, Buffer.from('needed'));
    await store.saveFile(orphan, Buffer.from('orphan'));
    await store.saveFile('named-otherwise', Buffer.from('of another version'));
    await store.sweep('everything');
    expect(await store.loadFile(needed)).toEqual(Buffer.from('needed'));
    expect(await store.loadFile(orphan)).toBeUndefined();
    expect(await store.loadFile('named-otherwise')).toEqual(Buffer.from('of another version'));
  });
});

describe('what was set aside of a channel', () => {
  test('is forgotten with it, and that of others is not', async () => {
    const { store, backend } = open(openMemory(), forEver);
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
