/** Integer functions that BigInt lacks. All take integers of any size; bounding the work is the caller's duty. */

/** Number of bits of the absolute value; 0 for 0. */
export function bitLength(integer: bigint): number {
  const hexadecimal = absolute(integer).toString(16);
  return hexadecimal.length * 4 - Math.clz32(Number.parseInt(hexadecimal.charAt(0), 16)) + 28;
}

/** Number of 64-bit words: the size in which work is counted. At least 1. */
export function wordLength(integer: bigint): number {
  return Math.max(1, Math.ceil(bitLength(integer) / 64));
}

export function absolute(integer: bigint): bigint {
  return integer < 0n ? -integer : integer;
}

/** Greatest common divisor, not negative. */
export function greatestCommonDivisor(one: bigint, other: bigint): bigint {
  let [a, b] = [absolute(one), absolute(other)];
  if (a < b) [a, b] = [b, a];
  while (b > BigInt(Number.MAX_SAFE_INTEGER)) {
    // Lehmer's method: the leading bits foretell many steps of Euclid, which are then done at once; several times faster.
    const steps = foretellSteps(a, b);
    [a, b] = steps === undefined ? [b, a % b] : [steps.a * a + steps.b * b, steps.c * a + steps.d * b];
  }
  if (b === 0n) return a;
  let [x, y] = [Number(b), Number(a % b)];
  while (y !== 0) [x, y] = [y, x % y];
  return BigInt(x);
}

/** The matrix of the steps that a > b are sure to take; undefined when not even the first is sure. */
function foretellSteps(larger: bigint, smaller: bigint): { a: bigint; b: bigint; c: bigint; d: bigint } | undefined {
  const shift = BigInt(Math.max(0, bitLength(larger) - 50));
  let [x, y] = [Number(larger >> shift), Number(smaller >> shift)];
  let [a, b, c, d] = [1, 0, 0, 1];
  while (y + c !== 0 && y + d !== 0) {
    const quotient = Math.floor((x + a) / (y + c));
    if (quotient !== Math.floor((x + b) / (y + d))) break;
    [a, c] = [c, a - quotient * c];
    [b, d] = [d, b - quotient * d];
    [x, y] = [y, x - quotient * y];
  }
  return b === 0 ? undefined : { a: BigInt(a), b: BigInt(b), c: BigInt(c), d: BigInt(d) };
}

/** The largest integer whose square is not above `integer`, which must not be negative. */
export function squareRoot(integer: bigint): bigint {
  return root(integer, 2);
}

/** The largest integer whose `degree`-th power is not above `integer`, which must not be negative. The degree is at least 2. */
export function root(integer: bigint, degree: number): bigint {
  if (integer < 2n) return integer;
  if (degree >= bitLength(integer)) return 1n;
  const [power, divisor] = [BigInt(degree - 1), BigInt(degree)];
  // Newton's method, coming down from a guess that is surely not below the root.
  let guess = guessFromAbove(integer, degree);
  while (true) {
    const next = (power * guess + integer / guess ** power) / divisor;
    if (next >= guess) return guess;
    guess = next;
  }
}

function guessFromAbove(integer: bigint, degree: number): bigint {
  const shift = Math.max(0, bitLength(integer) - 53);
  const logarithm = (Math.log2(Number(integer >> BigInt(shift))) + shift) / degree;
  const whole = Math.floor(logarithm);
  // 32 sure bits of the logarithm's fraction, rounded up.
  const mantissa = BigInt(Math.ceil(2 ** (logarithm - whole + 32) * (1 + 2 ** -30)));
  return (whole >= 32 ? mantissa << BigInt(whole - 32) : mantissa >> BigInt(32 - whole)) + 1n;
}
