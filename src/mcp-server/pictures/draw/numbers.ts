/** Numbers beside an axis and on bars: short, all of one axis in one unit. */
import type { Language } from '../language.ts';

type Unit = readonly [worth: number, name: string];

const units: Readonly<Record<Language, readonly Unit[]>> = {
  en: [
    [1e12, 'T'],
    [1e9, 'B'],
    [1e6, 'M'],
  ],
  ko: [
    [1e12, '조'],
    [1e8, '억'],
    [1e4, '만'],
  ],
};
/** Below it, digits are read as easily as a unit. */
const leastWithUnit = 1e6;
const largestPlain = 1e16;
const smallestPlain = 1e-4;

/** Writes each of the numbers so that it can be told from the next, `step` away. */
export function writerFor(values: readonly number[], step: number, language: Language): (value: number) => string {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest >= largestPlain || (largest < smallestPlain && largest > 0)) {
    const digits = clamp(Math.ceil(Math.log10(largest / step)), 0, 15);
    return (value) => toPowerOfTen(value, digits);
  }
  const [worth, name] = largest < leastWithUnit ? [1, ''] : unitFor(largest, language);
  const decimals = clamp(Math.ceil(-Math.log10(step / worth) - 1e-9), 0, 15);
  const format = new Intl.NumberFormat('en-US', { maximumFractionDigits: decimals });
  return (value) => (value === 0 ? '0' : withMinus(`${format.format(value / worth)}${name}`));
}

/** Writes numbers that stand apart, such as those on bars: all in one unit, with so many digits that they are still short. */
export function shortWriterFor(values: readonly number[], language: Language): (value: number) => string {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest >= largestPlain) return (value) => toPowerOfTen(value, 3);
  const [worth, name] = largest < 10 * leastWithUnit ? [1, ''] : unitFor(largest, language);
  const format = new Intl.NumberFormat('en-US', { maximumSignificantDigits: worth === 1 ? 7 : 5 });
  return (value) => {
    if (value === 0) return '0';
    const isTiny = Math.abs(value / worth) < smallestPlain;
    return isTiny ? toPowerOfTen(value, 3) : withMinus(`${format.format(value / worth)}${name}`);
  };
}

function unitFor(size: number, language: Language): Unit {
  return units[language].find(([worth]) => size >= worth) ?? [1, ''];
}

function toPowerOfTen(value: number, digits: number): string {
  if (value === 0) return '0';
  const [mantissa = '', exponent = ''] = value.toExponential(digits).split('e');
  const short = mantissa.includes('.') ? String(Number(mantissa)) : mantissa;
  return withMinus(`${short}e${exponent.replace('+', '')}`);
}

/** The sign of its own is as wide as a letter in Korean fonts; a dash looks like what people expect. */
function withMinus(text: string): string {
  return text.replaceAll('-', '–');
}

function clamp(value: number, least: number, most: number): number {
  return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : most;
}
