/** Files that are there whole or not at all, whenever the program is stopped. */
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Written beside it under another name and put in its place: in one step that nothing can come between. @param mode Of the file, whatever it had before. */
export function writeWhole(path: string, text: string, mode: number): void {
  // A link stays one.
  const target = existsSync(path) ? realpathSync(path) : path;
  const draft = `${target}.${randomUUID()}.tmp`;
  const file = openSync(draft, 'wx', mode);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  renameSync(draft, target);
}
