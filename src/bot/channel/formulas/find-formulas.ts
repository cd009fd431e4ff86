/**
 * Finds the formulas in a text of a model: `$…$`, `$$…$$`, `\(…\)`, `\[…\]` and `\begin{…}…\end{…}`. Nothing in code is one, nor is
 * money. Pure; takes time that grows with the text and no faster. What is decided of a text stays decided when more comes.
 */
import { functionNames } from './symbols.ts';

export type Segment =
  /** To be shown to the letter. */
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'formula';
      /** Between the signs that enclose it. */
      readonly latex: string;
      /** With these signs. */
      readonly source: string;
      readonly isInline: boolean;
    };

export interface FoundFormulas {
  readonly segments: readonly Segment[];
  /** The end of a growing text, which may be the beginning of a formula. */
  readonly open: string;
}

/** Longer is no formula. */
const longestInline = 300;
const longestDisplay = 4000;
const environments = ['equation', 'align', 'gather', 'multline', 'alignat', 'eqnarray'];

/** What encloses a formula, longest sign first. */
const enclosures = [
  { opens: '$$', closes: '$$', isInline: false },
  { opens: '\\[', closes: '\\]', isInline: false },
  { opens: '\\(', closes: '\\)', isInline: true },
  ...environments
    .flatMap((name) => [name, `${name}*`])
    .map((name) => ({ opens: `\\begin{${name}}`, closes: `\\end{${name}}`, isInline: false })),
  { opens: '$', closes: '$', isInline: true },
] as const;

type Enclosure = (typeof enclosures)[number];

/** `no`: it is none; `open`: it may become one. */
type Attempt = { readonly type: 'no' } | { readonly type: 'open' } | { readonly type: 'formula'; readonly end: number };

/** @param isGrowing Whether more of the text may come. */
export function findFormulas(text: string, isGrowing: boolean): FoundFormulas {
  return new Finder(text, isGrowing).find();
}

class Finder {
  readonly #text: string;
  readonly #isGrowing: boolean;
  readonly #segments: Segment[] = [];
  /** For each sign, the last place where it was found, and from where on it was looked for. */
  readonly #found = new Map<string, { readonly from: number; readonly at: number }>();
  #at = 0;
  /** From here on the text is not in a segment yet. */
  #taken = 0;

  constructor(text: string, isGrowing: boolean) {
    this.#text = text;
    this.#isGrowing = isGrowing;
  }

  find(): FoundFormulas {
    const signs = /[`$\\]/g;
    for (;;) {
      signs.lastIndex = this.#at;
      const next = signs.exec(this.#text);
      if (next === null) break;
      this.#at = next.index;
      if (next[0] === '`') this.#skipCode();
      else if (!this.#take()) return this.#end(this.#at);
    }
    return this.#end(this.#text.length);
  }

  #end(at: number): FoundFormulas {
    this.#keep(at);
    return { segments: this.#segments, open: this.#text.slice(at) };
  }

  #keep(end: number): void {
    if (end > this.#taken) this.#segments.push({ type: 'text', text: this.#text.slice(this.#taken, end) });
    this.#taken = end;
  }

  /** A fence that is not closed goes to the end; a span, to the end of its paragraph. */
  #skipCode(): void {
    const ticks = /`+/y;
    ticks.lastIndex = this.#at;
    const { length } = ticks.exec(this.#text)?.[0] ?? '`';
    const from = this.#at + length;
    if (length >= 3) {
      const end = this.#indexOf('```', from);
      this.#at = end === -1 ? this.#text.length : end + 3;
      while (this.#text[this.#at] === '`') this.#at += 1;
      return;
    }
    const blank = this.#indexOf('\n\n', from);
    const paragraph = blank === -1 ? this.#text.length : blank;
    const closing = /`+/g;
    closing.lastIndex = from;
    for (let run = closing.exec(this.#text); run !== null && run.index < paragraph; run = closing.exec(this.#text)) {
      if (run[0].length !== length) continue;
      this.#at = closing.lastIndex;
      return;
    }
    this.#at = paragraph;
  }

  /** What stands at a `$` or a backslash. @returns false where that cannot be told yet. */
  #take(): boolean {
    const { signs, mayGoOn } = this.#signsHere();
    if (mayGoOn) return false;
    for (const enclosure of signs) {
      const attempt = this.#attempt(enclosure);
      if (attempt.type === 'open') return false;
      if (attempt.type === 'no') continue;
      this.#keep(this.#at);
      const source = this.#text.slice(this.#at, attempt.end);
      const { isInline, opens, closes } = enclosure;
      const isEnvironment = opens.startsWith('\\b');
      const latex = isEnvironment ? source : source.slice(opens.length, -closes.length);
      this.#segments.push({ type: 'formula', latex: this.#unquoted(latex).trim(), source, isInline });
      this.#at = attempt.end;
      this.#taken = attempt.end;
      return true;
    }
    // A sign with a backslash before it means nothing.
    const isEscape = this.#text[this.#at] === '\\';
    const ticks = isEscape ? 2 : 1;
    this.#at = Math.min(this.#text.length, this.#at + (this.#text.startsWith('$$', this.#at) ? 2 : ticks));
    return true;
  }

  #signsHere(): { readonly signs: readonly Enclosure[]; readonly mayGoOn: boolean } {
    const rest = this.#text.slice(this.#at, this.#at + 20);
    const signs = enclosures.filter(({ opens }) => rest.startsWith(opens));
    const isCutOff = this.#at + rest.length === this.#text.length;
    const mayGoOn =
      this.#isGrowing &&
      isCutOff &&
      enclosures.some(({ opens }) => opens.length > rest.length && opens.startsWith(rest));
    // A single one of two is none.
    return { signs: rest.startsWith('$$') ? signs.filter(({ opens }) => opens !== '$') : signs, mayGoOn };
  }

  #attempt({ opens, closes, isInline }: Enclosure): Attempt {
    const from = this.#at + opens.length;
    const isDollar = opens === '$';
    if (isDollar && !this.#mayOpen(from)) return { type: 'no' };
    const at = isDollar ? this.#indexOfDollar(from) : this.#indexOf(closes, from);
    const limit = Math.min(from + (isInline ? longestInline : longestDisplay), this.#endOfPlace(from, isInline));
    const end = at + closes.length;
    if (at === -1 || end > limit) {
      if (!this.#isGrowing || limit < this.#text.length) return { type: 'no' };
      const isNone = isDollar && looksLikeProse(this.#text.slice(from), true);
      return isNone ? { type: 'no' } : { type: 'open' };
    }
    const inner = this.#text.slice(from, at);
    if (inner.trim() === '' || inner.includes('`')) return { type: 'no' };
    if (isDollar && (/\s$/.test(inner) || !isMath(inner) || looksLikeProse(inner, false))) return { type: 'no' };
    // Brackets may have been escaped for another reason: words, a note's number.
    if (/^\\[([]$/.test(opens) && !isMath(inner) && looksLikeProse(inner, false)) return { type: 'no' };
    if (opens === '\\[' && /^\d+$/.test(inner)) return { type: 'no' };
    if (!isDollar) return { type: 'formula', end };
    if (end === this.#text.length && this.#isGrowing) return { type: 'open' };
    return /[A-Za-z0-9$]/.test(this.#text[end] ?? '') ? { type: 'no' } : { type: 'formula', end };
  }

  /** Within a sentence, formulas end before the end of the line. */
  #endOfPlace(from: number, isInline: boolean): number {
    const at = this.#indexOf(isInline ? '\n' : '\n\n', from);
    return at === -1 ? this.#text.length : at;
  }

  /** US$5 and 5$ are money, and so is $ 5. */
  #mayOpen(from: number): boolean {
    return !/[A-Za-z0-9]/.test(this.#text[from - 2] ?? '') && !/^(?:\s|$)/.test(this.#text[from] ?? 'x');
  }

  #indexOfDollar(from: number): number {
    for (let at = this.#indexOf('$', from); at !== -1; at = this.#indexOf('$', at + 1))
      if (this.#text[at - 1] !== '\\') return at;
    return -1;
  }

  /** As `indexOf`; looked for again only where it may be elsewhere than last time. */
  #indexOf(sign: string, from: number): number {
    const last = this.#found.get(sign);
    if (last !== undefined && last.from <= from && (last.at === -1 || last.at >= from)) return last.at;
    const at = this.#text.indexOf(sign, from);
    this.#found.set(sign, { from, at });
    return at;
  }

  /** In a block quote, its sign before each line is no part of the formula. */
  #unquoted(latex: string): string {
    const line = this.#text.lastIndexOf('\n', this.#at) + 1;
    return /^ {0,3}>/.test(this.#text.slice(line, line + 4)) ? latex.replace(/\n {0,3}>/g, '\n') : latex;
  }
}

/** Something must be written that words and prices do not have. */
function isMath(inner: string): boolean {
  return mathSigns.some((sign) => sign.test(inner));
}

const mathSigns = [
  /[\\^_=+*<>|{}−×÷≤≥≈≠√π]/,
  /^[^\s/]+\/[^\s/]+$/,
  /[A-Za-z]'/,
  /[A-Za-z)] *-|- *[A-Za-z(]/,
  /^-?\d+(?:[.,]\d+)*$/,
  /^\d*[A-Za-z](?:\([A-Za-z0-9, ]+\))?(?:, ?[A-Za-z])*$/,
  /^[A-Z]{2,4}$/,
];

/** Words are no formula, save as an argument of a command, and the names of functions. @param isCutOff Whether the last word may go on. */
function looksLikeProse(inner: string, isCutOff: boolean): boolean {
  const bare = inner
    .replace(/\\(?:text|textrm|textbf|mathrm|mbox|operatorname)\s*\{[^{}]*(?:\}|$)/g, ' ')
    .replace(/\\[A-Za-z]+|[_^]\{[^{}]*(?:\}|$)/g, ' ');
  for (const { 0: word, index } of bare.matchAll(/[a-z]{3,}|[^\P{L}\p{Script=Latin}\p{Script=Greek}]+/gu)) {
    const isLast = isCutOff && index + word.length === bare.length;
    const isKnown = functionNames.some((name) => (isLast ? name.startsWith(word) : name === word));
    if (!isKnown) return true;
  }
  return false;
}
