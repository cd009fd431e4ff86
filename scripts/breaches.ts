/** What in `src` breaks the rules of `rooms.ts`: imports between rooms, packages in the wrong place, circles of imports, type-only ones too. */
import { globSync, readFileSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { findCircles } from './circles.ts';
import { type Import, readImports } from './imports.ts';
import { launcher, leaves, packages, type Room, rooms } from './rooms.ts';

/** @param folder The one that holds `src`. @returns a line for each breach. */
export function findBreaches(folder: string): string[] {
  const root = resolve(folder);
  const paths = globSync('src/**/*.{ts,mts,cts,js,mjs,cjs}', { cwd: root }).map((path) => path.replaceAll(sep, '/'));
  const importsOf = new Map(
    paths.toSorted().map((path) => [path, readImports(root, path, readFileSync(`${root}/${path}`, 'utf8'))]),
  );
  const crossings = [...importsOf].flatMap(([path, imports]) =>
    imports.flatMap((each) => {
      const problem = findProblem(path, each);
      return problem === undefined ? [] : [`${path}:${each.line} ${problem}`];
    }),
  );
  const graph = new Map([...importsOf].map(([path, imports]) => [path, imports.flatMap(toImportedFile)]));
  const circles = findCircles(graph).map((circle) => `${circle.join(', ')}: imported in a circle.`);
  return [...crossings, ...circles];
}

function toImportedFile({ target, kind }: Import): string[] {
  return target.type === 'file' && kind !== 'program' ? [target.path] : [];
}

function findProblem(path: string, { target, kind }: Import): string | undefined {
  const room = roomOf(path);
  if (room === undefined) return 'is in a folder that scripts/rooms.ts does not know. Say there what it may import.';
  switch (target.type) {
    case 'computed':
      return path === launcher
        ? undefined
        : 'imports what it computes a name for: nobody can check that. Write it out.';
    case 'package':
      return findPackageProblem(path, target.name);
    case 'file':
      return mayImport(room, target.path, kind) ? undefined : `imports ${target.path}. ${room.knows}`;
  }
}

function mayImport(room: Room, path: string, kind: Import['kind']): boolean {
  const targetRoom = roomOf(path);
  if (targetRoom === room || targetRoom?.folder === leaves || (path === launcher && kind === 'program')) return true;
  const allowed = [...(room.imports ?? []), ...(kind === 'type' ? (room.types ?? []) : [])];
  return allowed.some((place) => isWithin(path, place));
}

function findPackageProblem(path: string, name: string): string | undefined {
  if (name.startsWith('node:')) return undefined;
  const places = packages[name];
  if (places === undefined) return `imports ${name}. Say in scripts/rooms.ts where that package may be imported.`;
  if (places.some((place) => isWithin(path, place))) return undefined;
  return `imports ${name}. It may be imported in ${places.join(' and ')} only.`;
}

/** Undefined outside of `src`, and in a folder of it that has no room. */
function roomOf(path: string): Room | undefined {
  return rooms
    .filter(({ folder }) => (folder === leaves ? /^src\/[^/]+$/.test(path) : path.startsWith(folder)))
    .toSorted((one, other) => other.folder.length - one.folder.length)[0];
}

/** @param place A folder, with a slash at its end, or a file. */
function isWithin(path: string, place: string): boolean {
  return place.endsWith('/') ? path.startsWith(place) : path === place;
}
