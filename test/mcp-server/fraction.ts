/** A second, deliberately plain arithmetic to hold the calculator against: BigInt fractions, Euclid's algorithm, no caps. */

export interface Fraction {
  readonly up: bigint;
  readonly down: bigint;
}

export function fraction(up: bigint, down = 1n): Fraction {
  const divisor = euclid(up < 0n ? -up : up, down < 0n ? -down : down);
  return down < 0n ? { up: -up / divisor, down: -down / divisor } : { up: up / divisor, down: down / divisor };
}

export const arithmetic: Readonly<Record<'+' | '-' | '*' | '/', (a: Fraction, b: Fraction) => Fraction>> = {
  '+': (a, b) => fraction(a.up * b.down + b.up * a.down, a.down * b.down),
  '-': (a, b) => fraction(a.up * b.down - b.up * a.down, a.down * b.down),
  '*': (a, b) => fraction(a.up * b.up, a.down * b.down),
  '/': (a, b) => fraction(a.up * b.down, a.down * b.up),
};

/** Reads what the calculator writes. */
export function read(text: string): Fraction {
  const [, sign, whole, decimals = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text) ?? [];
  if (whole === undefined) throw new Error(`not a number: ${text}`);
  const shift = Number(exponent) - decimals.length;
  const up = BigInt(whole + decimals) * (sign === '-' ? -1n : 1n);
  return shift < 0 ? fraction(up, 10n ** BigInt(-shift)) : fraction(up * 10n ** BigInt(shift));
}

export function isEqual(a: Fraction, b: Fraction): boolean {
  return a.up === b.up && a.down === b.down;
}

export function hasFiniteDecimals({ down }: Fraction): boolean {
  let rest = down;
  while (rest % 2n === 0n) rest /= 2n;
  while (rest % 5n === 0n) rest /= 5n;
  return rest === 1n;
}

/** Whether `text` is `value` rounded to so many significant digits: off by half a unit of the last one at most. */
export function isRounded(text: string, value: Fraction, digits: number): boolean {
  const { up, down } = arithmetic['-'](read(text), value);
  const unit = lastDigit(value, digits);
  return 2n * (up < 0n ? -up : up) * unit.down <= unit.up * down;
}

function lastDigit({ up, down }: Fraction, digits: number): Fraction {
  const size = up < 0n ? -up : up;
  let exponent = size.toString().length - down.toString().length;
  const isBelow = exponent < 0 ? size * 10n ** BigInt(-exponent) < down : size < down * 10n ** BigInt(exponent);
  if (isBelow) exponent -= 1;
  const shift = exponent - digits + 1;
  return shift < 0 ? { up: 1n, down: 10n ** BigInt(-shift) } : { up: 10n ** BigInt(shift), down: 1n };
}

function euclid(a: bigint, b: bigint): bigint {
  let [larger, smaller] = [a, b];
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

/** Random numbers that are the same in every run (xorshift). */
export function createRandom(seed: number): { below(limit: number): number; digits(count: number): string } {
  let state = seed;
  const below = (limit: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  const digits = (count: number): string =>
    Array.from({ length: count }, (_, index) => (index === 0 ? 1 + below(9) : below(10))).join('');
  return { below, digits };
}
