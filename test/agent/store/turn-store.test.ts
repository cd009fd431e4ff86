import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTurnStore } from '../../../src/agent/store/open.ts';
import { toSettledTurn } from '../../../src/agent/store/settled-turn.ts';
import type { TurnStore } from '../../../src/agent/store/turn-store.ts';
import type { Turn } from '../../../src/agent/turn.ts';
import { silentLogger } from '../../../src/log.ts';
import { namespace, type Place, placeKinds } from './places.ts';
import { makeTurn } from './turns.ts';

for (const kind of placeKinds) {
  const name = kind.missing === undefined ? kind.name : `${kind.name} (skipped: ${kind.missing})`;
  if (kind.missing !== undefined) console.info(`The turn store in ${name}`);
  describe.skipIf(kind.missing !== undefined)(`a turn store in ${name}`, () => {
    let place: Place;
    let store: TurnStore;
    const open = () => openTurnStore(place.storeUrl, { log: silentLogger, namespace });

    beforeAll(async () => {
      place = await kind.prepare();
    });
    afterAll(() => place.empty());
    beforeEach(async () => {
      store = await open();
    });
    afterEach(async () => {
      for (const turn of await store.loadTurns()) await store.removeTurn(turn);
      await store.close();
    });

    test('gives back an unfinished turn as it was saved last', async () => {
      const turn = makeTurn('1');
      await store.saveTurn(turn);
      turn.delivery = 'shown';
      await store.saveTurn(turn);
      expect(await store.loadTurns()).toEqual([turn]);
    });

    test('keeps what became of settled turns by the day of their questions', async () => {
      const day = Date.UTC(2026, 10, 28);
      const at = (id: string, askedAt: number) =>
        toSettledTurn({ ...makeTurn(id, { askedAt }), end: { type: 'answered' } }, { posted: id });
      const [first, last, next] = [at('71', day), at('72', day + 86_399_999), at('73', day + 86_400_000)];
      for (const settled of [first, last, next]) await store.saveSettled(settled);
      const listed = await store.listSettled(day + 1000);
      expect(listed.toSorted((one, other) => one.askedAt - other.askedAt)).toEqual([first, last]);
      expect(await store.listSettled(day - 1)).toEqual([]);
      expect(await store.loadSettled({ id: '73', askedAt: next.askedAt })).toEqual(next);
      expect(await store.loadSettled({ id: '73', askedAt: first.askedAt })).toBeUndefined();
      expect(first).toMatchObject({ outcome: 'answered', usage: { promptTokens: 3 }, delivery: { posted: '71' } });
      expect(JSON.stringify(first)).not.toContain('How much');
    });

    test('gives back any Unicode: half surrogates, NUL, emoji, and texts that begin with a colon', async () => {
      const text = ':base64:\ud83d \u0000 \udca9 👩‍👩‍👧 \u2028 \\ " 한국어 \uffff';
      await store.saveTurn(makeTurn('1', { text }));
      await store.saveHistory('unicode', [makeTurn('2', { text })]);
      await store.remember('unicode', { [text]: text });
      expect(await store.loadTurns()).toEqual([makeTurn('1', { text })]);
      expect(await store.loadHistory('unicode')).toEqual([makeTurn('2', { text })]);
      expect(await store.recall('unicode')).toEqual({ [text]: text });
    });

    test('saves a turn as it is at the call, though it grows on', async () => {
      const turn = makeTurn('1');
      const saved = store.saveTurn(turn);
      turn.delivery = 'later';
      await saved;
      expect(await store.loadTurns()).toEqual([makeTurn('1')]);
    });

    test('writes under one key in the order called', async () => {
      const turn = makeTurn('1');
      const writes: Promise<void>[] = [];
      for (let count = 1; count <= 8; count++) {
        turn.delivery = count;
        writes.push(store.saveTurn(turn), store.removeTurn(turn), store.remember('count', count));
      }
      await Promise.all(writes);
      expect(await store.loadTurns()).toEqual([]);
      expect(await store.recall('count')).toBe(8);
    });

    test('lists unfinished turns by the age of the question', async () => {
      await store.saveTurn(makeTurn('10', { askedAt: 5 }));
      await store.saveTurn(makeTurn('9', { askedAt: 5 }));
      await store.saveTurn(makeTurn('30', { askedAt: 4 }));
      expect((await store.loadTurns()).map((turn) => turn.question.id)).toEqual(['30', '9', '10']);
    });

    test('loads hundreds of unfinished turns', async () => {
      const ids = Array.from({ length: 500 }, (_, index) => `many-${index}`);
      // Not all in one moment: what waits behind others must end in time, too.
      const turns = ids.map((id, askedAt) => makeTurn(id, { askedAt }));
      const inParts = async (act: (turn: Turn) => Promise<void>) => {
        for (let start = 0; start < turns.length; start += 25)
          await Promise.all(turns.slice(start, start + 25).map(act));
      };
      await inParts((turn) => store.saveTurn(turn));
      expect((await store.loadTurns()).map((turn) => turn.question.id)).toEqual(ids);
      await inParts((turn) => store.removeTurn(turn));
    });

    test('knows a turn that is unfinished and one that has ended, in its channel only', async () => {
      await store.saveTurn(makeTurn('1'));
      await store.saveHistory('general', [makeTurn('2'), makeTurn('3')]);
      expect(await store.hasTurn('general', '1')).toBe(true);
      expect(await store.hasTurn('general', '3')).toBe(true);
      expect(await store.hasTurn('general', '4')).toBe(false);
      expect(await store.hasTurn('elsewhere', '3')).toBe(false);
      await store.removeTurn(makeTurn('1'));
      expect(await store.hasTurn('general', '1')).toBe(false);
    });

    test('knows a question that was asked again by the id of the first time, too', async () => {
      const { question, ...turn } = makeTurn('22');
      await store.saveHistory('again', [{ ...turn, question: { ...question, originalId: '11' }, replaces: '11' }]);
      expect(await store.hasTurn('again', '11')).toBe(true);
      expect(await store.hasTurn('again', '22')).toBe(true);
      expect(await store.hasTurn('again', '1')).toBe(false);
    });

    test('rewrites a history where nobody else changes it meanwhile, and otherwise leaves it as it is', async () => {
      const notes = { summary: 'of long ago', summarySince: 1 };
      await store.saveHistory('rewritten', [makeTurn('1'), makeTurn('2')]);
      expect(await store.rewriteHistory('rewritten', ({ turns }) => ({ turns: turns.slice(1), notes }))).toBe(true);
      expect(await store.loadHistory('rewritten')).toEqual([makeTurn('2')]);
      expect(await store.loadHistoryNotes('rewritten')).toEqual(notes);
      expect(await store.rewriteHistory('rewritten', () => undefined)).toBe(false);
      expect(await store.rewriteHistory('nothing there', (history) => history)).toBe(false);
      const isRewritten = await Promise.all(
        ['a', 'b', 'c'].map((summary) =>
          store.rewriteHistory('rewritten', ({ turns }) => ({ turns, notes: { summary } })),
        ),
      );
      const { summary } = await store.loadHistoryNotes('rewritten');
      expect(isRewritten[['a', 'b', 'c'].indexOf(summary ?? '')]).toBe(true);
      expect(await store.loadHistory('rewritten')).toEqual([makeTurn('2')]);
    });

    test('stores what is noted of a history with it, and no longer', async () => {
      const notes = { tokens: { 1: 12, 2: 34 }, summary: '지난 이야기' };
      expect(await store.loadHistoryNotes('noted')).toEqual({});
      await store.saveHistory('noted', [makeTurn('1'), makeTurn('2')], notes);
      expect(await store.loadHistoryNotes('noted')).toEqual(notes);
      expect(await store.loadHistory('noted')).toEqual([makeTurn('1'), makeTurn('2')]);
      await store.saveHistory('noted', [makeTurn('2')]);
      expect(await store.loadHistoryNotes('noted')).toEqual({});
      await store.saveHistory('noted', [makeTurn('2')], notes);
      await store.forget('noted');
      expect(await store.loadHistoryNotes('noted')).toEqual({});
    });

    test('holds a history for each channel until it is deleted', async () => {
      expect(await store.loadHistory('thread')).toEqual([]);
      await store.saveHistory('thread', [makeTurn('1'), makeTurn('2')]);
      await store.saveHistory('thread', [makeTurn('2'), makeTurn('3')]);
      await store.saveHistory('threads', [makeTurn('9')]);
      expect(await store.loadHistory('thread')).toEqual([makeTurn('2'), makeTurn('3')]);
      await store.forget('thread');
      expect(await store.loadHistory('thread')).toEqual([]);
      expect(await store.loadHistory('threads')).toEqual([makeTurn('9')]);
    });

    test('recalls what was remembered last, null and false too', async () => {
      expect(await store.recall('seen')).toBeUndefined();
      await store.remember('seen', { a: [1, null] });
      expect(await store.recall('seen')).toEqual({ a: [1, null] });
      await store.remember('seen', null);
      expect(await store.recall('seen')).toBeNull();
      await store.remember('seen', false);
      expect(await store.recall('seen')).toBe(false);
    });

    // A store in memory belongs to one process and ends with it.
    if (kind.name !== 'memory')
      test('has everything when it is closed and opened again', async () => {
        await store.saveTurn(makeTurn('1'));
        await store.saveHistory('closed', [makeTurn('2')]);
        await store.remember('closed', 3);
        await store.close();
        store = await open();
        expect(await store.loadTurns()).toEqual([makeTurn('1')]);
        expect(await store.loadHistory('closed')).toEqual([makeTurn('2')]);
        expect(await store.recall('closed')).toBe(3);
      });

    // A store in memory belongs to one process and ends with it.
    if (kind.name !== 'memory')
      test('shows what another store on the same place writes, and outlives its closing', async () => {
        const other = await open();
        await other.saveHistory('shared', [makeTurn('1')]);
        expect(await store.loadHistory('shared')).toEqual([makeTurn('1')]);
        await other.close();
        expect(await store.loadHistory('shared')).toEqual([makeTurn('1')]);
      });

    test('refuses calls once it is closed, and closes twice', async () => {
      const other = await open();
      await other.close();
      await other.close();
      await expect(other.loadHistory('general')).rejects.toMatchObject({ code: 'store-failed' });
      await expect(other.saveTurn(makeTurn('1'))).rejects.toMatchObject({ code: 'store-failed' });
    });
  });
}
