/**
 * Makes a function of an expression in x. It calculates in double precision, for drawing: thousands of points take no time.
 * What does not depend on x is calculated exactly beforehand, once, and so is refused with the same words as by `evaluate`.
 */
import { formatValue } from '../arithmetic/decimal.ts';
import { type Effort, withRisingPrecision } from '../arithmetic/effort.ts';
import { isExact, type Value } from '../arithmetic/value.ts';
import { oddRootPower } from './approximations.ts';
import { atPosition, readNumber } from './evaluate.ts';
import { type Operation, power } from './functions.ts';
import { type Instruction, parse } from './parser.ts';

/** No finite number where the expression has no value. */
export type RealFunction = (x: number) => number;

type Step =
  | { readonly type: 'constant'; readonly value: number }
  | { readonly type: 'x' }
  | { readonly type: 'operation'; readonly apply: Operation['approximate']; readonly count: number };

/** @throws {CalculatorError} that says what is wrong with the expression, and where. */
export function toFunction(expression: string): RealFunction {
  const program = parse(expression, 'x');
  return toMachine(withRisingPrecision((effort) => toSteps(program, effort)));
}

function toSteps(program: readonly Instruction[], effort: Effort): readonly Step[] {
  const steps: Step[] = [];
  /** What stands on the stack after each step: a value, or undefined for what depends on x. */
  const stack: (Value | undefined)[] = [];
  for (const instruction of program) {
    if (instruction.type === 'variable') {
      steps.push({ type: 'x' });
      stack.push(undefined);
      continue;
    }
    const operands = instruction.type === 'number' ? [] : stack.splice(stack.length - instruction.count);
    const value = atPosition(instruction, () => constantOf(instruction, operands, effort));
    if (value !== undefined) {
      // Each operand was one step, right before this one.
      steps.splice(steps.length - operands.length);
      steps.push({ type: 'constant', value: Number(formatValue(value, effort)) });
    } else if (instruction.type === 'operation') {
      const apply = approximationOf(instruction.operation, operands);
      steps.push({ type: 'operation', apply, count: instruction.count });
    }
    stack.push(value);
  }
  return steps;
}

/** Undefined for what depends on x. */
function constantOf(
  instruction: Exclude<Instruction, { readonly type: 'variable' }>,
  operands: readonly (Value | undefined)[],
  effort: Effort,
): Value | undefined {
  if (instruction.type === 'number') return readNumber(instruction.text, effort);
  const known = operands.filter((operand) => operand !== undefined);
  return known.length === operands.length ? instruction.operation.apply(known, effort) : undefined;
}

/** As a double, 1/3 is no longer the fraction of which numbers below zero have a power. */
function approximationOf(operation: Operation, [, exponent]: readonly (Value | undefined)[]): Operation['approximate'] {
  if (operation !== power || exponent === undefined || !isExact(exponent)) return operation.approximate;
  const { numerator, denominator } = exponent;
  const hasRoot = denominator > 1n && denominator % 2n === 1n;
  return hasRoot ? oddRootPower(numerator % 2n !== 0n) : operation.approximate;
}

/** A stack machine without an object to its name: an expression may have thousands of steps, and is asked for thousands of values. */
function toMachine(steps: readonly Step[]): RealFunction {
  const stack = new Float64Array(steps.length);
  return (x) => {
    let top = -1;
    for (const step of steps) {
      if (step.type === 'operation') {
        const first = top - step.count + 1;
        stack[first] = calculate(step, stack, first);
        top = first;
      } else {
        top += 1;
        stack[top] = step.type === 'x' ? x : step.value;
      }
    }
    return stack[0] ?? Number.NaN;
  };
}

function calculate({ apply, count }: Extract<Step, { type: 'operation' }>, stack: Float64Array, first: number): number {
  if (count === 1) return apply(stack[first] ?? Number.NaN);
  if (count === 2) return apply(stack[first] ?? Number.NaN, stack[first + 1] ?? Number.NaN);
  return apply(...stack.subarray(first, first + count));
}
