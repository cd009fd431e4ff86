import { describe, expect, test } from 'vitest';
import { CalculatorError } from '../../src/mcp-server/arithmetic/calculator-error.ts';
import { evaluate } from '../../src/mcp-server/expression/evaluate.ts';

describe('what binds how tight', () => {
  test.each([
    ['2 + 3 * 4', '14'],
    ['(2 + 3) * 4', '20'],
    ['10 - 4 - 3', '3'],
    ['100 / 10 / 2', '5'],
    ['-2^2', '-4'],
    ['(-2)^2', '4'],
    ['2^3^2', '512'],
    ['2^-2', '0.25'],
    ['2**3', '8'],
    ['2 * -3', '-6'],
    ['--5', '5'],
    ['+5 - +3', '2'],
    ['3! + 1', '7'],
    ['-3!', '-6'],
    ['2^3!', '64'],
    ['(3!)!', '720'],
    ['17 % 5', '2'],
    ['-7 % 3', '2'],
    ['7 % (-3)', '-2'],
    ['5.5 % 2', '1.5'],
    ['√16 + 9', '13'],
    ['√(16 + 9)', '5'],
    ['√2 * √2', '2'],
    ['0^0', '1'],
  ])('%s is %s', (expression, result) => {
    expect(evaluate(expression)).toBe(result);
  });
});

describe('functions and spellings', () => {
  test.each([
    ['abs(-3.5)', '3.5'],
    ['round(2.5)', '3'],
    ['round(-2.5)', '-3'],
    ['round(2.345, 2)', '2.35'],
    ['round(1250, -2)', '1300'],
    ['floor(-1.5)', '-2'],
    ['ceil(-1.5)', '-1'],
    ['min(3, 1, 2)', '1'],
    ['max(pi, 3, 22/7)', `3.${'142857'.repeat(8)}1`],
    ['factorial(20)', '2432902008176640000'],
    ['SQRT(9) + Pi - PI', '3'],
    ['15 × 2 ÷ 3 − 4', '6'],
    ['２＋３×（４−１）', '11'],
    ['2*π/π', '2'],
    ['.5 + 5.', '5.5'],
    ['1e3 + 1', '1001'],
    [' \t\n1\u00a0+ 1 ', '2'],
  ])('%s is %s', (expression, result) => {
    expect(evaluate(expression)).toBe(result);
  });
});

describe('mistakes are named with their position', () => {
  test.each([
    ['', 'The expression is empty.'],
    ['2 + ', 'The expression ends too early, at position 5.'],
    ['1 + 2)', 'Unexpected ")" at position 6.'],
    ['(1 + 2', 'The "(" at position 1 is never closed.'],
    [
      '(1 + 2,',
      'Unexpected "," at position 7: a comma only separates the arguments of a function; write 1000, not 1,000.',
    ],
    ['()', 'Unexpected ")" at position 2.'],
    ['2 * / 3', 'Unexpected "/" at position 5.'],
    ['1 2', 'Unexpected "2" at position 3: between two values write an operator.'],
    ['2(3)', 'Unexpected "(" at position 2: between two values write an operator.'],
    ['2pi', 'Unexpected "pi" at position 2: between two values write an operator.'],
    ['1.2.3', 'Unexpected ".3" at position 4: between two values write an operator.'],
    ['1 = 2', 'Unexpected "=" at position 3.'],
    ['😀😀 + $', 'Unexpected "😀" at position 1.'],
    ['1 + x', 'Unknown name "x" at position 5: there are sqrt, abs, round,'],
    ['sqrt 4', '"sqrt" at position 1 is a function: write sqrt(…).'],
    ['sqrt()', 'Unexpected ")" at position 6: sqrt needs one argument.'],
    ['sqrt(1, 2)', 'Unexpected "," at position 7: the function takes one argument.'],
    ['round(1, 2, 3)', 'Unexpected "," at position 11: the function takes 1 or 2 arguments.'],
    ['1,000 + 1', 'Unexpected "," at position 2: a comma only separates'],
    ['max(1,000, 2)', 'Unexpected "000" at position 7: write numbers without thousands separators.'],
    ['50%', 'Unexpected "%" at position 3: % is the remainder of a division.'],
    ['50% * 3', 'Unexpected "%" at position 3'],
    ['100% - 15', 'Unexpected "%" at position 4'],
    ['5!!', 'Unexpected "!" at position 3: for the factorial of a factorial write (n!)!.'],
    ['constructor(1)', 'Unknown name "constructor" at position 1'],
  ])('%j', (expression, message) => {
    expect(() => evaluate(expression)).toThrow(message);
  });

  test('a quoted mistake is cut, however long it is', () => {
    expect(messageOf('a'.repeat(9_000)).length).toBeLessThan(250);
  });
});

/** 1/10001 + 1/10003 + …, as long as fits. */
const fractionSum = Array.from({ length: 1_200 }, (_, index) => `1/${10_001 + 2 * index}`).join('+');

describe('no expression hangs or exhausts the process', () => {
  test.each([
    ['a tower of powers', '9^9^9^9', 'too large'],
    ['a long tower of powers', many('9', '^'), 'nested too deeply'],
    ['a tower of roots', many('0.5', '^'), 'nested too deeply'],
    ['a factorial of a billion', 'factorial(10^9)', 'too large'],
    ['100 kB of parentheses', '('.repeat(50_000) + ')'.repeat(50_000), 'too long: 100000 characters'],
    ['as many parentheses as fit', '('.repeat(10_000), 'nested too deeply at position 201'],
    ['as many signs as fit', '-'.repeat(10_000), 'nested too deeply'],
    ['multiplied factorials', many('3000!/2999!', '*'), 'too much work'],
    ['factorials taken from each other', many('3248!', '-'), 'too much work'],
    ['large angles', many('sin(1e999)', '+'), 'too much work'],
    ['long fractions', many('(7^5000/3^9000)', '+'), 'too much work'],
    ['tiny numbers', many('1e-9999', '+'), 'too much work'],
    ['remainders of large numbers', many('7^11000%3^9000', '+'), 'too much work'],
    ['a power with a long exponent', `1.000000000001^${'9'.repeat(9_000)}`, 'too large'],
    ['a fraction to a long power', `1.5^-${'9'.repeat(9_000)}`, 'too close to zero'],
    ['a root of a high degree', `(3^9000)^(1/${'7'.repeat(500)})`, undefined],
    ['what is taken for zero to a long power', `(sqrt(2)^2 - 2)^${'9'.repeat(900)}`, undefined],
    ['growing denominators', fractionSum, undefined],
    ['many terms', many('1', '+'), undefined],
    ['many inexact terms that are only just zero', many('(sqrt(2)^2-2)', '+'), undefined],
  ])('%s', (_name, expression, message) => {
    const outcome = messageOf(expression);
    if (message === undefined) expect(outcome).toMatch(/^-?\d[\d.]*(e[+-]\d+)?$/);
    else expect(outcome).toContain(message);
  });
});

/** As many pieces as an expression may hold. */
function many(piece: string, separator: string): string {
  return Array(Math.floor(9_990 / (piece.length + separator.length)))
    .fill(piece)
    .join(separator);
}

/** The result, or why there is none. */
function messageOf(expression: string): string {
  try {
    return evaluate(expression);
  } catch (error) {
    if (error instanceof CalculatorError) return error.message;
    throw error;
  }
}
