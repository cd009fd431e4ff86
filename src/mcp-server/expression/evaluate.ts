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
    try {
      stack.push(runInstruction(instruction, stack, effort));
    } catch (error) {
      throw error instanceof CalculatorError ? error.at(instruction.position) : error;
    }
  }
  const [result] = stack;
  if (result === undefined) throw new Error('A parsed expression leaves one value.');
  return result;
}

function runInstruction(instruction: Instruction, stack: Value[], effort: Effort): Value {
  if (instruction.type === 'operation') {
    const operands = stack.splice(stack.length - instruction.count);
    return instruction.operation.apply(operands, effort);
  }
  const value = parseDecimal(instruction.text, effort);
  if (value === undefined) throw new Error('A number token is a decimal number.');
  return value;
}
