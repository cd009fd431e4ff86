/** Cuts an expression into tokens. Knows how numbers and signs are written, not what they mean. */
import { CalculatorError } from '../arithmetic/calculator-error.ts';

export interface Token {
  readonly kind: 'number' | 'name' | 'sign' | 'end';
  /** Names in lower case, signs in their ASCII form. */
  readonly text: string;
  /** Counted in characters, from 1. */
  readonly position: number;
}

/** Longest expression, in characters. */
export const maximumLength = 10_000;

const spellings: Readonly<Record<string, string>> = {
  '×': '*',
  '·': '*',
  '⋅': '*',
  '∙': '*',
  '✕': '*',
  '✖': '*',
  '÷': '/',
  '∕': '/',
  '−': '-',
  '–': '-',
  π: 'pi',
};

const pattern =
  /(?<space>\s+)|(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>\p{L}[\p{L}\d_]*)|(?<sign>\*\*|[-+*/^%!(),√])/uy;

/** The tokens, closed by an `end`. @throws {CalculatorError} that names the first character that no expression has. */
export function tokenize(expression: string): Token[] {
  if (expression.length > maximumLength) {
    throw new CalculatorError(
      `The expression is too long: ${expression.length} characters, and ${maximumLength} are allowed.`,
    );
  }
  const characters = [...expression].map(toAscii);
  const text = characters.join('');
  const positions = characters.flatMap((character, index) => Array.from(character, () => index + 1));
  const tokens: Token[] = [];
  let index = 0;
  while (index < text.length) {
    pattern.lastIndex = index;
    const groups = pattern.exec(text)?.groups;
    const position = positions[index] ?? 1;
    if (groups === undefined) throw unexpected(String.fromCodePoint(text.codePointAt(index) ?? 0), position);
    const { space, number, name, sign } = groups;
    if (number !== undefined) tokens.push({ kind: 'number', text: number, position });
    if (name !== undefined) tokens.push({ kind: 'name', text: name.toLowerCase(), position });
    if (sign !== undefined) tokens.push({ kind: 'sign', text: sign === '**' ? '^' : sign, position });
    index += (space ?? number ?? name ?? sign ?? ' ').length;
  }
  tokens.push({ kind: 'end', text: '', position: characters.length + 1 });
  return tokens;
}

/** «Unexpected ")" at position 5.» with advice, if there is any, behind it. */
export function unexpected(what: string, position: number, advice = ''): CalculatorError {
  return new CalculatorError(
    `Unexpected "${shortened(what)}" at position ${position}${advice === '' ? '' : `: ${advice}`}.`,
  );
}

/** What an error message quotes of a token, which may be as long as the expression. */
export function shortened(text: string): string {
  return text.length > 30 ? `${text.slice(0, 30)}…` : text;
}

/** Full-width forms (as East Asian keyboards type them) and typographic signs become the ASCII ones. */
function toAscii(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCodePoint(code - 0xfee0);
  return spellings[character] ?? character;
}
