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

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
