/** Text of models, tools and members, made fit to be shown. Every function takes time that grows with the text and no faster. */

/** One line: breaks, and the space around them, become one space. */
export function toOneLine(text: string): string {
  return text
    .split(/[\n\r\u2028\u2029]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}

/** At most `length` UTF-16 units, an ellipsis in place of the rest; never half a character. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = isHighSurrogate(text.charCodeAt(length - 2)) ? length - 2 : length - 1;
  return `${text.slice(0, end)}…`;
}

/** Characters that cannot be seen but change what is seen, as their code: text that runs backwards, joins, hides, steers a terminal. */
export function toVisible(line: string): string {
  return line.replace(/(?!\u200d)[\p{Cc}\p{Cf}]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** One line of at most `length` UTF-16 units, in which nothing is hidden. */
export function toShownLine(text: string, length: number): string {
  // Twice as much is enough for what is left when space is taken away; more would only cost time.
  return cut(toVisible(toOneLine(cut(text, 2 * length))), length);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
