/** A member who asks several processes of one bot: how fast they may, over all of them. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { JsonValue } from '../../../../src/agent/turn.ts';
import type { ChangeShared } from '../../../../src/bot/channel/limits/change-shared.ts';
import { enterTaken, SharedRate } from '../../../../src/bot/channel/limits/shared-rate.ts';
import { MemberRate } from '../../../../src/bot/channel/member-rate.ts';

let stored: JsonValue | undefined;
/** `late`: it is done, and the answer comes too late. */
let store: 'there' | 'away' | 'late';
let writes: number;
/** Awaited before what is changed is read. */
let slow: Promise<void> | undefined;
const processes: SharedRate[] = [];

const change: ChangeShared = async (key, enter) => {
  if (store === 'away' || key !== 'asked') throw new Error('away');
  await slow;
  const { value, result } = enter(stored, Date.now() + Math.round(Math.random() * 20));
  if (JSON.stringify(value) !== JSON.stringify(stored)) writes += 1;
  stored = JSON.parse(JSON.stringify(value));
  if (store === 'late') throw new Error('late');
  return result;
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  [stored, store, writes, slow] = [undefined, 'there', 0, undefined];
});
afterEach(async () => {
  store = 'there';
  await Promise.all(processes.splice(0).map((process) => process.close()));
  expect(vi.getTimerCount()).toBe(0);
  expect(stored ?? {}).toEqual({});
  vi.useRealTimers();
});

function start(most = 3): SharedRate {
  const rate = new SharedRate(new MemberRate(most), change);
  rate.start();
  processes.push(rate);
  return rate;
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('what one process has taken counts in all others a second later, for a minute', async () => {
  const [a, b, c] = [start(), start(), start()];
  for (const process of [a, b, a]) {
    expect(process.waitFor('mina')).toBe(0);
    await pass(2_000);
  }
  for (const process of [a, b, c]) {
    expect(process.waitFor('mina')).toBeGreaterThan(53_000);
    expect(process.waitFor('mina')).toBeLessThan(55_000);
    expect(process.waitFor('jun')).toBe(0);
  }
  await pass(60_000);
  for (const process of [a, b, c]) expect(process.waitFor('mina')).toBe(0);
});

test('who got past it in one moment is told when they may really ask again', async () => {
  const all = [start(2), start(2), start(2)];
  const [a] = all;
  for (const process of all) {
    expect(process.waitFor('mina')).toBe(0);
    await pass(100);
  }
  await pass(2_000);
  const waitMs = a?.waitFor('mina') ?? 0;
  await pass(waitMs - 50);
  expect(a?.waitFor('mina')).toBeGreaterThan(0);
  await pass(150);
  expect(a?.waitFor('mina')).toBe(0);
});

test('a flood is told of once a second, and nothing is written where nothing is new', async () => {
  const [a, b] = [start(1_000), start(1_000)];
  for (let count = 0; count < 400; count += 1) {
    expect(a.waitFor('mina')).toBe(0);
    await pass(5);
  }
  b.waitFor('mina');
  await pass(2_000);
  expect(Object.values(Object(stored)).flatMap((members) => Object(members).mina)).toHaveLength(401);
  expect(writes).toBeLessThan(8);
  const before = writes;
  await pass(50_000);
  expect(writes).toBe(before);
  await pass(20_000);
  expect(stored).toEqual({});
});

test.for(['away', 'late'] as const)('while the store is %s each counts by itself, and a question once', async (how) => {
  const [a, b] = [start(), start()];
  store = how;
  for (const _ of [1, 2]) expect(a.waitFor('mina')).toBe(0);
  await pass(5_000);
  store = 'there';
  await pass(2_000);
  expect(b.waitFor('mina')).toBe(0);
  expect(b.waitFor('mina')).toBeGreaterThan(0);
  await pass(2_000);
  expect(a.waitFor('mina')).toBeGreaterThan(0);
});

test('nothing stays of a process that ends while it tells', async () => {
  const a = start();
  await pass(100);
  a.waitFor('mina');
  const { promise, resolve } = Promise.withResolvers<void>();
  slow = promise;
  await pass(1_000);
  const closed = a.close();
  resolve();
  await closed;
  await pass(2_000);
  expect(stored).toEqual({});
});

test('what a killed process has told counts for a minute, and is gone then', async () => {
  stored = { killed: { mina: [Date.now() - 1_000, Date.now() - 500] } };
  const a = start();
  await pass(100);
  expect(a.waitFor('mina')).toBe(0);
  expect(a.waitFor('mina')).toBeGreaterThan(58_000);
  await pass(60_000);
  expect(stored).not.toHaveProperty('killed');
});

test('what cannot be read counts for nothing, and no clock silences anybody for long', () => {
  const now = 1_000_000;
  const odd = { b: { mina: [now - 1, 'x', null, now + 59_000, now + 61_000, now - 60_000], jun: 7, dana: {} }, c: 5 };
  const { value, result } = enterTaken(odd, 'a', [['yuna', [now - 5]]], now);
  expect(value).toEqual({ a: { yuna: [now - 5] }, b: { mina: [now - 1, now + 59_000] } });
  expect([...result]).toEqual([['mina', [now - 1, now + 59_000]]]);
  for (const nothing of [undefined, null, 'x', [1]]) expect(enterTaken(nothing, 'a', [], now).value).toEqual({});
});
