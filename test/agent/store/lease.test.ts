import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Lease } from '../../../src/agent/store/lease.ts';
import { leaseMs } from '../../../src/agent/store/lease-holder.ts';
import type { Share } from '../../../src/agent/store/lease-record.ts';
import { type OpenedStore, openBackend, openTurnStore } from '../../../src/agent/store/open.ts';
import { createLogger } from '../../../src/log.ts';
import { namespace, type Place, placeKinds } from './places.ts';
import { makeTurn } from './turns.ts';

const holderProgram = new URL('./lease-holder.ts', import.meta.url).pathname;
const forever = new AbortController().signal;

for (const kind of placeKinds.filter(({ name }) => name !== 'memory')) {
  const name = kind.missing === undefined ? kind.name : `${kind.name} (skipped: ${kind.missing})`;
  describe.skipIf(kind.missing !== undefined)(`the lease of a store in ${name}`, () => {
    let place: Place;
    const lines: Record<string, unknown>[] = [];
    const log = createLogger({ level: 'debug', stream: { write: (line) => lines.push(JSON.parse(line)) } });
    const opened: OpenedStore[] = [];
    const children: ReturnType<typeof startHolder>[] = [];
    const open = async () => {
      const store = await openTurnStore(place.storeUrl, { log, namespace });
      opened.push(store);
      return store;
    };
    /** A process of its own that takes the lease and then writes a turn now and then, printing what happens. */
    function startHolder(share?: Share) {
      const child = spawn(process.execPath, [holderProgram, place.storeUrl, namespace, JSON.stringify(share ?? null)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const printed: string[] = [];
      createInterface(child.stdout).on('line', (line) => printed.push(line));
      const prints = (text: string) =>
        vi.waitFor(() => expect(printed).toContain(text), { timeout: 25_000, interval: 50 });
      return { child, printed, prints, exited: once(child, 'exit') };
    }
    const start = (share?: Share) => {
      const holder = startHolder(share);
      children.push(holder);
      return holder;
    };

    beforeAll(async () => {
      place = await kind.prepare();
    });
    afterAll(() => place.empty());
    afterEach(async () => {
      vi.useRealTimers();
      for (const { child } of children.splice(0)) child.kill('SIGKILL');
      for (const store of opened.splice(0)) await store.close();
      lines.length = 0;
    });

    const whetherHeld = async (lease: Promise<Lease>) =>
      Promise.race([lease.then(() => true), new Promise((resolve) => setTimeout(resolve, 300, false))]);

    test('is had at once, by one, and passes on when that one closes', async () => {
      const [first, second] = [await open(), await open()];
      const before = performance.now();
      await first.takeLease(undefined, forever);
      expect(performance.now() - before).toBeLessThan(leaseMs / 2);
      const waiting = second.takeLease(undefined, forever);
      expect(await whetherHeld(waiting)).toBe(false);
      await expect
        .poll(() => lines.filter(({ event }) => event === 'store-in-use'))
        .toMatchObject([{ level: 'warn', processId: process.pid }]);
      await first.close();
      await (await waiting).confirm();
      expect(lines.filter(({ event }) => event === 'store-taken-over')).toHaveLength(1);
    });

    test('of many that come in the same moment, one has it', async () => {
      const stores = await Promise.all(Array.from({ length: 8 }, open));
      const leases = stores.map((store) => store.takeLease(undefined, forever));
      for (const lease of leases) lease.catch(() => undefined);
      await Promise.race(leases);
      const held = await Promise.all(leases.map(whetherHeld));
      expect(held.filter((isHeld) => isHeld)).toHaveLength(1);
    });

    test('is waited for until told to stop', async () => {
      await (await open()).takeLease(undefined, forever);
      const stop = new AbortController();
      const waiting = (await open()).takeLease(undefined, stop.signal);
      stop.abort();
      await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    });

    test('is one for each share: none runs beside one that overlaps with it or counts otherwise', async () => {
      const stores = await Promise.all(Array.from({ length: 5 }, open));
      const take = (index: number, share: Share | undefined) => {
        const lease = stores[index]?.takeLease(share, forever) ?? Promise.reject(new Error('no store'));
        lease.catch(() => undefined);
        return lease;
      };
      await take(0, { ids: [0, 1], count: 4 });
      await take(1, { ids: [2, 3], count: 4 });
      expect(await whetherHeld(take(2, { ids: [1], count: 4 }))).toBe(false);
      expect(await whetherHeld(take(3, { ids: [1], count: 2 }))).toBe(false);
      expect(await whetherHeld(take(4, undefined))).toBe(false);
    });

    // A store without its disk, or a replica that came late, forgets who has the lease: here its record alone is taken out.
    test('does not pass on when the store loses its record', { timeout: 30_000 }, async () => {
      const [first, second] = [await open(), await open()];
      const held = await first.takeLease(undefined, forever);
      const waiting = second.takeLease(undefined, forever);
      waiting.catch(() => undefined);
      expect(await whetherHeld(waiting)).toBe(false);
      await place.put?.(`${namespace}:lease`, undefined);
      for (let seconds = 0; seconds < 7; seconds += 1) {
        await new Promise((resolve) => setTimeout(resolve, 1000));
        await held.confirm();
        expect(await whetherHeld(waiting)).toBe(false);
      }
      await first.close();
      await (await waiting).confirm();
    });

    test.each(['{"holders":[null]}', '{"version":1,"holders":[{"id":"1","until":1e400}]}', '[', 'null'])(
      'is had at once where its record cannot be read, which is said (%s)',
      async (record) => {
        const store = await open();
        await place.put?.(`${namespace}:lease`, record);
        const lease = await store.takeLease(undefined, forever);
        await lease.confirm();
        expect(lines.filter(({ event }) => event === 'store-lease-unreadable')).toMatchObject([{ level: 'warn' }]);
      },
    );

    test('is not waited for longer than it lasts, whatever time its record names', async () => {
      const store = await open();
      const other = { id: 'x', host: 'elsewhere', pid: 7, shards: { ids: [0], count: 1 }, until: Date.now() + 1e11 };
      await place.put?.(`${namespace}:lease`, JSON.stringify({ version: 1, holders: [other] }));
      const waiting = store.takeLease(undefined, forever);
      expect(await whetherHeld(waiting)).toBe(false);
      await expect.poll(() => lines.filter(({ event }) => event === 'store-in-use')).toHaveLength(1);
      vi.useFakeTimers({ now: Date.now() + leaseMs, toFake: ['Date'] });
      await (await waiting).confirm();
      vi.useRealTimers();
      expect(lines.filter(({ event }) => event === 'store-lease-not-renewed')).toMatchObject([{ processId: 7 }]);
    });

    test('lets nothing through that comes when it has run out, however long it was on its way', async () => {
      const store = await open();
      const lease = await store.takeLease(undefined, forever);
      const backend = await openBackend(place.storeUrl, namespace, log);
      onTestFinished(() => backend.close());
      const now = await backend.now();
      expect(lease.fence.until - now).toBeGreaterThan(leaseMs / 2);
      expect(lease.fence.until - now).toBeLessThanOrEqual(leaseMs);
      const [key, other] = [`${namespace}:value:one`, `${namespace}:value:other`];
      const inTime = { until: now + 60_000 };
      await backend.set(key, 'first', inTime);
      await backend.set(key, 'before', inTime);
      expect(await backend.replace(key, 'else', 'after', inTime)).toBe(false);
      const late = { until: now };
      const writes = [
        () => backend.set(key, 'after', late),
        () => backend.set(other, 'after', late),
        () => backend.delete(key, late),
        () => backend.replace(key, 'before', 'after', late),
        () => backend.replace(key, 'before', undefined, late),
        () => backend.replace(other, undefined, 'after', late),
      ];
      for (const write of writes) await expect(write()).rejects.toThrow('came so late');
      expect([await backend.get(key), await backend.get(other)]).toEqual(['before', undefined]);
      expect(await backend.replace(key, 'before', 'after', inTime)).toBe(true);
      await backend.delete(key, inTime);
      expect(await backend.replace(other, undefined, 'made', inTime)).toBe(true);
      expect(await backend.replace(other, 'made', undefined, inTime)).toBe(true);
      expect([await backend.get(key), await backend.get(other)]).toEqual([undefined, undefined]);
    });

    test('passes on at once when its process was killed', async () => {
      const holder = start();
      await holder.prints('held');
      holder.child.kill('SIGKILL');
      await holder.exited;
      const before = performance.now();
      await (await open()).takeLease(undefined, forever);
      expect(performance.now() - before).toBeLessThan(leaseMs / 2);
    });

    test('runs out when its process is frozen, which then neither posts nor writes', { timeout: 60_000 }, async () => {
      const holder = start();
      await holder.prints('written');
      holder.child.kill('SIGSTOP');
      const store = await open();
      const before = performance.now();
      await store.takeLease(undefined, forever);
      expect(performance.now() - before).toBeGreaterThan(5_000);
      expect(performance.now() - before).toBeLessThan(2 * leaseMs);
      await store.saveTurn(makeTurn('1', { text: 'of the new one' }));
      holder.child.kill('SIGCONT');
      await holder.prints('lost');
      expect(holder.printed.slice(holder.printed.indexOf('thawed'))).not.toContain('written');
      expect((await store.loadTurns()).map(({ question }) => question.text)).toEqual(['of the new one']);
      await store.removeTurn(makeTurn('1'));
    });
  });
}
