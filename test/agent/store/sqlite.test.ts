import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTurnStore } from '../../../src/agent/store/open.ts';
import { silentLogger } from '../../../src/log.ts';
import { makeFolder } from './places.ts';
import { makeTurn } from './turns.ts';

const writer = new URL('./writer.ts', import.meta.url).pathname;
const open = (path: string) => openTurnStore(`sqlite://${path}`, { log: silentLogger });

describe('a turn store in an sqlite file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await makeFolder();
  });
  afterAll(() => rm(folder, { recursive: true }));

  function startWriter(path: string, prefix: string, count: number) {
    return spawn(process.execPath, [writer, `sqlite://${path}`, prefix, String(count)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  test('has every acknowledged write after kill -9', async () => {
    const path = join(folder, 'killed.sqlite');
    for (const [round, killAfter] of [1, 40, 150].entries()) {
      const child = startWriter(path, `round${round}`, 100_000);
      const exited = once(child, 'exit');
      let acknowledged = 0;
      for await (const line of createInterface(child.stdout)) {
        acknowledged = Number(line);
        if (acknowledged === killAfter) child.kill('SIGKILL');
      }
      await exited;
      const store = await open(path);
      const stored = new Set((await store.loadTurns()).map((turn) => turn.question.id));
      await store.close();
      expect(acknowledged).toBeGreaterThanOrEqual(killAfter);
      for (let number = 1; number <= acknowledged; number++) expect(stored).toContain(`round${round}-${number}`);
    }
  });

  test('is waited for while another program writes to it, and not for ever', async () => {
    const path = join(folder, 'locked.sqlite');
    await (await open(path)).close();
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const opened = open(path);
    // Longer than a single call waits.
    await sleep(1_700);
    other.exec('ROLLBACK');
    const store = await opened;
    await store.saveTurn(makeTurn('1'));
    await store.close();
    other.exec('BEGIN IMMEDIATE');
    await expect(open(path)).rejects.toThrow(/STORE_URL: .*another program keeps it locked/);
    other.close();
  });

  test('is shared by processes that open a new file and write at the same time', async () => {
    const path = join(folder, 'shared.sqlite');
    const exits = ['a', 'b', 'c'].map(async (prefix) => {
      const child = startWriter(path, prefix, 100);
      child.stdout.resume();
      return (await once(child, 'exit'))[0];
    });
    expect(await Promise.all(exits)).toEqual([0, 0, 0]);
    const store = await open(path);
    expect(await store.loadTurns()).toHaveLength(300);
    await store.close();
  });

  test('fails all writes of one moment when the file refuses them, and takes later ones', async () => {
    const path = join(folder, 'refusing.sqlite');
    const store = await open(path);
    const other = new DatabaseSync(path);
    other.exec("CREATE TRIGGER refuse BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'refused'); END");
    const writes = await Promise.allSettled([store.saveTurn(makeTurn('1')), store.saveTurn(makeTurn('2'))]);
    expect(writes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await store.loadTurns()).toEqual([]);
    other.exec('DROP TRIGGER refuse');
    other.close();
    await store.saveTurn(makeTurn('3'));
    expect(await store.loadTurns()).toEqual([makeTurn('3')]);
    await store.close();
  });

  test('writes what is under way before it closes', async () => {
    const path = join(folder, 'closing.sqlite');
    const store = await open(path);
    const saved = store.saveTurn(makeTurn('1'));
    await Promise.all([saved, store.close()]);
    const again = await open(path);
    expect(await again.loadTurns()).toEqual([makeTurn('1')]);
    await again.close();
  });

  test('takes a path that is relative to the current folder', async () => {
    const path = `node_modules/.cache/jupan-test-${process.pid}/store.sqlite`;
    const store = await open(path);
    await store.close();
    expect(existsSync(path)).toBe(true);
    await rm(join(path, '..'), { recursive: true });
  });

  test.each([
    ['a folder', () => folder],
    ['no database', () => join(folder, 'text.sqlite')],
    ['below a file', () => join(folder, 'text.sqlite', 'store.sqlite')],
    ['where nothing can be made', () => '/proc/jupan/store.sqlite'],
  ])('says which path cannot be used and what to give instead: %s', async (_, path) => {
    await writeFile(join(folder, 'text.sqlite'), 'This is a letter, and no database at all. '.repeat(100));
    await expect(open(path())).rejects.toMatchObject({
      problems: [
        {
          variable: 'STORE_URL',
          advice: expect.stringMatching(
            /^sqlite:\/\/\S+ cannot be used as the store \(.+\): give STORE_URL the path of .+\.$/,
          ),
        },
      ],
    });
  });
});
