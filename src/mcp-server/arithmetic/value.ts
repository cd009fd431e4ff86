/**
 * The numbers that expressions are made of: exact fractions for as long as they can be, balls once an operation leaves
 * the fractions. Each operation here chooses between the two.
 */
import * as balls from './ball.ts';
import { CalculatorError } from './calculator-error.ts';
import type { Effort } from './effort.ts';
import * as elementary from './elementary.ts';
import { absolute, bitLength, wordLength } from './integer.ts';
import * as rationals from './rational.ts';
import { integer, isInteger, type Rational } from './rational.ts';

export type Value = Rational | balls.Ball;

export function isExact(value: Value): value is Rational {
  return 'denominator' in value;
}

export function add(left: Value, right: Value, effort: Effort): Value {
  if (isExact(left) && isExact(right)) return rationals.add(left, right, effort);
  return balls.addBalls(toBall(left, effort), toBall(right, effort), effort);
}

export function negate(value: Value): Value {
  return isExact(value) ? rationals.negate(value) : balls.negateBall(value);
}

export function subtract(left: Value, right: Value, effort: Effort): Value {
  return add(left, negate(right), effort);
}

export function multiply(left: Value, right: Value, effort: Effort): Value {
  if (isExact(left) && isExact(right)) return rationals.multiply(left, right, effort);
  if (isZero(left) || isZero(right)) return rationals.zero;
  return balls.multiplyBalls(toBall(left, effort), toBall(right, effort), effort);
}

export function divide(left: Value, right: Value, effort: Effort): Value {
  if (isExact(left) && isExact(right)) return rationals.divide(left, right, effort);
  if (isZero(right)) throw new CalculatorError('Cannot divide by zero.');
  if (isZero(left)) return rationals.zero;
  return balls.divideBalls(toBall(left, effort), toBall(right, effort), effort);
}

/** The remainder has the sign of the divisor: -7 % 3 is 2. */
export function modulo(left: Value, right: Value, effort: Effort): Value {
  if (sign(right, effort) === 0) throw new CalculatorError('Cannot take the remainder of a division by zero.');
  const quotient = integer(floorToInteger(divide(left, right, effort), effort));
  return subtract(left, multiply(quotient, right, effort), effort);
}

export function sign(value: Value, effort: Effort): -1 | 0 | 1 {
  if (!isExact(value)) return balls.signOf(value, effort);
  return value.numerator === 0n ? 0 : value.numerator < 0n ? -1 : 1;
}

export function magnitude(value: Value, effort: Effort): Value {
  return sign(value, effort) < 0 ? negate(value) : value;
}

export function floor(value: Value, effort: Effort): Value {
  return integer(floorToInteger(value, effort));
}

export function ceiling(value: Value, effort: Effort): Value {
  return integer(-floorToInteger(negate(value), effort));
}

/** Halves go away from zero, as taught at school: 2.5 becomes 3 and -2.5 becomes -3. */
export function round(value: Value, digits: Value, effort: Effort): Value {
  const places = toSmallInteger(digits, 'The number of decimals to round to');
  const scale = rationals.power(integer(10), BigInt(Math.abs(places)), effort);
  if (scale === undefined) throw new CalculatorError('Cannot round to that many decimals.');
  const factor = places < 0 ? rationals.reciprocal(scale) : scale;
  const half = { numerator: 1n, denominator: 2n };
  const isNegative = sign(value, effort) < 0;
  const scaled = multiply(isNegative ? negate(value) : value, factor, effort);
  const rounded = divide(integer(floorToInteger(add(scaled, half, effort), effort)), factor, effort);
  return isNegative ? negate(rounded) : rounded;
}

/** Exact when the value is the square of a fraction. */
export function squareRoot(value: Value, effort: Effort): Value {
  const itsSign = sign(value, effort);
  if (itsSign < 0) throw new CalculatorError('The square root of a negative number is not a real number.');
  if (itsSign === 0) return rationals.zero;
  const exact = isExact(value) ? rationals.exactRoot(value, 2n, effort) : undefined;
  return exact ?? balls.squareRootOfBall(toBall(value, effort), effort);
}

/**
 * Exact for integer exponents, and for fractional ones when the result is a fraction. A negative base has a real
 * power when the exponent, in lowest terms, has an odd denominator: (-8)^(1/3) is -2.
 */
export function power(base: Value, exponent: Value, effort: Effort): Value {
  if (isExact(exponent)) {
    if (exponent.numerator === 0n) return rationals.one;
    if (exponent.numerator < 0n) {
      if (sign(base, effort) === 0) throw new CalculatorError('Cannot divide by zero: zero has no negative power.');
      return power(divide(rationals.one, base, effort), negate(exponent), effort);
    }
    if (isInteger(exponent)) return integerPower(base, exponent.numerator, effort);
  }
  const baseSign = sign(base, effort);
  if (baseSign === 0) {
    if (sign(exponent, effort) > 0) return rationals.zero;
    throw new CalculatorError('Cannot divide by zero: zero has no negative power.');
  }
  if (baseSign > 0) return positivePower(base, exponent, effort);
  if (!isExact(exponent) || exponent.denominator % 2n === 0n) {
    throw new CalculatorError('This power of a negative number is not a real number.');
  }
  const size = positivePower(negate(base), exponent, effort);
  return exponent.numerator % 2n === 0n ? size : negate(size);
}

export function exponential(value: Value, effort: Effort): Value {
  return isZero(value) ? rationals.one : elementary.exponential(toBall(value, effort), effort);
}

export function naturalLogarithm(value: Value, effort: Effort): Value {
  if (sign(value, effort) <= 0) throw new CalculatorError('Logarithms are defined for numbers above zero only.');
  if (!isExact(value)) return elementary.naturalLogarithm(value, effort);
  const { numerator, denominator } = value;
  if (numerator === denominator) return rationals.zero;
  // A fraction so close to 1 that few bits could not tell it from 1 gets the bits to do so.
  const closeness = Math.max(0, bitLength(denominator) - bitLength(numerator - denominator));
  return elementary.naturalLogarithm(toBall(value, { ...effort, bits: effort.bits + closeness }), effort);
}

/** The logarithm with base 10: exact for powers of ten. */
export function decimalLogarithm(value: Value, effort: Effort): Value {
  if (isExact(value) && value.numerator > 0n) {
    const [up, down] = [exponentOfTen(value.numerator, effort), exponentOfTen(value.denominator, effort)];
    if (up !== undefined && down !== undefined) return integer(up - down);
  }
  return divide(naturalLogarithm(value, effort), naturalLogarithm(integer(10), effort), effort);
}

export function sine(value: Value, effort: Effort): Value {
  return isZero(value) ? rationals.zero : elementary.sineAndCosine(toBall(value, effort), effort).sine;
}

export function cosine(value: Value, effort: Effort): Value {
  return isZero(value) ? rationals.one : elementary.sineAndCosine(toBall(value, effort), effort).cosine;
}

export function tangent(value: Value, effort: Effort): Value {
  if (isZero(value)) return rationals.zero;
  const sides = elementary.sineAndCosine(toBall(value, effort), effort);
  if (sign(sides.cosine, effort) === 0) throw new CalculatorError('The tangent is not defined for this angle.');
  return divide(sides.sine, sides.cosine, effort);
}

/** 3248! is the last that has at most 10,000 digits. */
const largestFactorial = 3248;

export function factorial(value: Value, effort: Effort): Value {
  if (!isExact(value) || !isInteger(value) || value.numerator < 0n) {
    throw new CalculatorError('The factorial is defined for the integers from 0 upwards only.');
  }
  if (value.numerator > largestFactorial) throw new CalculatorError(rationals.tooLarge);
  const last = Number(value.numerator);
  effort.spend(40 * last + last ** 2 / 8);
  return integer(product(1, last));
}

/** The product of the integers from `first` to `last`, in halves: far fewer large multiplications. */
function product(first: number, last: number): bigint {
  if (last - first > 8) {
    const half = Math.floor((first + last) / 2);
    return product(first, half) * product(half + 1, last);
  }
  let result = 1n;
  for (let factor = first; factor <= last; factor += 1) result *= BigInt(factor);
  return result;
}

function integerPower(base: Value, exponent: bigint, effort: Effort): Value {
  if (!isExact(base)) return balls.powerOfBall(base, exponent, effort);
  const exact = rationals.power(base, exponent, effort);
  if (exact !== undefined) return exact;
  if (isInteger(base)) throw new CalculatorError(rationals.tooLarge);
  return balls.powerOfBall(toBall(base, effort), exponent, effort);
}

function positivePower(base: Value, exponent: Value, effort: Effort): Value {
  if (isExact(base) && isExact(exponent)) {
    const root = rationals.exactRoot(base, exponent.denominator, effort);
    if (root !== undefined) return integerPower(root, exponent.numerator, effort);
  }
  return exponential(multiply(exponent, naturalLogarithm(base, effort), effort), effort);
}

function floorToInteger(value: Value, effort: Effort): bigint {
  return isExact(value) ? rationals.floor(value) : balls.floorOfBall(value, effort);
}

function toBall(value: Value, effort: Effort): balls.Ball {
  return isExact(value) ? balls.fromRational(value, effort) : value;
}

function isZero(value: Value): boolean {
  return isExact(value) && value.numerator === 0n;
}

function toSmallInteger(value: Value, what: string): number {
  if (isExact(value) && isInteger(value) && absolute(value.numerator) <= 10_000n) return Number(value.numerator);
  throw new CalculatorError(`${what} must be an integer from -10000 to 10000.`);
}

function exponentOfTen(integerValue: bigint, effort: Effort): number | undefined {
  effort.spend(wordLength(integerValue) ** 2);
  const digits = integerValue.toString();
  return /^10*$/.test(digits) ? digits.length - 1 : undefined;
}
