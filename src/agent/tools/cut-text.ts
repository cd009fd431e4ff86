/** Text that a model reads: cut where it is too long, and saying so, so that the model does not take a part for the whole. */
import { cut } from '../../text.ts';

/** At most `length` UTF-16 units of the text, and a line that says how long it was. Never half a character. */
export function cutText(text: string, length: number): string {
  return text.length <= length ? text : withMark(text, length, text.length);
}

/** The texts, each on a line of its own, cut as one. Of what is too long, no more is touched than is taken. */
export function joinCut(texts: readonly string[], length: number): string {
  const total = texts.reduce((sum, text) => sum + text.length + 1, -1);
  if (total <= length) return texts.join('\n');
  const taken: string[] = [];
  for (let room = length + 1; room > 0 && taken.length < texts.length; room -= (taken.at(-1)?.length ?? 0) + 1)
    taken.push((texts[taken.length] ?? '').slice(0, room));
  return withMark(taken.join('\n'), length, total);
}

/** @param text More than `length`. */
function withMark(text: string, length: number, total: number): string {
  // With one unit more, so that it is cut, whose ellipsis then goes on the line of the mark.
  const head = cut(`${text.slice(0, length + 1)} `, length + 1).slice(0, -1);
  return `${head}\n… (cut here: ${total} characters in all)`;
}
