/** What the fields of a stored record are held against. */

export type Fields = Readonly<Record<string, unknown>>;

export function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

export function isText(value: unknown): boolean {
  return typeof value === 'string';
}

export function isTrue(value: unknown): boolean {
  return value === true;
}

export function isOptional(value: unknown, isIt: (value: unknown) => boolean): boolean {
  return value === undefined || isIt(value);
}

export function hasTexts(value: Fields, ...names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === 'string');
}

export function hasNumbers(value: Fields, ...names: readonly string[]): boolean {
  return names.every((name) => Number.isFinite(value[name]));
}

/** In ms since 1970 UTC, as far as a date can be told of it (ECMA-262, time values): records are named by the days of their questions. */
export function isTime(value: unknown): value is number {
  return Number.isFinite(value) && Math.abs(Number(value)) <= 8.64e15;
}
