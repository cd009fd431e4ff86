/** Evaluates an arithmetic expression to the text of its value. */
import { CalculatorError } from '../arithmetic/calculator-error.ts';
import { formatValue, parseDecimal } from '../arithmetic/decimal.ts';
import { type Effort, withRisingPrecision } from '../arithmetic/effort.ts';
import type { Value } from '../arithmetic/value.ts';
import { type Instruction, parse } from './parser.ts';

/**
 * The value in the form of `formatValue`.
 * @throws {CalculatorError} that says what is wrong with the expression, and where. Never takes more work than allowed.
 */
export function evaluate(expression: string): string {
  const program = parse(expression);
  return withRisingPrecision((effort) => formatValue(run(program, effort), effort));
}

function run(program: readonly Instruction[], effort: Effort): Value {
  const stack: Value[] = [];
  for (const instruction of program) {
    stack.push(atPosition(instruction, () => runInstruction(instruction, stack, effort)));
  }
  const [result] = stack;
  if (result === undefined) throw new Error('A parsed expression leaves one value.');
  return result;
}

/** What the instruction comes to. @throws {CalculatorError} that says where the instruction stands. */
export function atPosition<Result>({ position }: Instruction, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw error instanceof CalculatorError ? error.at(position) : error;
  }
}

function runInstruction(instruction: Instruction, stack: Value[], effort: Effort): Value {
  if (instruction.type === 'operation') {
    const operands = stack.splice(stack.length - instruction.count);
    return instruction.operation.apply(operands, effort);
  }
  if (instruction.type === 'variable') throw new Error('An expression without a variable has none.');
  return readNumber(instruction.text, effort);
}

/** The text must be that of a number token. */
export function readNumber(text: string, effort: Effort): Value {
  const value = parseDecimal(text, effort);
  if (value === undefined) throw new Error('A number token is a decimal number.');
  return value;
}
