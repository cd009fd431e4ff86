/** Names that Discord takes for commands and options, made of names that are anybody's. Pure. */
import { createHash } from 'node:crypto';

/** In UTF-16 units; Discord counts characters. Source: https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-naming */
const longest = 32;
const markLength = 4;

/** In lower case, whatever is no letter or digit of any script as a dash; `x` where nothing is left. */
export function toCommandName(text: string): string {
  const name = text
    .slice(0, 4 * longest)
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]/gu, '-');
  // What is cut may end within a character of two units.
  const whole = dashed(name).slice(0, longest).toWellFormed().replaceAll('\ufffd', '');
  return dashed(whole) || 'x';
}

/** Names in the order of the texts, each once and none of the reserved ones: where two would be the same, both get a mark made of their text. */
export function toUniqueNames(texts: readonly string[], reserved: readonly string[] = []): string[] {
  const plain = texts.map(toCommandName);
  const counts = new Map<string, number>();
  for (const name of [...plain, ...reserved]) counts.set(name, (counts.get(name) ?? 0) + 1);
  const taken = new Set([...reserved, ...plain.filter((name) => counts.get(name) === 1)]);
  return texts.map((text, place) => {
    const name = plain[place] ?? '';
    if (counts.get(name) === 1) return name;
    let marked = withMark(name, text);
    for (let round = 1; taken.has(marked); round += 1) marked = withMark(name, `${text}\n${round}`);
    taken.add(marked);
    return marked;
  });
}

function withMark(name: string, text: string): string {
  const mark = createHash('sha256').update(text).digest('hex').slice(0, markLength);
  return `${toCommandName(name.slice(0, longest - markLength - 1))}-${mark}`;
}

/** One dash for several, and none at either end. */
function dashed(name: string): string {
  return name
    .split('-')
    .filter((part) => part !== '')
    .join('-');
}
