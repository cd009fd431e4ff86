/**
 * Inexact numbers that know how inexact they are: the true value lies within `radius` of the middle. A result is only
 * given out when its digits are the same everywhere in its ball, so every digit that a person sees is right.
 */
import { CalculatorError } from './calculator-error.ts';
import { askForMoreBits, type Effort, giveUp } from './effort.ts';
import { absolute, bitLength, squareRoot } from './integer.ts';
import { maximumDigits, type Rational, tooLarge } from './rational.ts';

/** Stands for (mantissa ± radius) · 2^exponent. */
export interface Ball {
  readonly mantissa: bigint;
  readonly exponent: number;
  readonly radius: bigint;
}

/** Beyond 10^10000, and below 10^-10000, there are no numbers here. */
const maximumExponent = Math.floor(maximumDigits * Math.log2(10));

/** 2^-1000 is about 10^-301: what is smaller after terms cancelled each other out is taken for zero. */
const negligibleBits = 1000;

export const tooCloseToZero = 'The result is too close to zero: it would begin with more than 10,000 zeros.';

/** Cuts a ball to the bits of the effort. @throws {CalculatorError} when it is too large or too close to zero to be written. */
export function ball(mantissa: bigint, exponent: number, radius: bigint, effort: Effort): Ball {
  const isSurelyNotZero = absolute(mantissa) > radius;
  const size = bitLength(isSurelyNotZero ? mantissa : radius);
  effort.spend(60 + size / 16);
  if (size + exponent > maximumExponent) throw new CalculatorError(tooLarge);
  if (size + exponent < -maximumExponent) {
    if (isSurelyNotZero) throw new CalculatorError(tooCloseToZero);
    return { mantissa: 0n, exponent: -maximumExponent, radius: 1n };
  }
  const excess = size - effort.bits;
  if (excess <= 0) return { mantissa, exponent, radius };
  const shift = BigInt(excess);
  return { mantissa: mantissa >> shift, exponent: exponent + excess, radius: (radius >> shift) + 2n };
}

export function fromRational({ numerator, denominator }: Rational, effort: Effort): Ball {
  const shift = effort.bits + bitLength(denominator) - bitLength(numerator);
  const [up, down] = shift > 0 ? [numerator << BigInt(shift), denominator] : [numerator, denominator << BigInt(-shift)];
  const mantissa = up / down;
  return ball(mantissa, -shift, mantissa * down === up ? 0n : 1n, effort);
}

/** The smallest and the largest value that the ball may stand for. */
export function bounds({ mantissa, exponent, radius }: Ball): readonly [Rational, Rational] {
  return [toRational(mantissa - radius, exponent), toRational(mantissa + radius, exponent)];
}

export function middle({ mantissa, exponent }: Ball): Rational {
  return toRational(mantissa, exponent);
}

/** Whether the radius is negligible beside the value. */
export function isSharp({ mantissa, radius }: Ball): boolean {
  return bitLength(radius) + negligibleBits < bitLength(mantissa);
}

export function negateBall({ mantissa, exponent, radius }: Ball): Ball {
  return { mantissa: -mantissa, exponent, radius };
}

export function addBalls(left: Ball, right: Ball, effort: Effort): Ball {
  const [low, high] = left.exponent < right.exponent ? [left, right] : [right, left];
  const shift = BigInt(high.exponent - low.exponent);
  effort.spend(Number(shift) / 16);
  return ball((high.mantissa << shift) + low.mantissa, low.exponent, (high.radius << shift) + low.radius, effort);
}

export function multiplyBalls(left: Ball, right: Ball, effort: Effort): Ball {
  spendProduct(effort);
  const radius =
    absolute(left.mantissa) * right.radius + absolute(right.mantissa) * left.radius + left.radius * right.radius;
  return ball(left.mantissa * right.mantissa, left.exponent + right.exponent, radius, effort);
}

/** @throws {CalculatorError} when the divisor is, as far as can be told, zero. */
export function divideBalls(left: Ball, right: Ball, effort: Effort): Ball {
  spendProduct(effort);
  if (signOf(right, effort) === 0) throw new CalculatorError('Cannot divide by zero.');
  const divisor = absolute(right.mantissa);
  const shift = BigInt(Math.max(0, effort.bits + bitLength(divisor) - bitLength(left.mantissa) + 2));
  const error = (left.radius * divisor + absolute(left.mantissa) * right.radius) << shift;
  return ball(
    (left.mantissa << shift) / right.mantissa,
    left.exponent - right.exponent - Number(shift),
    error / (divisor * (divisor - right.radius)) + 2n,
    effort,
  );
}

/** The value must not be below zero. */
export function squareRootOfBall(value: Ball, effort: Effort): Ball {
  effort.spend((effort.bits / 32) ** 2);
  const wanted = Math.max(0, 2 * effort.bits - bitLength(value.mantissa));
  const shift = (value.exponent - wanted) % 2 === 0 ? wanted : wanted + 1;
  const mantissa = squareRoot(value.mantissa << BigInt(shift));
  return ball(mantissa, (value.exponent - shift) / 2, (value.radius << BigInt(shift)) / mantissa + 2n, effort);
}

/** The exponent must be positive. */
export function powerOfBall(base: Ball, exponent: bigint, effort: Effort): Ball {
  let result: Ball | undefined;
  // From the highest bit down, so that nothing larger than the result is ever computed.
  for (const bit of exponent.toString(2)) {
    if (result !== undefined) result = multiplyBalls(result, result, effort);
    if (bit === '1') result = result === undefined ? base : multiplyBalls(result, base, effort);
  }
  return result ?? base;
}

/** Zero when the ball cannot be told from zero with any number of bits. */
export function signOf(value: Ball, effort: Effort): -1 | 0 | 1 {
  if (absolute(value.mantissa) > value.radius) return value.mantissa < 0n ? -1 : 1;
  askForMoreBits(effort);
  if (bitLength(absolute(value.mantissa) + value.radius) + value.exponent > -negligibleBits) giveUp();
  return 0;
}

/** The largest integer not above the value. A ball too small to be told from an integer is taken for it. */
export function floorOfBall(value: Ball, effort: Effort): bigint {
  const [low, high] = [value.mantissa - value.radius, value.mantissa + value.radius].map((bound) =>
    shiftDown(bound, value.exponent),
  );
  if (low === undefined || high === undefined) giveUp();
  if (low === high) return low;
  askForMoreBits(effort);
  if (bitLength(value.radius) + value.exponent > -negligibleBits) giveUp();
  return high;
}

function shiftDown(mantissa: bigint, exponent: number): bigint {
  return exponent < 0 ? mantissa >> BigInt(-exponent) : mantissa << BigInt(exponent);
}

function toRational(mantissa: bigint, exponent: number): Rational {
  return exponent < 0
    ? { numerator: mantissa, denominator: 1n << BigInt(-exponent) }
    : { numerator: mantissa << BigInt(exponent), denominator: 1n };
}

function spendProduct(effort: Effort): void {
  effort.spend(60 + (effort.bits / 64) ** 2);
}
