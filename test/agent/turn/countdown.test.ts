/** Time that is counted down, on a clock that the test moves. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Countdown } from '../../../src/agent/turn/countdown.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

test('is over when it is used up, and says so', () => {
  const clock = new Countdown(1000, 'time-limit');
  vi.advanceTimersByTime(999);
  expect(clock.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(clock.signal.reason).toBe('time-limit');
});

test('stands still while the turn waits, also for several at once, and goes on with what was left', async () => {
  const clock = new Countdown(1000, 'time-limit');
  vi.advanceTimersByTime(400);
  const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<void>()];
  const waits = [clock.pausedFor(first.promise), clock.pausedFor(second.promise)] as const;
  vi.advanceTimersByTime(50_000);
  first.resolve('approved');
  expect(await waits[0]).toBe('approved');
  vi.advanceTimersByTime(50_000);
  second.reject(new Error('stopped'));
  await expect(waits[1]).rejects.toThrow('stopped');
  vi.advanceTimersByTime(599);
  expect(clock.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(clock.signal.aborted).toBe(true);
});

test('leaves no timer behind when it is stopped, even while something still waits', async () => {
  const clock = new Countdown(1000, 'time-limit');
  const wait = Promise.withResolvers<void>();
  const waiting = clock.pausedFor(wait.promise);
  clock.stop();
  wait.resolve();
  await waiting;
  expect(vi.getTimerCount()).toBe(0);
});

test('begins anew when it is told to', () => {
  const clock = new Countdown(1000, 'silent');
  vi.advanceTimersByTime(900);
  clock.restart();
  vi.advanceTimersByTime(999);
  expect(clock.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(clock.signal.reason).toBe('silent');
});
