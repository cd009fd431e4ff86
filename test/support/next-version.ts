/**
 * The product as its next version would be: a copy whose records say that they are one version further, and which reads those of this
 * one. What it writes, this version cannot read.
 */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { recordVersion } from '../../src/agent/turn.ts';

export interface NextVersion extends AsyncDisposable {
  /** The folder that it stands in, as this one's repository. */
  readonly root: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

export async function makeNextVersion(): Promise<NextVersion> {
  const folder = await mkdtemp(join(tmpdir(), 'jupan-next-'));
  const next = `${folder}/`;
  await cp(`${root}src`, `${next}src`, { recursive: true });
  await cp(`${root}package.json`, `${next}package.json`);
  await symlink(`${root}node_modules`, `${next}node_modules`);
  await replaceIn(
    `${next}src/agent/turn.ts`,
    `recordVersion = ${recordVersion};`,
    `recordVersion = ${recordVersion + 1};`,
  );
  const older = `turn.version === ${recordVersion - 1}`;
  await replaceIn(`${next}src/agent/store/turn-record.ts`, older, `${older} || turn.version === ${recordVersion}`);
  return { root: next, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

async function replaceIn(path: string, before: string, after: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  if (text.split(before).length !== 2) throw new Error(`${before} does not stand in ${path} once.`);
  await writeFile(path, text.replace(before, after));
}
