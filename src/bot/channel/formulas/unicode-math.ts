/** LaTeX written in Unicode, where that says it as well: x², √2, π ≤ 4. Pure, and bounded: what is long or deep is not tried. */
import {
  accents,
  doubleStruck,
  type SymbolKind,
  symbolOf,
  symbolsByName,
  toSubscript,
  toSuperscript,
  toVulgarFraction,
} from './symbols.ts';

/** `quotient`: a/b, which needs brackets beside what is multiplied with it. */
interface Piece {
  readonly text: string;
  readonly kind: SymbolKind | 'quotient' | 'root';
  /** A number, or one letter with what stands at it: needs no brackets below a line. */
  readonly isFactor?: boolean;
  /** With spaces between it and the piece before it. */
  readonly isApart?: boolean;
}

/** Longer or deeper LaTeX is not tried. */
const longest = 400;
const deepest = 8;
/** What stands in brackets above or below a line, or under a root, may be so long. */
const longestInBrackets = 24;

/** Changes how TeX sets what comes, and nothing that Unicode could say. */
const ignored = new Set(
  `displaystyle textstyle scriptstyle limits nolimits left right middle ! big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl
  Biggr mathstrut strut nonumber notag`.split(/\s+/),
);
const bigOperators = new Set(['sum', 'prod', 'int', 'iint', 'iiint', 'oint']);
const fractionCommands = new Set(['frac', 'dfrac', 'tfrac', 'cfrac']);
const textCommands = new Set(['text', 'textrm', 'textbf', 'textit', 'textnormal', 'mbox', 'mathrm', 'operatorname']);
const fontCommands = new Set(['mathbf', 'boldsymbol', 'bm', 'mathit', 'mathsf', 'mathnormal', 'boxed', 'pmb']);

class Unwritable extends Error {}

/**
 * @param isInline Within a sentence, where brackets are better than a picture.
 * @returns undefined where a picture says it better.
 */
export function toUnicode(latex: string, isInline: boolean): string | undefined {
  if (latex.length > longest) return undefined;
  try {
    const reader = new Reader(latex, isInline);
    const written = join(reader.readAll()).trim();
    // Discord hides what stands between two of them.
    return written === '' || written.includes('||') ? undefined : written;
  } catch (error) {
    if (error instanceof Unwritable) return undefined;
    throw error;
  }
}

class Reader {
  readonly #latex: string;
  readonly #isInline: boolean;
  #at = 0;
  #depth = 0;

  constructor(latex: string, isInline: boolean) {
    this.#latex = latex;
    this.#isInline = isInline;
  }

  readAll(): Piece[] {
    const pieces = this.#readList();
    if (this.#at < this.#latex.length) throw new Unwritable();
    return pieces;
  }

  /** Up to the bracket that closes the group, or the end. */
  #readList(): Piece[] {
    this.#depth += 1;
    if (this.#depth > deepest) throw new Unwritable();
    const pieces: Piece[] = [];
    for (;;) {
      const isApart = this.#skipSpaces();
      const next = this.#latex[this.#at];
      if (next === undefined || next === '}') break;
      if (next === '^' || next === '_') pieces.push(this.#withScript(pieces.pop()));
      else
        for (const [index, piece] of this.#readNext().entries())
          pieces.push(index === 0 ? { ...piece, isApart } : piece);
    }
    this.#depth -= 1;
    return pieces;
  }

  /** One thing: a character, a number, a word, a command with its arguments, or what a group holds. */
  #readNext(): Piece[] {
    const rest = this.#latex.slice(this.#at);
    const word = /^(?:\d+(?:\.\d+)?|[A-Za-z]+)/.exec(rest)?.[0];
    if (word !== undefined) {
      this.#at += word.length;
      return [{ text: word, kind: 'plain', isFactor: /^(?:\d.*|d?[A-Za-z])$/.test(word) }];
    }
    if (rest.startsWith('{')) {
      const pieces = this.#readGroup();
      // TeX's way to write a comma within a number.
      return pieces.length === 1 && pieces[0]?.kind === 'comma' ? [{ ...pieces[0], kind: 'plain' }] : pieces;
    }
    if (rest.startsWith('\\')) return this.#readCommand();
    const [character = ''] = rest;
    this.#at += character.length;
    const symbol = symbolOf(character);
    if (symbol === undefined) throw new Unwritable();
    return [{ ...symbol, isFactor: /\p{L}/u.test(character) }];
  }

  #readCommand(): Piece[] {
    const name = /^\\([A-Za-z]+|[\s\S])/.exec(this.#latex.slice(this.#at))?.[1];
    if (name === undefined) throw new Unwritable();
    this.#at += name.length + 1;
    if (ignored.has(name)) {
      // An invisible bracket.
      if (/^(left|right)$/.test(name) && this.#latex[this.#at] === '.') this.#at += 1;
      return [];
    }
    if (fractionCommands.has(name)) return [this.#toFraction(this.#readArgument(), this.#readArgument())];
    if (name === 'sqrt') return [this.#readRoot()];
    if (textCommands.has(name))
      return [{ text: this.#readText(), kind: name === 'operatorname' ? 'function' : 'plain', isFactor: true }];
    if (fontCommands.has(name)) return this.#readArgument();
    if (name === 'mathbb')
      return [{ text: doubleStruck.get(join(this.#readArgument())) ?? fail(), kind: 'plain', isFactor: true }];
    if (name === 'pmod') return [{ text: ` (mod ${join(this.#readArgument())})`, kind: 'plain' }];
    if (name === 'not') return [negated(this.#readNext())];
    const accent = accents.get(name);
    if (accent !== undefined)
      return [{ text: `${oneLetter(this.#readArgument())}${accent}`, kind: 'plain', isFactor: true }];
    const symbol = symbolsByName.get(name);
    if (symbol === undefined) throw new Unwritable();
    // What stands below and above it is for a picture to show.
    if (bigOperators.has(name) && /^\s*(?:\\limits\s*)?[_^]/.test(this.#latex.slice(this.#at))) throw new Unwritable();
    return [{ ...symbol, isFactor: symbol.kind === 'plain' }];
  }

  #withScript(base: Piece = { text: '', kind: 'plain', isFactor: true }): Piece {
    const isRaised = this.#latex[this.#at] === '^';
    this.#at += 1;
    const script = join(this.#readArgument(), true);
    const written = isRaised ? toSuperscript(script) : toSubscript(script);
    if (written === undefined) throw new Unwritable();
    const isBracketed = base.kind === 'quotient' || base.kind === 'root';
    return {
      ...base,
      text: `${isBracketed ? `(${base.text})` : base.text}${written}`,
      kind: isBracketed ? 'plain' : base.kind,
    };
  }

  #toFraction(above: readonly Piece[], below: readonly Piece[]): Piece {
    const [numerator, denominator] = [join(above), join(below)];
    const vulgar = toVulgarFraction(numerator, denominator);
    if (vulgar !== undefined) return { text: vulgar, kind: 'plain', isFactor: true };
    const isProduct = (pieces: readonly Piece[]) =>
      pieces.length > 0 && pieces.every(({ kind, text }) => kind === 'plain' && text !== '/');
    const top = isProduct(above) ? numerator : this.#inBrackets(above);
    const bottom = isProduct(below) && below.length === 1 && below[0]?.isFactor ? denominator : this.#inBrackets(below);
    return { text: `${top}/${bottom}`, kind: 'quotient' };
  }

  #readRoot(): Piece {
    this.#skipSpaces();
    const degree = /^\[(\d{1,2}|[a-z])\]/.exec(this.#latex.slice(this.#at));
    if (degree !== null) this.#at += degree[0].length;
    const pieces = this.#readArgument();
    const sign =
      { '': '√', '2': '√', '3': '∛', '4': '∜' }[degree?.[1] ?? ''] ?? `${toSuperscript(degree?.[1] ?? '') ?? fail()}√`;
    const isFactor = pieces.length === 1 && pieces[0]?.kind === 'plain' && pieces[0].isFactor;
    return { text: `${sign}${isFactor ? join(pieces) : this.#inBrackets(pieces)}`, kind: 'root' };
  }

  /** Nothing that needs a line of its own, and within a sentence only if it is more than a product. */
  #inBrackets(pieces: readonly Piece[]): string {
    const text = join(pieces);
    const isFlat =
      pieces.length > 0 &&
      pieces.every(({ kind }) => kind === 'plain' || kind === 'operation' || kind === 'open' || kind === 'close');
    const isProduct = pieces.every(({ kind }) => kind === 'plain');
    if (!isFlat || text.length > longestInBrackets || !(this.#isInline || isProduct)) throw new Unwritable();
    return `(${text})`;
  }

  /** A group, or one character or command. */
  #readArgument(): Piece[] {
    this.#skipSpaces();
    const next = this.#latex[this.#at];
    if (next === undefined || /[}^_]/.test(next)) throw new Unwritable();
    if (next === '{') return this.#readGroup();
    if (next === '\\') return this.#readCommand();
    if (!/[0-9A-Za-z]/.test(next)) return this.#readNext();
    this.#at += 1;
    return [{ text: next, kind: 'plain', isFactor: true }];
  }

  #readGroup(): Piece[] {
    this.#at += 1;
    const pieces = this.#readList();
    if (this.#latex[this.#at] !== '}') throw new Unwritable();
    this.#at += 1;
    return pieces;
  }

  /** Words. What Discord would make something else of is not taken. */
  #readText(): string {
    this.#skipSpaces();
    const group = /^\{([^{}\\$*_~`|<>#%^]*)\}/.exec(this.#latex.slice(this.#at));
    if (group === null) throw new Unwritable();
    this.#at += group[0].length;
    return group[1] ?? '';
  }

  #skipSpaces(): boolean {
    const from = this.#at;
    while (/\s/.test(this.#latex[this.#at] ?? '')) this.#at += 1;
    return this.#at > from;
  }
}

function fail(): never {
  throw new Unwritable();
}

function negated([piece]: readonly Piece[]): Piece {
  const text = { '=': '≠', '∈': '∉', '≡': '≢', '⊂': '⊄', '∃': '∄' }[piece?.text ?? ''];
  return { text: text ?? fail(), kind: 'relation' };
}

function oneLetter([piece, ...more]: readonly Piece[]): string {
  return piece !== undefined && more.length === 0 && /^\p{L}$/u.test(piece.text) ? piece.text : fail();
}

/** @param isTight As an exponent: without spaces. */
function join(pieces: readonly Piece[], isTight = false): string {
  let text = '';
  let before: Piece | undefined;
  for (const [index, piece] of pieces.entries()) {
    const after = pieces[index + 1];
    // A sign before a number is no operation between two.
    const isSign =
      piece.kind === 'operation' && (before === undefined || !/plain|close|quotient|root/.test(before.kind));
    const shown: Piece = isSign ? { ...piece, kind: 'open' } : piece;
    if (!isTight && needsSpace(before, shown) && !/(^|\s)$/.test(text)) text += ' ';
    text += isTight ? shown.text : bracketed(before, shown, after);
    before = shown;
  }
  return text;
}

function needsSpace(before: Piece | undefined, piece: Piece): boolean {
  if (before === undefined) return false;
  if ([before.kind, piece.kind].some((kind) => kind === 'operation' || kind === 'relation')) return true;
  if (piece.kind === 'function') return before.kind !== 'open';
  if (before.kind === 'function') return piece.kind !== 'open' && piece.kind !== 'quotient';
  if (before.kind === 'comma') return piece.isApart === true || !/^\d/.test(piece.text);
  // Words, and numbers, are not run together.
  const isWord = ({ text, kind }: Piece) =>
    kind === 'plain' && /^(?:\d|\p{L}{2}|[^\P{L}A-Za-z\u0370-\u03ff])/u.test(text);
  return piece.isApart === true && isWord(piece) && (isWord(before) || /[\p{L}\p{N}]$/u.test(before.text));
}

/** a/b and √a in brackets, where they stand beside something that they are multiplied with. */
function bracketed(before: Piece | undefined, { text, kind }: Piece, after: Piece | undefined): string {
  const isBeside = (piece: Piece | undefined) =>
    piece !== undefined && /plain|open|close|quotient|root|function/.test(piece.kind);
  const goesOn = isBeside(after) && after?.kind !== 'close';
  if (kind === 'quotient' && (goesOn || (isBeside(before) && before?.kind !== 'open'))) return `(${text})`;
  if (kind === 'root' && goesOn && !text.endsWith(')')) return text.replace('√', '√(').concat(')');
  return text;
}
