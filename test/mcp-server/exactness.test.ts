import { describe, expect, test } from 'vitest';
import { evaluate } from '../../src/mcp-server/expression/evaluate.ts';
import {
  arithmetic,
  createRandom,
  type Fraction,
  fraction,
  hasFiniteDecimals,
  isEqual,
  isRounded,
  read,
} from './fraction.ts';

describe('fractions', () => {
  test('random expressions have the value that plain fractions give, in full or rounded to 50 digits', () => {
    const random = createRandom(1);
    let exact = 0;
    for (let round = 0; round < 400; round += 1) {
      const { text, value } = randomExpression(random, 4);
      const result = evaluate(text);
      if (hasFiniteDecimals(value)) {
        exact += 1;
        expect(isEqual(read(result), value), `${text} = ${result}`).toBe(true);
      } else {
        expect(isRounded(result, value, 50), `${text} = ${result}`).toBe(true);
      }
    }
    // Both kinds must have been there for the test to mean anything.
    expect(exact).toBeGreaterThan(50);
    expect(exact).toBeLessThan(350);
  });

  test('a sum, a product and a power are undone by their opposites, at any length', () => {
    const random = createRandom(2);
    for (const length of [1, 15, 16, 17, 40, 300, 2000]) {
      const [a, b] = [random.digits(length), `${random.digits(length)}.${random.digits(7)}`];
      expect(evaluate(`(${a} + ${b}) - ${b}`)).toBe(a);
      expect(evaluate(`${a} * ${b} / ${b}`)).toBe(a);
      expect(evaluate(`sqrt((${a})^2)`)).toBe(a);
      expect(evaluate(`(${a}^3)^(1/3)`)).toBe(a);
      expect(evaluate(`floor(${a} / 7) * 7 + ${a} % 7`)).toBe(a);
      expect(BigInt(evaluate(`${a} * ${a} - 1`))).toBe(BigInt(a) * BigInt(a) - 1n);
    }
  });

  test('common factors of long fractions are found', () => {
    const random = createRandom(3);
    for (let round = 0; round < 40; round += 1) {
      const [a, b, common] = [random.digits(90), random.digits(85), random.digits(100)].map(BigInt);
      const result = evaluate(`(${(a ?? 1n) * (common ?? 1n)} / ${(b ?? 1n) * (common ?? 1n)}) * ${b}`);
      expect(result).toBe(String(a));
    }
  });
});

describe('writing', () => {
  test.each([
    ['0.1 + 0.2', '0.3'],
    ['1e21', '1000000000000000000000'],
    ['1E-5 * 1e3', '0.01'],
    ['1.50', '1.5'],
    ['-0.0', '0'],
    ['7/8', '0.875'],
    ['-1/3', `-0.${'3'.repeat(50)}`],
    ['2/3', `0.${'6'.repeat(49)}7`],
    [
      '1/2^100',
      '0.0000000000000000000000000000007888609052210118054117285652827862296732064351090230047702789306640625',
    ],
    ['10^50/3', '3'.repeat(50)],
    ['10^51/3', `3.${'3'.repeat(49)}e+50`],
    ['1/(3*10^19)', `0.${'0'.repeat(19)}${'3'.repeat(50)}`],
    ['1/(3*10^20)', `3.${'3'.repeat(49)}e-21`],
  ])('%s is written as %s', (expression, text) => {
    expect(evaluate(expression)).toBe(text);
  });

  test('a decimal too long to be written in full is rounded', () => {
    expect(evaluate('2^-33000')).toMatch(/^1\.\d{48,49}e-9934$/);
    expect(isRounded(evaluate('2^-33000'), fraction(1n, 2n ** 33000n), 50)).toBe(true);
  });

  test('results have up to 10,000 digits', () => {
    expect(evaluate('10^9999')).toBe(`1${'0'.repeat(9999)}`);
    expect(() => evaluate('10^10000')).toThrow('The result is too large: it would have more than 10,000 digits');
    expect(() => evaluate('10^9999 * 10')).toThrow('too large');
    expect(() => evaluate('exp(23027)')).toThrow('too large');
    expect(() => evaluate('exp(-23027)')).toThrow('too close to zero');
    expect(() => evaluate('1e10000')).toThrow('A number is too long');
  });
});

describe('irrational results', () => {
  test.each([
    ['pi', '3.1415926535897932384626433832795028841971693993751'],
    ['e', '2.7182818284590452353602874713526624977572470937'],
    ['sqrt(2)', '1.4142135623730950488016887242096980785696718753769'],
    ['(1 + sqrt(5)) / 2', '1.6180339887498948482045868343656381177203091798058'],
    ['ln(2)', '0.69314718055994530941723212145817656807550013436026'],
    ['ln(10)', '2.3025850929940456840179914546843642076011014886288'],
    ['log(2)', '0.30102999566398119521373889472449302676818988146211'],
    ['sin(1)', '0.84147098480789650665250232163029899962256306079837'],
    ['cos(1)', '0.54030230586813971740093660744297660373231042061792'],
    ['tan(1)', '1.5574077246549022305069748074583601730872507723815'],
    ['2^0.5', '1.4142135623730950488016887242096980785696718753769'],
    ['sin(10^22)', '-0.85220084976718880177270589375302936826176215041004'],
    ['sin(10^30)', '-0.090116901912138058030386428952987330274396332993043'],
  ])('%s has its known digits', (expression, text) => {
    expect(evaluate(expression)).toBe(text);
  });

  test('identities hold to the last digit', () => {
    const random = createRandom(4);
    for (let round = 0; round < 40; round += 1) {
      const x = `${random.below(400)}.${random.digits(6)}`;
      expect(evaluate(`sin(${x})^2 + cos(${x})^2`)).toBe('1');
      expect(evaluate(`ln(exp(${x}))`)).toBe(evaluate(x));
      expect(evaluate(`exp(ln(${x}))`)).toBe(evaluate(x));
      expect(evaluate(`sqrt(${x})^2`)).toBe(evaluate(x));
      expect(evaluate(`tan(${x}) * cos(${x}) - sin(${x})`)).toBe('0');
      expect(evaluate(`exp(${x}) * exp(-(${x}))`)).toBe('1');
      expect(evaluate(`(${x}^0.3)^(10/3)`)).toBe(evaluate(x));
    }
  });

  test.each([
    ['ln(1)', '0'],
    ['exp(0)', '1'],
    ['sin(0)', '0'],
    ['cos(0)', '1'],
    ['log(1000)', '3'],
    ['log(0.001)', '-3'],
    ['ln(e^5)', '5'],
    ['sin(pi)', '0'],
    ['sin(pi/6)', '0.5'],
    ['cos(pi)', '-1'],
    ['tan(pi/4)', '1'],
    ['sqrt(2)^2 - 2', '0'],
    ['sqrt(2/9) * sqrt(2)', `0.${'6'.repeat(49)}7`],
    ['floor(sqrt(2) * sqrt(2))', '2'],
    ['round(sqrt(6.25))', '3'],
    ['27^(2/3)', '9'],
    ['(-8)^(1/3)', '-2'],
    ['0.25^-1.5', '8'],
    ['1.0001^100000', '22015.456048552198645701456581658715520597641827115'],
  ])('%s is exactly %s', (expression, text) => {
    expect(evaluate(expression)).toBe(text);
  });

  test('terms that cancel each other out far keep their digits, or are refused', () => {
    expect(evaluate('exp(10^-200) - 1')).toBe('1e-200');
    expect(evaluate('(exp(300) + 1) - exp(300)')).toBe('1');
    expect(evaluate('ln(1 + 10^-3000) * 10^3000')).toBe('1');
    expect(() => evaluate('(exp(9000) + 1) - exp(9000)')).toThrow('The result is not certain');
    expect(() => evaluate('floor(exp(9000))')).toThrow('The result is not certain');
  });

  test.each([
    ['1 / 0', 'Cannot divide by zero (at position 3).'],
    ['5 % (2 - 2)', 'Cannot take the remainder of a division by zero (at position 3).'],
    ['0^-1', 'Cannot divide by zero: zero has no negative power (at position 2).'],
    ['1 / sin(pi)', 'Cannot divide by zero (at position 3).'],
    ['tan(pi/2)', 'The tangent is not defined for this angle (at position 1).'],
    ['sqrt(-1)', 'The square root of a negative number is not a real number (at position 1).'],
    ['(-2)^0.5', 'This power of a negative number is not a real number (at position 5).'],
    ['ln(0)', 'Logarithms are defined for numbers above zero only (at position 1).'],
    ['factorial(2.5)', 'The factorial is defined for the integers from 0 upwards only (at position 1).'],
    ['sin(10^1024)', 'The angle is too large: sin, cos and tan take angles up to 10^1000 (at position 1).'],
  ])('%s has no result, and says why', (expression, message) => {
    expect(() => evaluate(expression)).toThrow(message);
  });
});

function randomExpression(
  random: ReturnType<typeof createRandom>,
  depth: number,
): { readonly text: string; readonly value: Fraction } {
  if (depth === 0 || random.below(6) === 0) {
    const whole = random.digits(1 + random.below(25));
    const decimals = random.below(2) === 0 ? '' : `.${random.digits(1 + random.below(20))}`;
    return { text: whole + decimals, value: read(whole + decimals) };
  }
  const [left, right] = [randomExpression(random, depth - 1), randomExpression(random, depth - 1)];
  const operators = right.value.up === 0n ? (['+', '-', '*'] as const) : (['+', '-', '*', '/'] as const);
  const operator = operators[random.below(operators.length)] ?? '+';
  return { text: `(${left.text} ${operator} ${right.text})`, value: arithmetic[operator](left.value, right.value) };
}
