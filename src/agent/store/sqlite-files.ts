/** The files of an SQLite store: they hold what members write, and are for the eyes of whoever runs the bot alone. */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Logger } from '../../log.ts';

const folderMode = 0o700;
const fileMode = 0o600;
/** What SQLite puts beside the file, with its mode. */
const suffixes = ['', '-wal', '-shm', '-journal'];

/** Makes folder and file where they are missing, so that nobody else could read them in between. What is there is left as it is. */
export function makeFiles(file: string): void {
  makeFolder(dirname(file));
  closeSync(openSync(file, 'a', fileMode));
}

/**
 * Takes rights from others, where an earlier version or somebody else gave them. Of a folder that holds other things than the
 * store, it is not this program's to take. To be called once it is sure that the file is a store. Never throws.
 */
export function closeToOthers(file: string, log: Logger): void {
  try {
    for (const path of suffixes.map((suffix) => file + suffix)) if (existsSync(path)) restrict(path, fileMode);
    if (isAlone(file)) restrict(dirname(file), folderMode);
  } catch (error) {
    const note = 'Others on this machine may be able to read conversations: the files belong to somebody else.';
    log.warn('store-files-open', { store: file, note, error });
  }
}

/** Those of the files that others on this machine may read or write. */
export function filesOpenToOthers(file: string): string[] {
  return suffixes
    .map((suffix) => file + suffix)
    .filter((path) => existsSync(path) && (statSync(path).mode & 0o077) !== 0);
}

/** Room on the disk of a file or folder. */
export function freeBytesAt(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

function restrict(path: string, mode: number): void {
  const current = statSync(path).mode & 0o777;
  if ((current & ~mode) !== 0) chmodSync(path, current & mode);
}

function isAlone(file: string): boolean {
  const own = suffixes.map((suffix) => basename(file) + suffix);
  return readdirSync(dirname(file)).every((name) => own.includes(name));
}

/** Not mkdir's `recursive`: where a folder can never be made, such as below /proc, it tries for ever. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: folderMode });
  } catch (error) {
    // Another process may have made it in between.
    if (!existsSync(folder)) throw error;
  }
}
