/** What an expression can do: every operation and function by name, with how many arguments it takes. */
import type { Effort } from '../arithmetic/effort.ts';
import { pi } from '../arithmetic/elementary.ts';
import { one, zero } from '../arithmetic/rational.ts';
import type { Value } from '../arithmetic/value.ts';
import * as values from '../arithmetic/value.ts';

/** Takes its arguments from the left to the right. */
export interface Operation {
  readonly least: number;
  readonly most: number;
  apply(operands: readonly Value[], effort: Effort): Value;
}

/** Functions, called as `name(…)`. */
export const functions: ReadonlyMap<string, Operation> = new Map([
  ['sqrt', unary(values.squareRoot)],
  ['abs', unary(values.magnitude)],
  [
    'round',
    { least: 1, most: 2, apply: ([value = zero, digits = zero], effort) => values.round(value, digits, effort) },
  ],
  ['floor', unary(values.floor)],
  ['ceil', unary(values.ceiling)],
  ['min', extreme(-1)],
  ['max', extreme(1)],
  ['factorial', unary(values.factorial)],
  ['ln', unary(values.naturalLogarithm)],
  ['log', unary(values.decimalLogarithm)],
  ['exp', unary(values.exponential)],
  ['sin', unary(values.sine)],
  ['cos', unary(values.cosine)],
  ['tan', unary(values.tangent)],
]);

export const constants: ReadonlyMap<string, Operation> = new Map([
  ['pi', { least: 0, most: 0, apply: (_operands, effort) => pi(effort) }],
  ['e', { least: 0, most: 0, apply: (_operands, effort) => values.exponential(one, effort) }],
]);

export interface BinaryOperator {
  readonly operation: Operation;
  /** Higher ones bind tighter. */
  readonly precedence: number;
  readonly isRightAssociative: boolean;
}

export const binaryOperators: ReadonlyMap<string, BinaryOperator> = new Map([
  ['+', { operation: binary(values.add), precedence: 1, isRightAssociative: false }],
  ['-', { operation: binary(values.subtract), precedence: 1, isRightAssociative: false }],
  ['*', { operation: binary(values.multiply), precedence: 2, isRightAssociative: false }],
  ['/', { operation: binary(values.divide), precedence: 2, isRightAssociative: false }],
  ['%', { operation: binary(values.modulo), precedence: 2, isRightAssociative: false }],
  ['^', { operation: binary(values.power), precedence: 4, isRightAssociative: true }],
]);

/** A sign before a number binds tighter than × and looser than ^: -2^2 is -4. */
export const signPrecedence = 3;

export const negation = unary(values.negate);
export const squareRoot = unary(values.squareRoot);
export const factorial = unary(values.factorial);

function unary(apply: (value: Value, effort: Effort) => Value): Operation {
  return { least: 1, most: 1, apply: ([value = zero], effort) => apply(value, effort) };
}

function binary(apply: (left: Value, right: Value, effort: Effort) => Value): Operation {
  return { least: 2, most: 2, apply: ([left = zero, right = zero], effort) => apply(left, right, effort) };
}

function extreme(wantedSign: 1 | -1): Operation {
  return {
    least: 1,
    most: Number.POSITIVE_INFINITY,
    apply: (operands, effort) =>
      operands.reduce((best, value) =>
        values.sign(values.subtract(value, best, effort), effort) === wantedSign ? value : best,
      ),
  };
}
