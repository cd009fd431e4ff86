/** The text of a `.env`: single values put into it, everything else left as it is. */
import { commandFor } from '../started-as.ts';

/** A variable that is undefined is taken out. */
export type Changes = Readonly<Record<string, string | undefined>>;

const heading = `# Settings of Jupan, made by ${commandFor('setup')}. All there are, with their meaning: .env.example\n`;

/** @param text Of the file as it is; empty where there is none. */
export function changeEnv(text: string, changes: Changes): string {
  const left = new Map(Object.entries(changes));
  const lines = text.split('\n').flatMap((line) => {
    const name = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(line)?.[1];
    if (name === undefined || !Object.hasOwn(changes, name)) return [line];
    const value = left.get(name);
    // Of several lines for one variable the last would count.
    left.delete(name);
    return value === undefined ? [] : [`${name}=${quote(value)}`];
  });
  const added = [...left].flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${quote(value)}`]));
  const before = lines.join('\n').trimEnd();
  return [before === '' ? heading.trimEnd() : before, ...added, ''].join('\n');
}

/** As dotenv reads it: in single quotes nothing has a meaning. */
function quote(value: string): string {
  if (/^[\w.:/@+=,%?&~-]*$/.test(value)) return value;
  return value.includes("'") ? `"${value}"` : `'${value}'`;
}
