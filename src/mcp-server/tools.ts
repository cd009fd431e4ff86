/** The calculator's tools as a model sees them: names, descriptions, schemas, and what each does with its arguments. */
import type { JSONObject, Tool } from '@modelcontextprotocol/server';
import { describe, requireNames } from './arguments.ts';
import { CalculatorError } from './arithmetic/calculator-error.ts';
import { formatValue, parseDecimal } from './arithmetic/decimal.ts';
import { type Effort, withRisingPrecision } from './arithmetic/effort.ts';
import { integer, zero } from './arithmetic/rational.ts';
import type { Value } from './arithmetic/value.ts';
import * as values from './arithmetic/value.ts';
import { evaluate } from './expression/evaluate.ts';
import { WireNumber } from './wire-number.ts';

export interface CalculatorTool {
  /** What `tools/list` says of it. */
  readonly definition: Tool;
  /** The exact text of the result. @throws {CalculatorError} for bad input and for what has no result. */
  run(given: Readonly<Record<string, unknown>>): string;
}

const several = 'Calls that do not need each other’s results may be made at once.';
const exactly = 'Integers of any size and decimals are calculated exactly, up to 10,000 digits.';
const rounded = 'rounded to 50 significant digits';

export const tools: ReadonlyMap<string, CalculatorTool> = new Map(
  [
    numberTool({
      name: 'add',
      title: 'Add',
      description: `Adds two numbers: a + b. ${exactly} Use it for every sum, however easy it looks; for several operations at once use evaluate. ${several}`,
      parameters: { a: 'First number, e.g. 15 or 0.1', b: 'Number to add to it' },
      calculate: ([a, b], effort) => values.add(a, b, effort),
    }),
    numberTool({
      name: 'subtract',
      title: 'Subtract',
      description: `Subtracts the second number from the first: a - b. ${exactly} ${several}`,
      parameters: { a: 'Number to subtract from', b: 'Number to subtract' },
      calculate: ([a, b], effort) => values.subtract(a, b, effort),
    }),
    numberTool({
      name: 'multiply',
      title: 'Multiply',
      description: `Multiplies two numbers: a × b. ${exactly} ${several}`,
      parameters: { a: 'First factor', b: 'Second factor' },
      calculate: ([a, b], effort) => values.multiply(a, b, effort),
    }),
    numberTool({
      name: 'divide',
      title: 'Divide',
      description: `Divides the first number by the second: a ÷ b, not rounded to an integer. The result is exact when its decimals end (7 ÷ 8 = 0.875), otherwise ${rounded}. b must not be 0. For the remainder use evaluate with %. ${several}`,
      parameters: { a: 'Dividend', b: 'Divisor, not 0' },
      calculate: ([a, b], effort) => values.divide(a, b, effort),
    }),
    numberTool({
      name: 'power',
      title: 'Power',
      description: `Raises the first number to the power of the second: a ^ b. Exact for integer b; for other b, and where the exact digits would be more than 10,000, ${rounded}. A negative a takes only those b that give a real number. ${several}`,
      parameters: { a: 'Base', b: 'Exponent: may be negative or a fraction such as 0.5' },
      calculate: ([a, b], effort) => values.power(a, b, effort),
    }),
    numberTool({
      name: 'sqrt',
      title: 'Square root',
      description: `Takes the square root of a number that is not negative. Exact when the root is (16 → 4, 0.25 → 0.5), otherwise ${rounded}. ${several}`,
      parameters: { a: 'Number, 0 or above' },
      calculate: ([a], effort) => values.squareRoot(a, effort),
    }),
    {
      definition: define(
        'evaluate',
        'Evaluate an expression',
        `Evaluates a whole arithmetic expression in one call, e.g. "(15 + 27) * 3 / 4" or "round(1200 * 1.035^10, 2)". Use it whenever there is more than one operation, a function or a remainder. Operators: + - * / ^ (or × ÷ **), % (remainder with the sign of the divisor; not per cent: write / 100), ! (factorial), parentheses. -2^2 is -4 and 2^3^2 is 2^(3^2). Functions: sqrt, abs, round(x) or round(x, decimals) with halves away from zero, floor, ceil, min(…), max(…), factorial, ln, log (base 10), exp, sin, cos, tan (radians). Constants: pi, e. No variables, no units, no thousands separators; a comma only separates arguments; multiplication is always written out (2*pi). The result is exact as long as fractions and roots allow, otherwise ${rounded}. ${several}`,
        { expression: { type: 'string', description: 'The expression, e.g. "2 * (3 + 4) ^ 2"', maxLength: 10_000 } },
      ),
      run: (given: Readonly<Record<string, unknown>>) => evaluate(readText('evaluate', given)),
    },
  ].map((tool) => [tool.definition.name, tool]),
);

interface NumberTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Their names in order, each with what the model should put there. */
  readonly parameters: Readonly<Record<string, string>>;
  calculate(operands: readonly [Value, Value], effort: Effort): Value;
}

function numberTool({ name, title, description, parameters, calculate }: NumberTool): CalculatorTool {
  const names = Object.keys(parameters);
  const properties = Object.entries(parameters).map(([key, text]) => [key, { type: 'number', description: text }]);
  return {
    definition: define(name, title, description, Object.fromEntries(properties)),
    run: (given) =>
      withRisingPrecision((effort) => {
        requireNames(name, names, given);
        const [a = zero, b = zero] = names.map((key) => readNumber(key, given[key], effort));
        return formatValue(calculate([a, b], effort), effort);
      }),
  };
}

function define(name: string, title: string, description: string, properties: Record<string, JSONObject>): Tool {
  return {
    name,
    title,
    description,
    inputSchema: { type: 'object', properties, required: Object.keys(properties), additionalProperties: false },
    outputSchema: {
      type: 'object',
      properties: {
        result: {
          type: ['number', 'string'],
          description: 'The result; as text when it lies beyond the range of double-precision numbers (1.8e308).',
        },
      },
      required: ['result'],
    },
    annotations: { title, readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  };
}

/** Numbers, and text that is a number: models quote them now and then. */
function readNumber(name: string, value: unknown, effort: Effort): Value {
  if (Number.isSafeInteger(value)) return integer(Number(value));
  const text = value instanceof WireNumber ? value.text : typeof value === 'number' ? String(value) : value;
  const number = typeof text === 'string' ? parseDecimal(text.trim(), effort) : undefined;
  if (number !== undefined) return number;
  const what = typeof value === 'string' ? 'text that is no number' : describe(value);
  throw new CalculatorError(`"${name}" must be a number such as 42 or -0.5, but it is ${what}.`);
}

function readText(tool: string, given: Readonly<Record<string, unknown>>): string {
  requireNames(tool, ['expression'], given);
  const { expression } = given;
  if (typeof expression === 'string') return expression;
  throw new CalculatorError(`"expression" must be text such as "2 * (3 + 4)", but it is ${describe(expression)}.`);
}
