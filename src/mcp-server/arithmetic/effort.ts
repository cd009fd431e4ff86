/**
 * What one calculation may use: how many bits its inexact numbers carry, and how much work it may do. The work is
 * counted, not timed, so that the same input always gives the same answer, on a slow machine too.
 */
import { CalculatorError } from './calculator-error.ts';

export interface Effort {
  /** Bits that an inexact number carries. */
  readonly bits: number;
  /** No higher precision will be tried: what cannot be told apart now never will be. */
  readonly isLast: boolean;
  /**
   * Counts work, in multiplications of 64-bit words; call it before doing the work.
   * @throws {CalculatorError} when the calculation has used up its work.
   */
  spend(units: number): void;
}

/** 77, 308 and 1078 decimal digits. The first is enough for everything but terms that cancel each other out. */
const precisions = [256, 1024, 3584] as const;

/** About a tenth of a second on a slow machine: nobody else is served meanwhile. */
const workLimit = 20_000_000;

/** Thrown where more bits would decide a question; never leaves {@link withRisingPrecision}. */
class ImpreciseError extends Error {}

/** Calculates with few bits and, whenever they do not decide the result, again with more. The work is counted over all rounds. */
export function withRisingPrecision<Result>(calculate: (effort: Effort) => Result): Result {
  const work = new Work();
  for (const [index, bits] of precisions.entries()) {
    const isLast = index === precisions.length - 1;
    try {
      return calculate({ bits, isLast, spend: (units) => work.spend(units) });
    } catch (error) {
      if (!(error instanceof ImpreciseError)) throw error;
    }
  }
  throw new CalculatorError(
    'The result is not certain: it takes more than the 1,000 digits that inexact numbers carry here.',
  );
}

class Work {
  #left = workLimit;

  spend(units: number): void {
    this.#left -= units;
    if (this.#left < 0) throw new CalculatorError('This takes too much work: split it into smaller calculations.');
  }
}

/** For a question that the present precision leaves open: asks for more bits, or returns when these are the last. */
export function askForMoreBits(effort: Effort): void {
  if (!effort.isLast) throw new ImpreciseError();
}

/** For a question that no precision will decide. */
export function giveUp(): never {
  throw new ImpreciseError();
}
