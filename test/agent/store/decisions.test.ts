/** The log of decisions: one chain however many write, and what whoever has the place does to it is found. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Decision } from '../../../src/agent/decision.ts';
import { emptyChain, readEntry, writeEntry } from '../../../src/agent/store/decision-chain.ts';
import type { CheckedEntry } from '../../../src/agent/store/decision-log.ts';
import { type OpenedStore, openTurnStore } from '../../../src/agent/store/open.ts';
import { silentLogger } from '../../../src/log.ts';
import { namespace, type Place, placeKinds } from './places.ts';

const decision = (number: number): Decision => ({
  what: 'approved',
  by: [`${number}`],
  server: 'desk',
  tool: 'delete',
  turnId: `t${number}`,
  argumentsHash: 'aa',
});

async function checked(store: OpenedStore): Promise<CheckedEntry[]> {
  const found: CheckedEntry[] = [];
  for await (const entry of store.checkDecisions()) found.push(entry);
  return found;
}

async function problemsOf(store: OpenedStore): Promise<string[]> {
  return (await checked(store)).flatMap(({ number, problem }) =>
    problem === undefined ? [] : [`${number} ${problem}`],
  );
}

const keyOf = (number: number) => `${namespace}:decision:${String(number).padStart(12, '0')}`;

for (const kind of placeKinds.filter(({ name }) => name !== 'memory')) {
  for (const storeKey of [undefined, 'a secret of thirty-two characters']) {
    describe.skipIf(kind.missing !== undefined)(
      `the log of decisions in ${kind.name}${storeKey === undefined ? '' : ', sealed'}`,
      () => {
        let place: Place;
        let store: OpenedStore;
        const open = () => openTurnStore(place.storeUrl, { log: silentLogger, namespace, storeKey });

        beforeEach(async () => {
          place = await kind.prepare();
          store = await open();
        });
        afterEach(async () => {
          await store.close();
          await place.empty();
        });

        test('is one chain, whoever writes at the same time, and after a restart', async () => {
          const others = [await open(), await open()];
          const writers = [store, ...others];
          const numbers = Array.from({ length: 24 }, (_, place) => place);
          await Promise.all(numbers.map((number) => writers[number % 3]?.logDecision(decision(number))));
          for (const other of others) await other.close();
          const later = await open();
          const head = await later.logDecision(decision(24));
          await later.close();
          const entries = await checked(store);
          expect(head.number).toBe(25);
          expect(entries.map((entry) => entry.problem)).toEqual(entries.map(() => undefined));
          const turns = entries.map((entry) => ('entry' in entry ? entry.entry.turnId : ''));
          expect(turns.toSorted()).toEqual([...numbers, 24].map((number) => `t${number}`).toSorted());
        });

        test('tells what was changed, taken out, put in the place of another and cut off', async () => {
          for (let number = 1; number <= 6; number += 1) await store.logDecision(decision(number));
          expect(await problemsOf(store)).toEqual([]);
          const second = (await place.look?.(keyOf(2))) ?? '';
          const fifth = (await place.look?.(keyOf(5))) ?? '';
          await place.put?.(keyOf(2), spoil(second));
          expect(await problemsOf(store)).toEqual([storeKey === undefined ? '2 altered' : '2 unreadable']);
          await place.put?.(keyOf(2), second);
          await place.put?.(keyOf(3), undefined);
          expect(await problemsOf(store)).toEqual(['3 missing']);
          await place.put?.(keyOf(3), fifth);
          expect(await problemsOf(store)).toEqual(
            storeKey === undefined ? ['3 unlinked', '4 unlinked'] : ['3 unreadable'],
          );
          await place.put?.(keyOf(3), undefined);
          await place.put?.(keyOf(6), undefined);
          expect(await problemsOf(store)).toEqual(['3 missing', '6 missing']);
        });

        test('goes on behind an entry that somebody has broken, and says so for ever', async () => {
          for (let number = 1; number <= 2; number += 1) await store.logDecision(decision(number));
          await place.put?.(keyOf(3), 'broken');
          await store.logDecision(decision(4));
          const found = await checked(store);
          expect(found.map(({ number, problem }) => [number, problem])).toEqual([
            [1, undefined],
            [2, undefined],
            [3, storeKey === undefined ? 'altered' : 'unreadable'],
            [4, undefined],
          ]);
        });
      },
    );
  }
}

test('an entry holds no word of what was decided about', () => {
  const { text, head } = writeEntry(emptyChain, decision(1), 1_700_000_000_000);
  expect(readEntry(text)).toEqual({
    entry: { number: 1, at: 1_700_000_000_000, previous: emptyChain.hash, ...decision(1) },
    hash: head.hash,
  });
  expect(readEntry(text.replace('delete', 'Delete'))).toBeUndefined();
  expect(readEntry('')).toBeUndefined();
});

/** With one character in the middle that is another one. */
function spoil(text: string): string {
  const middle = Math.floor(text.length / 2);
  return `${text.slice(0, middle)}${text[middle] === 'a' ? 'b' : 'a'}${text.slice(middle + 1)}`;
}
