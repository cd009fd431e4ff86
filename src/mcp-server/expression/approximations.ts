/** What double precision has no function of its own for. No finite number where there is no value. */

export function divide(left: number, right: number): number {
  // -1 / 0 is -Infinity, and 1 / that is 0: a value again.
  return right === 0 ? Number.NaN : left / right;
}

/** The remainder has the sign of the divisor. */
export function modulo(left: number, right: number): number {
  return left - Math.floor(divide(left, right)) * right;
}

/** Halves go away from zero. */
export function round(value: number, digits = 0): number {
  if (!Number.isInteger(digits)) return Number.NaN;
  const scale = 10 ** digits;
  return (Math.sign(value) * Math.floor(Math.abs(value) * scale + 0.5)) / scale;
}

/** 170! is the last that a double holds. */
export function factorial(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > 170) return Number.NaN;
  let product = 1;
  for (let factor = 2; factor <= value; factor += 1) product *= factor;
  return product;
}

/** A power of numbers below zero, too, which a fraction with an odd denominator has: (-8)^(1/3) is -2. */
export function oddRootPower(isOddPower: boolean): (base: number, exponent: number) => number {
  return (base, exponent) => {
    const size = Math.abs(base) ** exponent;
    return base < 0 && isOddPower ? -size : size;
  };
}
