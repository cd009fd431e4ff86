/**
 * pi, exp, ln, sin and cos of balls, by series in fixed-point integers. `point` is the number of bits behind the binary
 * point. Each carries 40 bits more than asked for and answers for 20 of them: the rest covers the rounding of all steps.
 */
import { type Ball, ball, tooCloseToZero } from './ball.ts';
import { CalculatorError } from './calculator-error.ts';
import { askForMoreBits, type Effort, giveUp } from './effort.ts';
import { absolute, bitLength } from './integer.ts';
import { tooLarge } from './rational.ts';

const guardBits = 40;
const ownError = 1n << 20n;

/** 2^3400 is above 10^1000. Turning an angle back into one circle takes as many digits of pi as the angle has. */
const maximumAngleBits = 3400;

export function pi(effort: Effort): Ball {
  const point = effort.bits + guardBits;
  return ball(fixedPi(point), -point, ownError, effort);
}

export function exponential(value: Ball, effort: Effort): Ball {
  // 2^15 is above ln(10^10000): from there on the result is too large, or too close to zero, to be written.
  if (magnitude(value.mantissa, value) > 15) {
    throw new CalculatorError(value.mantissa > 0n ? tooLarge : tooCloseToZero);
  }
  requireSharp(value, effort);
  const halvings = Math.ceil(Math.sqrt(effort.bits) / 2);
  const point = effort.bits + halvings + guardBits;
  // exp(x) = 2^turns · exp(rest)^(2^halvings)
  const angle = toFixed(value.mantissa, value.exponent, point);
  const extra = 20n;
  const ln2 = fixedLn2(point + Number(extra));
  const turns = (angle << extra) / ln2;
  const rest = (angle - ((turns * ln2) >> extra)) >> BigInt(halvings);

  let sum = 1n << BigInt(point);
  let term = sum;
  let index = 1n;
  for (; term !== 0n; index += 1n) {
    term = ((term * rest) >> BigInt(point)) / index;
    sum += term;
  }
  for (let count = 0; count < halvings; count += 1) sum = (sum * sum) >> BigInt(point);
  spendSeries(effort, Number(index) + halvings, point);

  const own = ownError << BigInt(halvings);
  const inherited = (sum * (toFixed(value.radius, value.exponent, point) + 1n)) >> BigInt(point - 1);
  return ball(sum, Number(turns) - point, own + inherited + 1n, effort);
}

/** Natural logarithm. The value must be surely above zero. */
export function naturalLogarithm(value: Ball, effort: Effort): Ball {
  // value = fraction · 2^turns, the fraction from 0.7 to 1.4
  const size = bitLength(value.mantissa);
  const turns = size + value.exponent - (value.mantissa * 10n >= 7n << BigInt(size) ? 0 : 1);
  const distance = turns === 0 ? value.mantissa - (1n << BigInt(-value.exponent)) : value.mantissa;
  // Close to 1 the logarithm is as small as the distance, which takes that many bits more.
  const closeness = distance === 0n ? 0 : size - bitLength(distance);
  const point = effort.bits + closeness + guardBits;
  const unit = 1n << BigInt(point);
  const fraction = toFixed(value.mantissa, value.exponent - turns, point);

  const ratio = ((fraction - unit) << BigInt(point)) / (fraction + unit);
  const square = (ratio * ratio) >> BigInt(point);
  let sum = ratio;
  let index = 1n;
  for (let power = ratio; power !== 0n && power !== -1n; ) {
    power = (power * square) >> BigInt(point);
    index += 2n;
    sum += power / index;
  }
  spendSeries(effort, Number(index) / 2, point);

  const result = 2n * sum + (turns === 0 ? 0n : BigInt(turns) * fixedLn2(point));
  const inherited = (value.radius << BigInt(point)) / (value.mantissa - value.radius) + 1n;
  return ball(result, -point, ownError + inherited, effort);
}

export function sineAndCosine(value: Ball, effort: Effort): { readonly sine: Ball; readonly cosine: Ball } {
  const size = magnitude(absolute(value.mantissa) + value.radius, value);
  if (size > maximumAngleBits) {
    throw new CalculatorError('The angle is too large: sin, cos and tan take angles up to 10^1000.');
  }
  requireSharp(value, effort);
  // The sine of a small angle is as small, which takes that many bits more.
  const point = effort.bits + Math.max(0, -size) + guardBits;
  const angle = toFixed(value.mantissa, value.exponent, point);
  const extra = BigInt(Math.max(0, size) + 4);
  const quarter = size < 0 ? 1n : fixedPi(point + Number(extra)) >> 1n;
  // angle = turns quarters of the circle + rest, the rest within an eighth of it
  const turns = size < 0 ? 0n : ((angle << (extra + 1n)) / quarter + (angle < 0n ? -1n : 1n)) / 2n;
  const rest = angle - ((turns * quarter) >> extra);

  const square = (rest * rest) >> BigInt(point);
  let sine = 0n;
  let cosine = 0n;
  let term = 1n << BigInt(point);
  let index = 0n;
  for (; term !== 0n; index += 2n) {
    cosine += term;
    const odd = (term * rest) / (index + 1n);
    sine += odd >> BigInt(point);
    term = -((term * square) >> BigInt(point)) / ((index + 1n) * (index + 2n));
  }
  spendSeries(effort, Number(index), point);

  const radius = ownError + toFixed(value.radius, value.exponent, point) + 1n;
  const toBall = (mantissa: bigint): Ball => ball(mantissa, -point, radius, effort);
  const around: readonly bigint[] = [sine, cosine, -sine, -cosine];
  const quadrant = Number(((turns % 4n) + 4n) % 4n);
  return { sine: toBall(around[quadrant] ?? 0n), cosine: toBall(around[(quadrant + 1) % 4] ?? 0n) };
}

/** pi · 2^point, rounded, by Machin's formula. */
const fixedPi = remembered((point) => {
  const unit = 1n << BigInt(point);
  return 4n * (4n * inverseSeries(5n, unit, -1n) - inverseSeries(239n, unit, -1n));
});

/** ln(2) · 2^point, rounded: 2 · artanh(1/3). */
const fixedLn2 = remembered((point) => 2n * inverseSeries(3n, 1n << BigInt(point), 1n));

/** The sum of sign^k / ((2k + 1) · base^(2k + 1)): arctan(1 / base) for the sign -1, artanh(1 / base) for 1. */
function inverseSeries(base: bigint, unit: bigint, sign: 1n | -1n): bigint {
  let sum = 0n;
  let power = unit / base;
  for (let index = 1n; power !== 0n; index += 2n) {
    sum += power / index;
    power = (sign * power) / (base * base);
  }
  return sum;
}

/** Keeps constants in steps of 512 bits: there are few, since precision and angles have an upper limit. */
function remembered(compute: (point: number) => bigint): (point: number) => bigint {
  const known = new Map<number, bigint>();
  return (point) => {
    const step = Math.ceil((point + guardBits) / 512) * 512;
    const constant = known.get(step) ?? compute(step);
    known.set(step, constant);
    return constant >> BigInt(step - point);
  };
}

/** The value stays below 2^magnitude. */
function magnitude(mantissa: bigint, { exponent }: Ball): number {
  return bitLength(mantissa) + exponent;
}

function requireSharp(value: Ball, effort: Effort): void {
  if (magnitude(value.radius, value) <= -2) return;
  askForMoreBits(effort);
  giveUp();
}

function toFixed(mantissa: bigint, exponent: number, point: number): bigint {
  const shift = exponent + point;
  return shift < 0 ? mantissa >> BigInt(-shift) : mantissa << BigInt(shift);
}

function spendSeries(effort: Effort, terms: number, point: number): void {
  effort.spend(terms * (60 + (point / 64) ** 2));
}
