/** What is left of a conversation when one of those who asked there wants to be forgotten. */
import { describe, expect, test } from 'vitest';
import { toPictureKey } from '../../../src/agent/store/file-key.ts';
import { createTurnStore } from '../../../src/agent/store/keyv-turn-store.ts';
import { openMemory } from '../../../src/agent/store/memory.ts';
import { toSettledTurn } from '../../../src/agent/store/settled-turn.ts';
import type { Turn } from '../../../src/agent/turn.ts';
import { silentLogger } from '../../../src/log.ts';
import { altered } from './altered.ts';
import { makeTurn } from './turns.ts';

const open = (backend = openMemory()) => ({ backend, store: createTurnStore(backend, silentLogger, 'jupan') });
const seven = { authorId: '7', until: Number.MAX_SAFE_INTEGER };
const of = (authorId: string, id: string): Turn => {
  const turn = makeTurn(id);
  return { ...turn, question: { ...turn.question, authorId } };
};

describe('a conversation in which somebody is forgotten', () => {
  test.for([
    [
      'goes where they asked something of it',
      { summaryOf: { 7: 1_600_000_000_000, 8: 1_650_000_000_000 } },
      false,
      true,
    ],
    ['goes where it is not known who asked what is in it', {}, false, false],
    ['stays where it is of others', { summaryOf: { 8: 1, 77: 1 } }, true, false],
  ] as const)('keeps turns of others, and its summary %s', async ([, noted, isKept, isCounted]) => {
    const { store } = open();
    const notes = { tokens: { '1': 5, '2': 5 }, summary: 'of long ago', summarySince: 1_600_000_000_000, ...noted };
    await store.saveHistory('general', [of('7', '1'), of('8', '2')], notes);
    await store.saveHistory('elsewhere', [of('8', '3')], notes);
    expect(await store.forgetIn('general', [seven])).toBe(true);
    expect(await store.forgetIn('elsewhere', [seven])).toBe(isCounted);
    expect(await store.loadHistory('general')).toEqual([of('8', '2')]);
    expect(await store.loadHistory('elsewhere')).toEqual([of('8', '3')]);
    const summaries = ['general', 'elsewhere'].map(async (name) => (await store.loadHistoryNotes(name)).summary);
    expect(await Promise.all(summaries)).toEqual(Array(2).fill(isKept ? 'of long ago' : undefined));
    expect(await store.forgetIn('general', [seven])).toBe(false);
  });

  test('stays as the summary of others, where nobody else has asked since', async () => {
    const { store, backend } = open();
    await store.saveHistory('general', [of('7', '1')], { summary: 'of others', summarySince: 1, summaryOf: { 8: 1 } });
    await store.saveHistory('alone', [of('7', '1')], {
      summary: 'of both',
      summarySince: 1,
      summaryOf: { 8: 1, 7: 2 },
    });
    for (const conversation of ['general', 'alone']) expect(await store.forgetIn(conversation, [seven])).toBe(true);
    expect((await store.loadHistoryNotes('general')).summary).toBe('of others');
    expect([...(await backend.entries('jupan:history:')).keys()]).toEqual(['jupan:history:general']);
  });

  test('holds nothing of them, though another process wrote it in the same moment', async () => {
    const { store, backend } = open();
    await store.saveHistory('general', [of('7', '1')]);
    const picture = toPictureKey('3', 'general', 0);
    let rivals = 0;
    const raced = altered(backend, {
      async replace(key, before, after) {
        rivals += 1;
        if (rivals === 1) {
          await store.saveFile(picture, Buffer.from('theirs'));
          await store.saveHistory('general', [of('7', '1'), of('8', '2'), of('7', '3')]);
        }
        return backend.replace(key, before, after);
      },
    });
    expect(await open(raced).store.forgetIn('general', [seven])).toBe(true);
    expect(rivals).toBe(2);
    expect(await store.loadHistory('general')).toEqual([of('8', '2')]);
    expect(await store.loadFile(picture)).toBeUndefined();
  });

  test('is not said to hold nothing where it could not be changed', async () => {
    const { store, backend } = open();
    await store.saveHistory('general', [of('7', '1')]);
    const raced = altered(backend, { replace: async () => false });
    await expect(open(raced).store.forgetIn('general', [seven])).rejects.toMatchObject({ code: 'store-failed' });
  });

  test('keeps what they asked later', async () => {
    const { store } = open();
    const [earlier, later] = [of('7', '1'), of('7', '2')];
    const asked = { ...later, question: { ...later.question, askedAt: earlier.question.askedAt + 1 } };
    await store.saveHistory('general', [earlier, asked]);
    await store.saveSettled(toSettledTurn(earlier, null));
    await store.saveSettled(toSettledTurn(asked, null));
    const forgotten = { authorId: '7', until: earlier.question.askedAt };
    expect(await store.forgetIn('general', [forgotten])).toBe(true);
    expect(await store.forgetRestOf(forgotten)).toBe(1);
    expect(await store.loadHistory('general')).toEqual([asked]);
    const notes = { summary: 'of later', summarySince: 1, summaryOf: { 8: 1, 7: asked.question.askedAt } };
    await store.saveHistory('general', [asked], notes);
    expect(await store.forgetIn('general', [forgotten])).toBe(false);
    expect(await store.loadHistoryNotes('general')).toEqual(notes);
    expect(await store.loadSettled(asked.question)).toBeDefined();
  });

  test.for([
    ['cannot be read', 'nonsense'],
    ['is of a later form', '{"version":"later"}'],
  ] as const)('is deleted as a whole where it is theirs alone and %s', async ([, text]) => {
    const { store, backend } = open();
    for (const conversation of ['general/7', 'general/17', 'general'])
      await backend.set(`jupan:history:${conversation}`, text);
    for (const conversation of ['general/7', 'general/17', 'general']) await store.loadHistory(conversation);
    for (const conversation of ['general/7', 'general/17', 'general'])
      expect(await store.forgetIn(conversation, [seven])).toBe(conversation === 'general/7');
    await store.forgetRestOf(seven);
    const left = [...(await backend.entries('')).keys()].map((key) => key.replace(/:[0-9a-f]{12}:\d+$/, ''));
    expect(left.sort()).toEqual([
      'jupan:history:general',
      'jupan:history:general/17',
      'jupan:unreadable:history:general',
      'jupan:unreadable:history:general/17',
    ]);
  });

  test('is set aside where it cannot be read and may be of theirs, and then deleted', async () => {
    const { store, backend } = open();
    await backend.set('jupan:history:general', `[{"question":{"authorId":"7","text":"mine"}},`);
    await backend.set('jupan:history:other', `[{"question":{"authorId":"8","text":"not mine"}},`);
    for (const conversation of ['general', 'other']) await store.forgetIn(conversation, [seven]);
    await store.forgetRestOf(seven);
    expect([...(await backend.entries('')).keys()]).toEqual(['jupan:history:other']);
  });

  test('leaves no copy of theirs among what was set aside, and of others what they asked', async () => {
    const { store, backend } = open();
    const odd = (turn: Turn) => ({ ...turn, version: 0 });
    const history = { version: 4, turns: [odd(of('7', '1')), odd(of('8', '2'))] };
    await backend.set('jupan:history:general', JSON.stringify(history));
    for (const [id, authorId] of [
      ['3', '7'],
      ['4', '8'],
    ] as const)
      await backend.set(`jupan:turn:${id}`, JSON.stringify(odd(of(authorId, id))));
    await store.loadHistory('general');
    await store.loadTurns();
    await store.forgetIn('general', [seven]);
    await store.forgetRestOf(seven);
    const copies = await backend.entries('jupan:unreadable:');
    expect([...copies.keys()].map((key) => key.split(':').slice(2, 4).join(':')).sort()).toEqual([
      'history:general',
      'turn:4',
    ]);
    const all = [...(await backend.entries('')).values()].join();
    expect(all).toContain('"authorId":"8"');
    expect(all).not.toContain('"authorId":"7"');
  });

  test('has no more of their questions to be answered once they are dropped, nor files of them', async () => {
    const { store, backend } = open();
    for (const [id, authorId] of [
      ['1', '7'],
      ['2', '8'],
    ] as const) {
      await store.saveTurn(of(authorId, id));
      await store.saveFile(toPictureKey(id, 'general', 0), Buffer.from('picture'));
    }
    expect(await store.dropTurnsOf(seven)).toBe(1);
    expect((await store.loadTurns()).map(({ question }) => question.id)).toEqual(['2']);
    expect([...(await backend.entries('jupan:file:')).keys()]).toEqual([
      `jupan:file:${toPictureKey('2', 'general', 0)}`,
    ]);
  });
});
