/** Files that tools return, where a terminal can show none: each is written beside the others of this run, and its path is told. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { FileReference } from '../agent/turn.ts';

export class SavedFiles {
  #folder: Promise<string> | undefined;
  #count = 0;

  /** @returns the path. @throws what the file system throws. */
  async save({ name }: FileReference, data: Uint8Array): Promise<string> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'jupan-'));
    this.#count += 1;
    // Names are the tool server's: they must not lead out of the folder.
    const path = join(await this.#folder, `${this.#count}-${basename(name)}`);
    await writeFile(path, data, { flag: 'wx' });
    return path;
  }
}
