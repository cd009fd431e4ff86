/** Names that the model's API takes, one for each tool of all servers, always the same for the same tools. */
import { createHash } from 'node:crypto';

const maxNameLength = 64;

/** Tools of this program's own. */
export const searchToolName = 'find_tools';
export const readToolName = 'read_resource';
/** No tool of a server has one of these names. */
export const ownToolNames = [searchToolName, readToolName];

export interface NamedTool {
  readonly server: string;
  readonly tool: string;
  /** Stands before the name whether there is need or not. */
  readonly prefix: string | undefined;
}

/**
 * A name for each entry, in the same order: the tool's own where it is valid and alone, else with the server's name before it.
 * @param reserved Names that none of them may have.
 */
export function toModelNames(entries: readonly NamedTool[], reserved: readonly string[] = []): string[] {
  const plain = entries.map(({ tool, prefix }) => toValidName(prefix === undefined ? tool : `${prefix}_${tool}`));
  const plainCounts = countNames([...plain, ...reserved]);
  const prefixed = entries.map(({ server, tool }, place) => {
    const name = plain[place] ?? '';
    return plainCounts.get(name) === 1 ? name : toValidName(`${server}_${tool}`);
  });
  const prefixedCounts = countNames(prefixed);
  const taken = new Set(reserved);
  return entries.map(({ server, tool }, place) => {
    const name = prefixed[place] ?? '';
    const isAlone = prefixedCounts.get(name) === 1 && !taken.has(name);
    const unique = isAlone ? name : withMark(name, `${server}\n${tool}`);
    taken.add(unique);
    return unique;
  });
}

function countNames(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Also for names that a model made up and that are sent back to it. */
export function toValidName(name: string): string {
  const valid = name.replace(/[^a-zA-Z0-9_-]/g, '_');
  if (valid === '') return 'unnamed';
  return valid.length > maxNameLength ? withMark(valid, name) : valid;
}

function withMark(name: string, origin: string): string {
  const mark = createHash('sha256').update(origin).digest('hex').slice(0, 8);
  return `${name.slice(0, maxNameLength - mark.length - 1)}_${mark}`;
}
