/** Exact fractions of big integers. Every result is checked for its size before it is computed. */
import { CalculatorError } from './calculator-error.ts';
import type { Effort } from './effort.ts';
import { absolute, bitLength, greatestCommonDivisor, root, wordLength } from './integer.ts';

/** In lowest terms; the denominator is positive. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Digits that a result, and the numerator and denominator of what leads to it, may have. */
export const maximumDigits = 10_000;
const limit = 10n ** BigInt(maximumDigits);
const limitBits = bitLength(limit);

export const tooLarge = 'The result is too large: it would have more than 10,000 digits.';

export function integer(value: bigint | number): Rational {
  return { numerator: BigInt(value), denominator: 1n };
}

export const zero = integer(0);
export const one = integer(1);

export function isInteger({ denominator }: Rational): boolean {
  return denominator === 1n;
}

export function negate({ numerator, denominator }: Rational): Rational {
  return { numerator: -numerator, denominator };
}

export function add(left: Rational, right: Rational, effort: Effort): Rational {
  // Only the common part of the denominators can cancel: its divisor is mostly small, and the search for it then cheap.
  const common = divisor(left.denominator, right.denominator, effort);
  const [leftScale, rightScale] = [right.denominator / common, left.denominator / common];
  const numerator = times(left.numerator, leftScale, effort) + times(right.numerator, rightScale, effort);
  const excess = divisor(numerator, common, effort);
  return checked(numerator / excess, times(rightScale, right.denominator / excess, effort));
}

export function multiply(left: Rational, right: Rational, effort: Effort): Rational {
  const [down, up] = [
    divisor(left.numerator, right.denominator, effort),
    divisor(right.numerator, left.denominator, effort),
  ];
  return checked(
    times(left.numerator / down, right.numerator / up, effort),
    times(left.denominator / up, right.denominator / down, effort),
  );
}

/** @throws {CalculatorError} for a division by zero. */
export function divide(left: Rational, right: Rational, effort: Effort): Rational {
  return multiply(left, reciprocal(right), effort);
}

/** @throws {CalculatorError} for zero. */
export function reciprocal({ numerator, denominator }: Rational): Rational {
  if (numerator === 0n) throw new CalculatorError('Cannot divide by zero.');
  return numerator < 0n
    ? { numerator: -denominator, denominator: -numerator }
    : { numerator: denominator, denominator: numerator };
}

/** The largest integer that is not above the value. */
export function floor({ numerator, denominator }: Rational): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient;
}

/** Undefined when numerator or denominator would be longer than {@link maximumDigits}. The exponent must not be negative. */
export function power(base: Rational, exponent: bigint, effort: Effort): Rational | undefined {
  const { numerator, denominator } = base;
  if (absolute(numerator) <= 1n && denominator === 1n)
    return exponent % 2n === 0n ? multiply(base, base, effort) : base;
  const longest = absolute(numerator) > denominator ? numerator : denominator;
  if (exponent > BigInt(limitBits) || (bitLength(longest) - 1) * Number(exponent) > limitBits) return undefined;
  effort.spend(60 + ((bitLength(longest) * Number(exponent)) / 64) ** 2);
  const result = { numerator: numerator ** exponent, denominator: denominator ** exponent };
  return isTooLong(result.numerator) || isTooLong(result.denominator) ? undefined : result;
}

/** The root when it is a fraction itself, else undefined. The value must not be negative. */
export function exactRoot({ numerator, denominator }: Rational, degree: bigint, effort: Effort): Rational | undefined {
  const roots = [numerator, denominator].map((part) => {
    if (part < 2n) return part;
    if (degree >= BigInt(bitLength(part))) return undefined;
    effort.spend(20 * wordLength(part) ** 2);
    const candidate = root(part, Number(degree));
    return candidate ** degree === part ? candidate : undefined;
  });
  const [up, down] = roots;
  return up === undefined || down === undefined ? undefined : { numerator: up, denominator: down };
}

function times(left: bigint, right: bigint, effort: Effort): bigint {
  if (left === 1n) return right;
  if (right === 1n) return left;
  if (bitLength(left) + bitLength(right) - 2 > 2 * limitBits) throw new CalculatorError(tooLarge);
  effort.spend(40 + wordLength(left) * wordLength(right));
  return left * right;
}

function divisor(left: bigint, right: bigint, effort: Effort): bigint {
  if (left === 1n || right === 1n) return 1n;
  effort.spend(100 + 10 * wordLength(left) * wordLength(right));
  return greatestCommonDivisor(left, right);
}

function checked(numerator: bigint, denominator: bigint): Rational {
  if (isTooLong(numerator)) throw new CalculatorError(tooLarge);
  if (isTooLong(denominator)) {
    throw new CalculatorError('The result needs too many digits: its exact fraction would have more than 10,000.');
  }
  return { numerator, denominator };
}

function isTooLong(part: bigint): boolean {
  return part >= limit || part <= -limit;
}
