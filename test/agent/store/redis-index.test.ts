/** Keys are found through the index, or, where somebody has written past it, by looking at all of them. */
import { createClient } from '@keyv/redis';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Backend } from '../../../src/agent/store/backend.ts';
import { openBackend } from '../../../src/agent/store/open.ts';
import { silentLogger } from '../../../src/log.ts';
import { redisUrl } from './places.ts';

const name = redisUrl === undefined ? 'redis (skipped: TEST_REDIS_URL is not set)' : 'redis';

describe.skipIf(redisUrl === undefined)(`the keys in ${name}`, () => {
  // A database of its own: whether the index is whole shows by counting.
  const url = new URL('/15', redisUrl ?? 'redis://localhost').href;
  const client = createClient({ url });
  let backend: Backend;

  beforeAll(async () => {
    await client.connect();
    backend = await openBackend(url, 'jupan', silentLogger);
  });
  afterAll(async () => {
    await client.flushDb();
    await client.close();
    await backend.close();
  });
  beforeEach(() => client.flushDb());

  const found = async (prefix: string, end?: string) => (await Array.fromAsync(backend.keys(prefix, end))).flat();
  const turns = (count: number) => Array.from({ length: count }, (_, index) => `jupan:turn:${1_000 + index}`);

  test('are found in order and by their range, without a look at the others', async () => {
    await Promise.all(Array.from({ length: 2_500 }, (_, index) => backend.set(`jupan:history:${index}`, '{}')));
    for (const key of ['jupan:turn:2', 'jupan:turn:1', 'jupan:turn:3', 'jupan:turns:1']) await backend.set(key, '{}');
    await backend.delete('jupan:turn:3');
    expect(await found('jupan:turn:')).toEqual(['jupan:turn:1', 'jupan:turn:2']);
    expect(await found('jupan:turn:', 'jupan:turn:2')).toEqual(['jupan:turn:1']);
    const histories = await found('jupan:history:');
    expect(histories).toHaveLength(2_500);
    // Redis itself gives them in no order.
    expect(histories).toEqual(histories.toSorted());
  });

  test('that an earlier version has written are found at once, and named for later', async () => {
    await client.mSet(turns(300).map((key): [string, string] => [key, '{}']));
    expect((await found('jupan:turn:')).sort()).toEqual(turns(300));
    // Redis itself gives them in no order.
    await expect.poll(() => found('jupan:turn:')).toEqual(turns(300));
    // It goes back to the earlier version, and on with this one.
    await client.del(turns(1));
    await client.mSet(turns(302).map((key): [string, string] => [key, '{}']));
    expect((await found('jupan:turn:')).sort()).toEqual(turns(302));
  });

  test('that an earlier version has written are found, also where it has taken out as many', async () => {
    await backend.set('jupan:turn:1', '{}');
    await backend.set('jupan:turn:2', '{}');
    await client.del('jupan:turn:1');
    await client.set('jupan:turn:3', '{}');
    expect((await found('jupan:turn:')).sort()).toEqual(['jupan:turn:2', 'jupan:turn:3']);
  });

  test('beside those of another program are found all the same', async () => {
    await client.set('another', 'program');
    await backend.set('jupan:turn:1', '{}');
    await client.set('jupan:turn:2', '{}');
    expect((await found('jupan:turn:')).sort()).toEqual(['jupan:turn:1', 'jupan:turn:2']);
    expect(await found('another')).toEqual(['another']);
  });

  test('are those that are there, whatever was done in whatever order', async () => {
    const key = fc.integer({ min: 1, max: 5 }).map((number) => `jupan:turn:${number}`);
    const text = fc.constantFrom('a', 'b', undefined);
    const call = fc.oneof(
      fc.tuple(fc.constant('set' as const), key, fc.constantFrom('a', 'b')),
      fc.tuple(fc.constant('delete' as const), key),
      fc.tuple(fc.constant('replace' as const), key, text, text),
      fc.tuple(fc.constant('list' as const)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 30 }), async (calls) => {
        await client.flushDb();
        for (const [what, ...words] of calls) {
          const [whole = '', first, second] = words;
          if (what === 'set') await backend.set(whole, first ?? '');
          else if (what === 'delete') await backend.delete(whole);
          else if (what === 'replace') await backend.replace(whole, first, second);
          else {
            const all = await Array.fromAsync(client.scanIterator({ MATCH: 'jupan:turn:*', COUNT: 1000 }));
            expect(await found('jupan:turn:')).toEqual(all.flat().sort());
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
