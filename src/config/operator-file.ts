/** Reads the file that JUPAN_CONFIG names. Once, at the start. */
import { readFile } from 'node:fs/promises';
import type { OperatorFile } from './operator-schema.ts';
import type { Environment } from './settings.ts';

export type { OperatorFile } from './operator-schema.ts';

export interface LoadedOperatorFile {
  readonly file: OperatorFile;
  /** What is wrong with it, in sentences that go on where the name of the variable ends. */
  readonly problems: readonly string[];
}

export const noOperatorFile: LoadedOperatorFile = { file: {}, problems: [] };

/** Problems that are named at most. */
const mostProblems = 10;

export async function loadOperatorFile(environment: Environment): Promise<LoadedOperatorFile> {
  const path = environment.JUPAN_CONFIG?.trim();
  if (path === undefined || path === '') return noOperatorFile;
  const refuse = (...problems: string[]): LoadedOperatorFile => ({ file: {}, problems });
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'is not valid JSON' : 'cannot be read';
    return refuse(`should name a JSON file with settings of Jupan: ${path} ${reason}.`);
  }
  // The schema library takes a twentieth of a second to load.
  const { operatorSchema } = await import('./operator-schema.ts');
  const { data, error } = operatorSchema.safeParse(content);
  if (error === undefined) return { file: data, problems: [] };
  return refuse(
    ...error.issues.slice(0, mostProblems).map(({ path: place, message, code }) => {
      const where = place.length === 0 ? 'the whole' : `"${place.map(String).join('.')}"`;
      return code === 'custom'
        ? `names ${path}, where ${where} needs ${message}.`
        : `names ${path}, where ${where} is wrong: ${message}.`;
    }),
  );
}
