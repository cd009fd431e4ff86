/** Who may read the files of an SQLite store. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTurnStore } from '../../../src/agent/store/open.ts';
import { createLogger } from '../../../src/log.ts';
import { makeFolder } from './places.ts';
import { makeTurn } from './turns.ts';

const isRoot = process.getuid?.() === 0;
const writer = new URL('./writer.ts', import.meta.url).pathname;
const nobody = 65_534;

describe('the files of a store', () => {
  let folder: string;
  let path: string;
  let umask: number;
  const lines: string[] = [];
  const log = createLogger({ level: 'warn', stream: { write: (line) => lines.push(line) } });
  const modeOf = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);
  const modes = async () => {
    const names = (await readdir(dirname(path))).filter((name) => name.startsWith('store.sqlite'));
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await modeOf(join(dirname(path), name))])),
    );
  };
  const closed = { 'store.sqlite': '600', 'store.sqlite-wal': '600', 'store.sqlite-shm': '600' };
  /** Opens the store, writes to it, and gives the modes of its files meanwhile. */
  const modesWhileOpen = async () => {
    const store = await openTurnStore(`sqlite://${path}`, { log });
    await store.saveTurn(makeTurn('1'));
    const found = await modes();
    await store.close();
    return found;
  };

  beforeEach(async () => {
    folder = await makeFolder();
    path = join(folder, 'data', 'deep', 'store.sqlite');
    umask = process.umask(0o022);
    lines.length = 0;
  });
  afterEach(async () => {
    process.umask(umask);
    await rm(folder, { recursive: true });
  });

  test('are for their owner alone, and so are the folders that are made for them', async () => {
    expect(await modesWhileOpen()).toEqual(closed);
    expect(await modeOf(join(folder, 'data'))).toBe('700');
    expect(await modeOf(join(folder, 'data', 'deep'))).toBe('700');
    expect(lines).toEqual([]);
  });

  test('are made so where they were not', async () => {
    await modesWhileOpen();
    await chmod(path, 0o644);
    await chmod(dirname(path), 0o755);
    expect(await modesWhileOpen()).toEqual(closed);
    expect(await modeOf(dirname(path))).toBe('700');
  });

  test('leave a folder as it is that holds other things', async () => {
    await mkdir(dirname(path), { recursive: true });
    await chmod(dirname(path), 0o755);
    await writeFile(join(dirname(path), 'letter.txt'), 'not ours');
    expect(await modesWhileOpen()).toEqual(closed);
    expect(await modeOf(dirname(path))).toBe('755');
    expect(await modeOf(join(dirname(path), 'letter.txt'))).toBe('644');
  });

  test('are not taken for those of a store before it is sure that they are', async () => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'This is a letter, and no database at all. '.repeat(100));
    await expect(openTurnStore(`sqlite://${path}`, { log })).rejects.toMatchObject({ code: 'bad-settings' });
    expect(await modeOf(path)).toBe('644');
  });

  test.skipIf(!isRoot)(
    `of somebody else are used as they are, with one warning${isRoot ? '' : ' (skipped: only root can give files away)'}`,
    async () => {
      await modesWhileOpen();
      await chmod(path, 0o666);
      await chmod(dirname(path), 0o777);
      for (const above of [folder, join(folder, 'data')]) await chmod(above, 0o755);
      const child = spawn(process.execPath, [writer, `sqlite://${path}`, 'theirs', '2'], {
        uid: nobody,
        gid: nobody,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [printed, warned] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
      expect(printed).toBe('1\n2\n');
      const warnings = warned.split('\n').filter((line) => line.includes('store-files-open'));
      expect(warnings.map((line) => JSON.parse(line))).toMatchObject([{ level: 'warn', error: { code: 'EPERM' } }]);
    },
  );
});
