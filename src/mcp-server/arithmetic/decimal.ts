/** Numbers as text: reads decimals digit by digit, writes results exactly or to 50 significant digits. */
import { bounds, isSharp, middle, signOf } from './ball.ts';
import { CalculatorError } from './calculator-error.ts';
import { askForMoreBits, type Effort, giveUp } from './effort.ts';
import { absolute, bitLength } from './integer.ts';
import { divide, integer, isInteger, maximumDigits, multiply, type Rational, zero } from './rational.ts';
import { isExact, type Value } from './value.ts';

/** Digits of a result that has no end, or none within {@link maximumDigits}. */
export const significantDigits = 50;

const form = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** Undefined when the text is not a decimal number. @throws {CalculatorError} when it has more than 10,000 digits. */
export function parseDecimal(text: string, effort: Effort): Rational | undefined {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = form.exec(text) ?? [];
  if (whole === '' && fraction === '') return undefined;
  const decimals = withoutTrailingZeros(fraction);
  const digits = (whole + decimals).replace(/^0+/, '');
  if (digits === '') return zero;
  const shift = Number(exponent) - decimals.length;
  const length = Math.max(digits.length + Math.max(0, shift), -shift + 1);
  if (length > maximumDigits) {
    throw new CalculatorError('A number is too long: numbers may have up to 10,000 digits.');
  }
  effort.spend(100 + (length / 19) ** 2);
  const mantissa = integer(BigInt(sign === '-' ? `-${digits}` : digits));
  const scale = integer(10n ** BigInt(Math.abs(shift)));
  return shift >= 0 ? multiply(mantissa, scale, effort) : divide(mantissa, scale, effort);
}

/**
 * The number and nothing else. Exact values are written in full, without an exponent, when that takes at most 10,000
 * digits; all others are rounded to 50 significant digits, a tie to the even digit, and every digit written is right.
 * A rounded value from 10^50 upwards or below 10^-20 is written like 1.5e+60.
 */
export function formatValue(value: Value, effort: Effort): string {
  if (isExact(value)) return exactText(value) ?? roundedText(value);
  if (signOf(value, effort) === 0) return '0';
  const [low, high] = bounds(value).map(roundedText);
  if (low !== undefined && low === high) return low;
  // Right between two roundings: no number of bits will tell.
  askForMoreBits(effort);
  if (!isSharp(value)) giveUp();
  return roundedText(middle(value));
}

function exactText(value: Rational): string | undefined {
  const { numerator, denominator } = value;
  if (isInteger(value)) return numerator.toString();
  const places = decimalPlaces(denominator);
  if (places === undefined || places > maximumDigits) return undefined;
  const digits = ((absolute(numerator) * 10n ** BigInt(places)) / denominator).toString();
  return digits.length > maximumDigits ? undefined : plain(numerator < 0n, digits, -places);
}

/** How many decimals the fractions with this denominator, in lowest terms, have; undefined when they never end. */
function decimalPlaces(denominator: bigint): number | undefined {
  let twos = 0;
  for (let step = 2 ** 16; step >= 1; step /= 2) {
    if (BigInt.asUintN(twos + step, denominator) === 0n) twos += step;
  }
  const rest = denominator >> BigInt(twos);
  const fives = Math.round((bitLength(rest) - 0.5) / Math.log2(5));
  const isPowerOf = (exponent: number): boolean => exponent >= 0 && 5n ** BigInt(exponent) === rest;
  const exponent = [fives - 1, fives, fives + 1].find(isPowerOf);
  return exponent === undefined ? undefined : Math.max(twos, exponent);
}

/** The value must not be zero. */
function roundedText({ numerator, denominator }: Rational): string {
  const size = absolute(numerator);
  // Not above the exponent of the first digit, and at most 1 below it.
  let exponent = Math.floor((bitLength(size) - bitLength(denominator) - 1) * Math.log10(2));
  let [quotient, isAboveHalf, isHalf] = scaled(size, denominator, significantDigits - 1 - exponent);
  if (quotient >= 10n ** BigInt(significantDigits)) {
    exponent += 1;
    [quotient, isAboveHalf, isHalf] = scaled(size, denominator, significantDigits - 1 - exponent);
  }
  if (isAboveHalf || (isHalf && quotient % 2n === 1n)) quotient += 1n;
  const digits = quotient.toString();
  if (digits.length > significantDigits) exponent += 1;
  const significant = withoutTrailingZeros(digits);
  const isNegative = numerator < 0n;
  if (exponent < significantDigits && exponent >= -20) {
    return plain(isNegative, significant, exponent - significant.length + 1);
  }
  const fraction = significant.length > 1 ? `.${significant.slice(1)}` : '';
  return `${isNegative ? '-' : ''}${significant.charAt(0)}${fraction}e${exponent < 0 ? '' : '+'}${exponent}`;
}

/** value · 10^shift, cut to an integer, and how what was cut off compares with a half. */
function scaled(size: bigint, denominator: bigint, shift: number): [bigint, boolean, boolean] {
  const up = shift > 0 ? size * 10n ** BigInt(shift) : size;
  const down = shift < 0 ? denominator * 10n ** BigInt(-shift) : denominator;
  const quotient = up / down;
  const twice = 2n * (up - quotient * down);
  return [quotient, twice > down, twice === down];
}

/** digits · 10^exponent without an exponent, and without zeros that say nothing. */
function plain(isNegative: boolean, digits: string, exponent: number): string {
  const padded = exponent >= 0 ? digits + '0'.repeat(exponent) : digits.padStart(1 - exponent, '0');
  const whole = exponent >= 0 ? padded : padded.slice(0, exponent);
  const fraction = exponent >= 0 ? '' : withoutTrailingZeros(padded.slice(exponent));
  return `${isNegative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** No pattern: looking for zeros at the end, one would start anew at every zero of a long text. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits.charAt(end - 1) === '0') end -= 1;
  return digits.slice(0, end);
}
