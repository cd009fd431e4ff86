/**
 * JSON whose numbers keep the digits they were written with: the model's tool arguments go to the tool to the letter,
 * integers beyond 2^53 and long decimals included.
 */

declare global {
  interface JSON {
    /** Stringifies as `text`, which must be the JSON of a primitive. */
    rawJSON(text: string): unknown;
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
    ): unknown;
  }
}

/** Parses so that `JSON.stringify` of the result writes every number as it was. Not for arithmetic, nor for `structuredClone`, which refuses such numbers. @throws {SyntaxError} */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && JSON.stringify(value) !== source
      ? JSON.rawJSON(source)
      : value,
  );
}
