/** How a question is quoted above its answer, where nothing else shows it. Pure. */
import type { Question } from '../../agent/turn.ts';
import { cut, toShownLine } from '../../text.ts';
import type { Surface } from './place.ts';

const longestText = 700;
const longestLine = 80;
/** Of one question; the others stand in the record all the same. */
const mostFiles = 3;

/** The question's words, the message that it is about, and the names of its files. */
export function toHead(
  { text, quotes = [], attachments = [] }: Question,
  surface: Pick<Surface, 'toPlainLines'>,
): string {
  const chosen = quotes
    .filter(({ relation }) => relation === 'chosen')
    .map((quote) => toShownLine(`↳ ${quote.authorName ?? '?'}: ${quote.text || '…'}`, longestLine));
  const files = attachments
    .filter(({ quote, source }) => quote === undefined && source?.type !== 'prompt')
    .slice(0, mostFiles)
    .map(({ name }) => toShownLine(`📎 ${name}`, longestLine));
  if (chosen.length + files.length === 0) return text;
  return [cut(text, longestText), ...surface.toPlainLines([...chosen, ...files])].join('\n');
}
