/** Who has wanted to be forgotten: how long that is noted, and what it says of what was read when. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ForgottenPeople, isDeletedSince } from '../../src/agent/forgotten-people.ts';
import { createTurnStore } from '../../src/agent/store/keyv-turn-store.ts';
import { openMemory } from '../../src/agent/store/memory.ts';
import { silentLogger } from '../../src/log.ts';

const now = Date.UTC(2026, 10, 28);
const [minuteMs, dayMs] = [60_000, 86_400_000];

beforeEach(() => void vi.useFakeTimers({ now, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

test('is noted for thirty days, by any of several processes, and then nothing is left of it', async () => {
  const backend = openMemory();
  const [one, other] = [1, 2].map(() => new ForgottenPeople(createTurnStore(backend, silentLogger, 'jupan').documents));
  await one?.note({ authorId: '7', until: now });
  await other?.note({ authorId: '8', until: now + dayMs });
  await one?.note({ authorId: '7', until: now, deletedAt: now + minuteMs });
  const all = [
    { authorId: '7', until: now, deletedAt: now + minuteMs },
    { authorId: '8', until: now + dayMs },
  ];
  expect(await other?.all()).toEqual(all);
  vi.setSystemTime(now + 30.5 * dayMs);
  // Whoever looks then sees it for the last time.
  expect(await one?.all()).toEqual(all);
  expect(await one?.all()).toEqual(all.slice(1));
  vi.setSystemTime(now + 32 * dayMs);
  await other?.all();
  expect((await backend.entries('')).size).toBe(0);
});

test('what was read before all was deleted may hold some of it; where it was not deleted to the end, for an hour', () => {
  const deleted = { authorId: '7', until: now, deletedAt: now + 20 * minuteMs };
  expect(isDeletedSince(deleted, now + 19 * minuteMs)).toBe(true);
  // Clocks differ.
  expect(isDeletedSince(deleted, now + 24 * minuteMs)).toBe(true);
  expect(isDeletedSince(deleted, now + 26 * minuteMs)).toBe(false);
  expect(isDeletedSince({ authorId: '7', until: now }, now + 60 * minuteMs)).toBe(true);
  expect(isDeletedSince({ authorId: '7', until: now }, now + 70 * minuteMs)).toBe(false);
});

test('what cannot be read is nobody', async () => {
  const backend = openMemory();
  const odd = { '7': { until: 'x' }, '8': 5, '9': { until: now, deletedAt: 'y' } };
  await backend.set('jupan:document:forgotten:people', JSON.stringify(odd));
  const people = new ForgottenPeople(createTurnStore(backend, silentLogger, 'jupan').documents);
  expect(await people.all()).toEqual([{ authorId: '9', until: now }]);
});
