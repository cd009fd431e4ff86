/** Text of tool servers, models and members as a part of a message of the bot's own. */
import { toShownLine } from '../../text.ts';

/** What Discord takes for markdown, a mention or a link, wherever in a line it stands. Before `//`, a colon makes an address. */
const signs = new Set('\\*_~`|<>[]#');

/**
 * One line of at most `length` UTF-16 units that Discord shows to the letter: no sign in it has an effect on what stands
 * around it, nobody is mentioned, and no address becomes a link.
 */
export function toPlainText(text: string, length: number): string {
  const line = toShownLine(text, length);
  let plain = '';
  for (let place = 0; place < line.length; ) {
    const character = String.fromCodePoint(line.codePointAt(place) ?? 0);
    const isEscaped = signs.has(character) || line.startsWith('://', place);
    const next = isEscaped ? `\\${character}` : character;
    place += character.length;
    const isLast = place === line.length;
    if (plain.length + next.length > (isLast ? length : length - 1)) return `${plain}…`;
    plain += next;
  }
  return plain;
}
