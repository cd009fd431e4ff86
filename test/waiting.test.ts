import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { InOrder, pause, resolvesWithin, untilAborted, withRetries } from '../src/waiting.ts';

const never = new Promise<never>(() => {});
const calm = { firstMs: 1, longestMs: 4 };

describe('withRetries', () => {
  test('attempts until it works, waiting twice as long each time up to the longest', async () => {
    const waits: number[] = [];
    let tries = 0;
    const value = await withRetries(
      async () => {
        tries += 1;
        if (tries < 6) throw new Error(`try ${tries}`);
        return 'done';
      },
      { ...calm, signal: new AbortController().signal, onRetry: (_error, waitMs) => waits.push(waitMs) },
    );
    expect(value).toBe('done');
    expect(waits).toEqual([1, 2, 4, 4, 4]);
  });

  test('rejects with what is final, and after the last attempt', async () => {
    let tries = 0;
    const fail = async () => {
      tries += 1;
      throw new Error(`try ${tries}`);
    };
    const { signal } = new AbortController();
    await expect(withRetries(fail, { ...calm, signal, isFinal: () => true })).rejects.toThrow('try 1');
    await expect(withRetries(fail, { ...calm, signal, most: 3 })).rejects.toThrow('try 4');
  });

  test('an abort ends the wait at once, with the failure of the last attempt', async () => {
    const stop = new AbortController();
    const retried = withRetries(() => Promise.reject(new Error('refused')), {
      firstMs: 60_000,
      longestMs: 60_000,
      signal: stop.signal,
      onRetry: () => stop.abort(),
    });
    await expect(retried).rejects.toThrow('refused');
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });
});

test('pause ends with the signal and never rejects', async () => {
  await pause(60_000, AbortSignal.abort());
  await pause(1, new AbortController().signal);
});

describe('untilAborted', () => {
  test('gives the value, and leaves no listener', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve(1), signal)).toBe(1);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('rejects with the reason when the signal aborts first', async () => {
    const stop = new AbortController();
    const waiting = untilAborted(never, stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(untilAborted(Promise.reject(new Error('late')), stop.signal)).rejects.toThrow('enough');
  });
});

describe('resolvesWithin', () => {
  test('tells whether it came in time, before the signal', async () => {
    const stop = new AbortController();
    expect(await resolvesWithin(Promise.resolve(), 60_000, stop.signal)).toBe(true);
    expect(await resolvesWithin(never, 1)).toBe(false);
    const waiting = resolvesWithin(never, 60_000, stop.signal);
    stop.abort();
    expect(await waiting).toBe(false);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  test('a rejection in time is thrown', async () => {
    await expect(resolvesWithin(Promise.reject(new Error('no')), 60_000)).rejects.toThrow('no');
  });
});

describe('InOrder', () => {
  test('what is to be done for one key waits for what was begun before, though that fails; another key does not', async () => {
    const order = new InOrder();
    const first = Promise.withResolvers<void>();
    const done: string[] = [];
    const run = (key: string, name: string, until = Promise.resolve()) =>
      order.run(key, async () => {
        await until;
        done.push(name);
        return name;
      });
    const failing = run('a', 'first', first.promise);
    const second = run('a', 'second');
    await run('b', 'other');
    expect(done).toEqual(['other']);
    first.reject(new Error('no'));
    await expect(failing).rejects.toThrow('no');
    expect(await second).toBe('second');
    expect(done).toEqual(['other', 'second']);
  });
});
