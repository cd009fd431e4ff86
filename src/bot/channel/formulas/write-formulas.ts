/**
 * Writes the formulas of a text so that a platform without LaTeX shows them: in Unicode where that says it as well, else as code, which
 * nothing is taken out of; these are to be drawn, too. Pure. Of a growing text nothing changes that was written before.
 */
import { findFormulas } from './find-formulas.ts';
import { toUnicode } from './unicode-math.ts';

export interface WrittenText {
  readonly text: string;
  /** LaTeX of those that a picture says better, each once, in their order. */
  readonly formulas: readonly string[];
}

/** More, or longer ones, are not drawn. */
const mostDrawn = 8;
const longestDrawn = 2000;

/** @param isGrowing Whether more of the text may come: its end is left out while it may be the beginning of a formula. */
export function writeFormulas(text: string, isGrowing: boolean): WrittenText {
  const { segments } = findFormulas(text, isGrowing);
  const formulas = new Set<string>();
  let written = '';
  for (const segment of segments) {
    if (segment.type === 'text') {
      written = after(written, segment.text);
      continue;
    }
    const { latex, isInline } = segment;
    const isAtStart = written === '' || written.endsWith('\n');
    const unicode = toUnicode(latex, isInline);
    if (unicode !== undefined) {
      written = after(written, isAtStart ? unicode.replace(/^[>#]/, '\\$&') : unicode);
      continue;
    }
    if (formulas.size < mostDrawn && latex.length <= longestDrawn) formulas.add(latex);
    const isBlock = !isInline && isAtStart && latex.includes('\n');
    written = after(written, isBlock ? `\`\`\`tex\n${latex}\n\`\`\`` : `\`${latex.split(/\s+/).join(' ')}\``);
  }
  return { text: written, formulas: [...formulas] };
}

/** One behind the other, so that code does not run into what comes after it. */
function after(before: string, text: string): string {
  if (before.endsWith('\n```') && !text.startsWith('\n')) return `${before}\n${text.trimStart()}`;
  return before.endsWith('`') && text.startsWith('`') ? `${before} ${text}` : `${before}${text}`;
}
