/** Reads single values of a picture's arguments. */
import { toOneLine } from '../../text.ts';
import { describe } from '../arguments.ts';
import { CalculatorError } from '../arithmetic/calculator-error.ts';
import { WireNumber } from '../wire-number.ts';

/** More of a text is not read: no picture has room for it. */
const longestText = 500;

/** One line. Absent: empty. */
export function readTitle(name: string, value: unknown): string {
  return value === undefined || value === null ? '' : readLine(`"${name}"`, value);
}

/** One line; numbers are text here, as in labels that are years. @param what for the sentence on what is wrong. */
export function readLine(what: string, value: unknown): string {
  const given = value instanceof WireNumber ? value.text : typeof value === 'number' ? String(value) : value;
  if (typeof given !== 'string') throw new CalculatorError(`${what} must be text, but it is ${describe(given)}.`);
  return toOneLine(given.slice(0, longestText)).toWellFormed();
}

/** A number, or text that is one. */
export function readDouble(what: string, value: unknown, largest: number): number {
  const given = value instanceof WireNumber ? value.text : value;
  const isText = typeof given === 'string' && given.length <= longestText && given.trim() !== '';
  const number = typeof given === 'number' ? given : isText ? Number(given) : Number.NaN;
  if (Number.isNaN(number)) {
    const instead = typeof given === 'string' ? 'text that is no number' : describe(given);
    throw new CalculatorError(`${what} must be a number such as 42 or -0.5, but it is ${instead}.`);
  }
  if (Math.abs(number) > largest) {
    throw new CalculatorError(`${what} must lie between -${largest} and ${largest}.`);
  }
  // There is no -0 for people.
  return number + 0;
}

export function readList(name: string, value: unknown, of: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new CalculatorError(`"${name}" must be a list of ${of}, but it is ${describe(value)}.`);
}
