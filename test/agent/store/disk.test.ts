/** Disks that do not do what they should, and other processes that hold on to the file. */
import { execFileSync } from 'node:child_process';
import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { answerTimeoutMs } from '../../../src/agent/store/backend.ts';
import { leaseMs } from '../../../src/agent/store/lease-holder.ts';
import { type OpenedStore, openTurnStore } from '../../../src/agent/store/open.ts';
import { silentLogger } from '../../../src/log.ts';
import { mayMount } from '../../support/may-mount.ts';
import { makeFolder } from './places.ts';
import { makeTurn } from './turns.ts';

describe('an sqlite store', () => {
  let folder: string;
  let path: string;
  let store: OpenedStore;

  beforeEach(async () => {
    folder = await makeFolder();
    path = join(folder, 'store.sqlite');
    store = await openTurnStore(`sqlite://${path}`, { log: silentLogger });
    await store.saveHistory('general', [makeTurn('1')]);
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  test('that another process has locked: writes wait without holding up anything else, and land in order', async () => {
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    let ticks = 0;
    const clock = setInterval(() => {
      ticks += 1;
    }, 5);
    const writes = [1, 2, 3].map((count) => store.remember('count', count));
    expect(await store.loadHistory('general')).toEqual([makeTurn('1')]);
    // A process that waits inside SQLite ticks only when its writes have failed.
    await vi.waitFor(() => expect(ticks).toBeGreaterThan(3), { timeout: 15_000, interval: 5 });
    other.exec('COMMIT');
    other.close();
    await Promise.all(writes);
    clearInterval(clock);
    expect(await store.recall('count')).toBe(3);
  });

  test('that another process keeps locked: writes fail in time, reads do not, and later writes are taken', async () => {
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const before = performance.now();
    await expect(store.saveTurn(makeTurn('2'))).rejects.toMatchObject({ code: 'store-failed' });
    expect(performance.now() - before).toBeLessThan(6 * answerTimeoutMs);
    expect(await store.loadHistory('general')).toEqual([makeTurn('1')]);
    other.exec('COMMIT');
    other.close();
    await store.saveTurn(makeTurn('3'));
    expect((await store.loadTurns()).map(({ question }) => question.id)).toContain('3');
  });
});

describe.skipIf(!mayMount)(
  `an sqlite store on a disk of its own${mayMount ? '' : ' (skipped: only root may make one)'}`,
  () => {
    let disk: string;
    let store: OpenedStore;
    const open = () => openTurnStore(`sqlite://${disk}/store.sqlite`, { log: silentLogger });

    beforeEach(async () => {
      disk = await makeFolder();
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
      store = await open();
      await store.saveHistory('general', [makeTurn('1')]);
    });
    afterEach(async () => {
      vi.useRealTimers();
      await store.close();
      execFileSync('umount', [disk]);
      await rm(disk, { recursive: true });
    });

    async function fill(): Promise<void> {
      for (const size of [65_536, 4096, 512])
        for (let count = 0; count < 2000; count += 1) {
          const isFull = await appendFile(join(disk, 'filler'), Buffer.alloc(size)).then(
            () => false,
            () => true,
          );
          if (isFull) break;
        }
    }
    const large = makeTurn('2', { text: 'x'.repeat(100_000) });

    test('that is full: writes fail, all that is there and the lease stay, and it goes on when there is room', async () => {
      const lease = await store.takeLease(undefined, new AbortController().signal);
      await fill();
      await expect(store.saveHistory('general', [makeTurn('1'), large])).rejects.toMatchObject({
        code: 'store-failed',
      });
      await expect(store.saveTurn(large)).rejects.toMatchObject({ code: 'store-failed' });
      expect(await store.loadHistory('general')).toEqual([makeTurn('1')]);
      // Long after it should have been renewed, it can be seen that nobody else has taken it.
      vi.useFakeTimers({ now: Date.now() + leaseMs, toFake: ['Date'] });
      await lease.confirm();
      vi.useRealTimers();
      await rm(join(disk, 'filler'));
      await store.saveHistory('general', [makeTurn('1'), large]);
      expect(await store.loadHistory('general')).toEqual([makeTurn('1'), large]);
    });

    test('that may only be read is not opened, and says so', async () => {
      await store.close();
      await remount('ro');
      await expect(open()).rejects.toMatchObject({
        problems: [{ variable: 'STORE_URL', advice: expect.stringContaining('cannot be used as the store (') }],
      });
      await remount('rw');
      store = await open();
      expect(await store.loadHistory('general')).toEqual([makeTurn('1')]);
    });

    async function remount(mode: 'ro' | 'rw'): Promise<void> {
      execFileSync('mount', ['-o', `remount,${mode}`, disk]);
    }
  },
);
