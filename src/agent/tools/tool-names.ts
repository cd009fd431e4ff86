/** Names that the model's API takes, one for each tool of all servers, always the same for the same tools. */
import { createHash } from 'node:crypto';

const maxNameLength = 64;

export interface NamedTool {
  readonly server: string;
  readonly tool: string;
  /** Stands before the name whether there is need or not. */
  readonly prefix: string | undefined;
}

/** A name for each entry, in the same order: the tool's own where it is valid and alone, else with the server's name before it. */
export function toModelNames(entries: readonly NamedTool[]): string[] {
  const plain = entries.map(({ tool, prefix }) => toValidName(prefix === undefined ? tool : `${prefix}_${tool}`));
  const prefixed = entries.map(({ server, tool }, place) =>
    isAlone(plain, place) ? (plain[place] ?? '') : toValidName(`${server}_${tool}`),
  );
  const taken = new Set<string>();
  return entries.map(({ server, tool }, place) => {
    const name = prefixed[place] ?? '';
    const unique = isAlone(prefixed, place) && !taken.has(name) ? name : withMark(name, `${server}\n${tool}`);
    taken.add(unique);
    return unique;
  });
}

/** Also for names that a model made up and that are sent back to it. */
export function toValidName(name: string): string {
  const valid = name.replace(/[^a-zA-Z0-9_-]/g, '_');
  if (valid === '') return 'unnamed';
  return valid.length > maxNameLength ? withMark(valid, name) : valid;
}

function isAlone(names: readonly string[], place: number): boolean {
  const name = names[place];
  return name !== undefined && names.indexOf(name) === names.lastIndexOf(name);
}

function withMark(name: string, origin: string): string {
  const mark = createHash('sha256').update(origin).digest('hex').slice(0, 8);
  return `${name.slice(0, maxNameLength - mark.length - 1)}_${mark}`;
}
