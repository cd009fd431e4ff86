/** Addresses with variables in braces, as tool servers name what has no end of addresses. What is needed of RFC 6570, level 2. Pure. */

interface Piece {
  readonly isVariable: boolean;
  /** The name of a variable, or the text itself. */
  readonly text: string;
  /** Of a variable: whether slashes and the like stand as they are. */
  readonly isRaw: boolean;
}

export interface TypedVariable {
  readonly variable: string;
  /** What is typed of it. */
  readonly typed: string;
  /** Those before it. */
  readonly given: Readonly<Record<string, string>>;
  /** The address with the variable filled in by something else; of those after it, the names stay. */
  fill(value: string): string;
}

/** The variable of the template that the address, so far, ends in. Undefined where the address is none of the template's. */
export function typedVariable(template: string, address: string): TypedVariable | undefined {
  const pieces = toPieces(template);
  const given: Record<string, string> = {};
  let place = 0;
  for (const [index, piece] of pieces.entries()) {
    if (!piece.isVariable) {
      if (!address.startsWith(piece.text, place)) return undefined;
      place += piece.text.length;
      continue;
    }
    const next = pieces[index + 1]?.text;
    const end = next === undefined ? -1 : address.indexOf(next, place);
    if (end > place) {
      given[piece.text] = decode(address.slice(place, end));
      place = end;
      continue;
    }
    const rest = template.slice(offsetAfter(template, index));
    const before = address.slice(0, place);
    return {
      variable: piece.text,
      typed: decode(address.slice(place)),
      given,
      fill: (value) => before + (piece.isRaw ? value : encodeURIComponent(value.toWellFormed())) + rest,
    };
  }
  return undefined;
}

/** Whether the address is one of the template's: each variable is filled in. */
export function isOfTemplate(template: string, address: string): boolean {
  const pieces = toPieces(template);
  let place = 0;
  for (const [index, piece] of pieces.entries()) {
    if (piece.isVariable) {
      const next = pieces[index + 1]?.text;
      const end = next === undefined ? address.length : address.indexOf(next, place + 1);
      if (end <= place) return false;
      place = end;
    } else {
      if (!address.startsWith(piece.text, place)) return false;
      place += piece.text.length;
    }
  }
  return place === address.length && !/[{}]/.test(address);
}

function toPieces(template: string): Piece[] {
  return template
    .split(/(\{[^{}]*\})/)
    .filter((part) => part !== '')
    .map((part) => {
      if (!part.startsWith('{') || !part.endsWith('}')) return { isVariable: false, text: part, isRaw: true };
      const inner = part.slice(1, -1);
      const isRaw = inner.startsWith('+');
      return { isVariable: true, text: isRaw ? inner.slice(1) : inner, isRaw };
    });
}

/** Where the template goes on after the piece. */
function offsetAfter(template: string, index: number): number {
  const parts = template.split(/(\{[^{}]*\})/).filter((part) => part !== '');
  return parts.slice(0, index + 1).reduce((sum, part) => sum + part.length, 0);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Half of something encoded.
    return text;
  }
}
