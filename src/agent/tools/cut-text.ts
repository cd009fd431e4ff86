/** Text that a model reads: cut where it is too long, and saying so, so that the model does not take a part for the whole. */
import { cut } from '../../text.ts';

/** At most `length` UTF-16 units of the text, and a line that says how long it was. Never half a character. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = cut(text, length + 1).slice(0, -1);
  return `${head}\n… (cut here: ${text.length} characters in all)`;
}
