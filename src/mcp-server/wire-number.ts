/** Numbers as they stood in the JSON text: a JavaScript number has room for about 16 digits, and callers send more. */

/** A JSON number that no JavaScript number stands for digit by digit, such as 9007199254740993 or 1E400. */
export class WireNumber {
  /** As it was written. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Keys whose numbers belong to the protocol, which wants JavaScript ones. */
const protocolKeys: ReadonlySet<string> = new Set(['id', 'requestId', 'progressToken']);

/** All numbers that get changed by JSON.parse have 16 digits or an exponent. */
const mayBeChanged = /[\d.]{16}|\d[eE]/;

/** Parses JSON as `JSON.parse` does, but keeps what it would round as {@link WireNumber}. @throws {SyntaxError} */
export function parseWithExactNumbers(json: string): unknown {
  // A reviver makes parsing four times slower, and most numbers are short.
  if (!mayBeChanged.test(json)) return JSON.parse(json);
  return JSON.parse(json, (key, value: unknown, { source }: { source?: string }) => {
    const isExact = typeof value !== 'number' || source === undefined || String(value) === source;
    return isExact || protocolKeys.has(key) ? value : new WireNumber(source);
  });
}
