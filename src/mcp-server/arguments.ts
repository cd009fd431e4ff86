/** The arguments of a call, before anybody knows what they are: which there must be, and what stands there instead. */
import { CalculatorError } from './arithmetic/calculator-error.ts';
import { WireNumber } from './wire-number.ts';

/** @throws {CalculatorError} for a name that is missing, and for one that nobody knows. */
export function requireNames(
  tool: string,
  names: readonly string[],
  given: Readonly<Record<string, unknown>>,
  optional: readonly string[] = [],
): void {
  const list = [...names, ...optional].map((name) => `"${name}"`).join(' and ');
  const missing = names.find((name) => given[name] === undefined);
  if (missing !== undefined) throw new CalculatorError(`The argument "${missing}" is missing: ${tool} takes ${list}.`);
  const unknown = Object.keys(given).find((name) => !names.includes(name) && !optional.includes(name));
  if (unknown !== undefined) {
    throw new CalculatorError(`There is no argument "${unknown.slice(0, 30)}": ${tool} takes ${list}.`);
  }
}

/** What a value is that should be something else. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return 'text';
  return typeof value === 'number' || value instanceof WireNumber ? 'a number' : 'an object';
}
