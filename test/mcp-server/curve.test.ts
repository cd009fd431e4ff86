import { describe, expect, test } from 'vitest';
import { evaluate } from '../../src/mcp-server/expression/evaluate.ts';
import { toFunction } from '../../src/mcp-server/expression/to-function.ts';
import { extentOf, type Point, sample, toPieces } from '../../src/mcp-server/pictures/draw/curve.ts';

describe('an expression in x as a function', () => {
  test.each([
    '3 - x * 2',
    '-x^2',
    '2^x^2',
    'x! + 1',
    '7 % x',
    '-7 % x',
    'round(x / 3, 2) + round(x / 3)',
    'max(1, x, 2) - min(x, 0.5)',
    'floor(x / 2) + ceil(x / 2)',
    'sqrt(x) + abs(1 - x)',
    'ln(x) * log(x) / exp(x)',
    'sin(x) + cos(x) * tan(x)',
    '√x + x × 2 ÷ 3',
    'pi * X + e',
    '(0 - x)^(1/3) + (0 - x)^(2/3)',
    '2^0.5 * x',
  ])('%s has the values that evaluate has', (expression) => {
    const at = toFunction(expression);
    for (const x of [1, 2, 3, 4, 5]) {
      const exact = Number(evaluate(expression.replaceAll(/(?<![a-z])x(?![a-z])/gi, `${x}`)));
      expect(at(x)).toBeCloseTo(exact, 10);
    }
  });

  test.each([
    '1/x',
    'ln(x)',
    'log(x)',
    '(0-1)^(x+0.5)',
    'sqrt(x-1)',
    '1 % x',
    '(x-1)!',
    '(x+0.5)!',
    'x^(0-1)',
    'tan(1/x)',
  ])('%s has no value at 0', (expression) => {
    expect(Number.isFinite(toFunction(expression)(0))).toBe(false);
  });

  test('what does not depend on x is calculated exactly, and refused as evaluate refuses it', () => {
    expect(toFunction('x * (10^400 / 10^399)')(2)).toBe(20);
    expect(toFunction('x + (0.1 + 0.2 - 0.3)')(0)).toBe(0);
    expect(() => toFunction('x * (1 / 0)')).toThrow('Cannot divide by zero (at position 8).');
    expect(() => toFunction('x + 9^9^9')).toThrow('too large');
  });

  test('only x is a variable, and only in a plot', () => {
    expect(() => toFunction('x + y')).toThrow('Unknown name "y" at position 5: there are x, sqrt,');
    expect(() => evaluate('x + 1')).toThrow('Unknown name "x" at position 1: there are sqrt,');
  });
});

interface Followed {
  readonly low: number | undefined;
  readonly high: number | undefined;
  /** From where to where each piece goes. */
  readonly pieces: readonly (readonly [number, number])[];
}

function follow(expression: string, from: number, to: number): Followed {
  const at = toFunction(expression);
  const points = sample(at, from, to, expression.length);
  const extent = extentOf(points);
  const height = extent === undefined ? 0 : extent.high - extent.low;
  const rounded = ({ x }: Point = { x: Number.NaN, y: 0 }) => Number(x.toFixed(2)) + 0;
  const pieces = toPieces(at, points, height).map((piece) => [rounded(piece[0]), rounded(piece.at(-1))] as const);
  return { low: extent?.low, high: extent?.high, pieces };
}

describe('a curve', () => {
  test.each<[expression: string, pieces: Followed['pieces']]>([
    ['x^3', [[-2, 2]]],
    ['7', [[-2, 2]]],
    // Both parts of a pole, and a jump.
    [
      '1/x',
      [
        [-2, 0],
        [0, 2],
      ],
    ],
    [
      '1/x^2',
      [
        [-2, 0],
        [0, 2],
      ],
    ],
    [
      '1/(x-0.1)',
      [
        [-2, 0.1],
        [0.1, 2],
      ],
    ],
    [
      'tan(x)',
      [
        [-2, -1.57],
        [-1.57, 1.57],
        [1.57, 2],
      ],
    ],
    [
      'floor(x)',
      [
        [-2, -1],
        [-1, 0],
        [0, 1],
        [1, 2],
        [2, 2],
      ],
    ],
    // Steep is not broken.
    ['1/(1+exp(-5000*x))', [[-2, 2]]],
    ['x^9', [[-2, 2]]],
    ['sin(3000*x)', [[-2, 2]]],
    // It reaches the ground where it begins.
    ['sqrt(1-x^2)', [[-1, 1]]],
    ['ln(x)', [[0, 2]]],
    // Points by themselves.
    [
      'x!',
      [
        [0, 0],
        [1, 1],
        [2, 2],
      ],
    ],
    ['sqrt(-1-x^2)', []],
  ])('of %s hangs together where it should', (expression, pieces) => {
    expect(follow(expression, -2, 2).pieces).toEqual(pieces);
  });

  test('half a circle reaches the ground', () => {
    const at = toFunction('sqrt(1-x^2)');
    const [piece = []] = toPieces(at, sample(at, -2, 2, 13), 1);
    expect(piece[0]?.y).toBeCloseTo(0, 5);
    expect(piece.at(-1)?.y).toBeCloseTo(0, 5);
  });

  test.each([
    ['x^2', -5, 5, 0, 25],
    ['exp(x)', -10, 10, Math.exp(-10), Math.exp(10)],
    ['x^9', -2, 2, -512, 512],
    ['7', -2, 2, 7, 7],
  ])('of %s is shown as a whole', (expression, from, to, low, high) => {
    expect(follow(expression, from, to)).toMatchObject({ low, high });
  });

  test('with a pole is shown without the heights next to it', () => {
    const { low = 0, high = 0 } = follow('1/x', -5, 5);
    expect(high).toBeGreaterThan(2);
    expect(high).toBeLessThan(10);
    expect(low).toBeCloseTo(-high);
    expect(follow('1/x^2', -5, 5).low).toBeCloseTo(0.04);
    expect(follow('sqrt(-1-x^2)', -5, 5).low).toBeUndefined();
  });
});
