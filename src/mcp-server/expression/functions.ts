/** What an expression can do: every operation and function by name, with how many arguments it takes. */
import type { Effort } from '../arithmetic/effort.ts';
import { pi } from '../arithmetic/elementary.ts';
import { one, zero } from '../arithmetic/rational.ts';
import type { Value } from '../arithmetic/value.ts';
import * as values from '../arithmetic/value.ts';
import * as approximations from './approximations.ts';

/** Takes its arguments from the left to the right. */
export interface Operation {
  readonly least: number;
  readonly most: number;
  apply(operands: readonly Value[], effort: Effort): Value;
  /** The same in double precision, in no time. No finite number where there is no value. */
  approximate(...operands: readonly number[]): number;
}

/** Functions, called as `name(…)`. */
export const functions: ReadonlyMap<string, Operation> = new Map([
  ['sqrt', unary(values.squareRoot, Math.sqrt)],
  ['abs', unary(values.magnitude, Math.abs)],
  [
    'round',
    {
      least: 1,
      most: 2,
      apply: ([value = zero, digits = zero], effort) => values.round(value, digits, effort),
      approximate: approximations.round,
    },
  ],
  ['floor', unary(values.floor, Math.floor)],
  ['ceil', unary(values.ceiling, Math.ceil)],
  ['min', extreme(-1, Math.min)],
  ['max', extreme(1, Math.max)],
  ['factorial', unary(values.factorial, approximations.factorial)],
  ['ln', unary(values.naturalLogarithm, Math.log)],
  ['log', unary(values.decimalLogarithm, Math.log10)],
  ['exp', unary(values.exponential, Math.exp)],
  ['sin', unary(values.sine, Math.sin)],
  ['cos', unary(values.cosine, Math.cos)],
  ['tan', unary(values.tangent, Math.tan)],
]);

export const constants: ReadonlyMap<string, Operation> = new Map([
  ['pi', { least: 0, most: 0, apply: (_operands, effort) => pi(effort), approximate: () => Math.PI }],
  [
    'e',
    { least: 0, most: 0, apply: (_operands, effort) => values.exponential(one, effort), approximate: () => Math.E },
  ],
]);

export interface BinaryOperator {
  readonly operation: Operation;
  /** Higher ones bind tighter. */
  readonly precedence: number;
  readonly isRightAssociative: boolean;
}

export const power = binary(values.power, Math.pow);

export const binaryOperators: ReadonlyMap<string, BinaryOperator> = new Map([
  ['+', { operation: binary(values.add, (left, right) => left + right), precedence: 1, isRightAssociative: false }],
  [
    '-',
    { operation: binary(values.subtract, (left, right) => left - right), precedence: 1, isRightAssociative: false },
  ],
  [
    '*',
    { operation: binary(values.multiply, (left, right) => left * right), precedence: 2, isRightAssociative: false },
  ],
  ['/', { operation: binary(values.divide, approximations.divide), precedence: 2, isRightAssociative: false }],
  ['%', { operation: binary(values.modulo, approximations.modulo), precedence: 2, isRightAssociative: false }],
  ['^', { operation: power, precedence: 4, isRightAssociative: true }],
]);

/** A sign before a number binds tighter than × and looser than ^: -2^2 is -4. */
export const signPrecedence = 3;

export const negation = unary(values.negate, (value) => -value);
export const squareRoot = unary(values.squareRoot, Math.sqrt);
export const factorial = unary(values.factorial, approximations.factorial);

function unary(apply: (value: Value, effort: Effort) => Value, approximate: (value: number) => number): Operation {
  return { least: 1, most: 1, apply: ([value = zero], effort) => apply(value, effort), approximate };
}

function binary(
  apply: (left: Value, right: Value, effort: Effort) => Value,
  approximate: (left: number, right: number) => number,
): Operation {
  return {
    least: 2,
    most: 2,
    apply: ([left = zero, right = zero], effort) => apply(left, right, effort),
    approximate,
  };
}

function extreme(wantedSign: 1 | -1, approximate: (...operands: readonly number[]) => number): Operation {
  return {
    least: 1,
    most: Number.POSITIVE_INFINITY,
    apply: (operands, effort) =>
      operands.reduce((best, value) =>
        values.sign(values.subtract(value, best, effort), effort) === wantedSign ? value : best,
      ),
    approximate,
  };
}
