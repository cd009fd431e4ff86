/** Reads the arguments of `plot`. */
import { describe, requireNames } from '../arguments.ts';
import { CalculatorError } from '../arithmetic/calculator-error.ts';
import { readDouble, readList, readTitle } from './read-values.ts';
import type { PlotRequest } from './request.ts';

const mostExpressions = 6;
const largestX = 1e12;
/** In parts of the larger end: below it, doubles have too few steps between the two. */
const leastSpan = 1e-9;

/** @throws {CalculatorError} */
export function readPlot(given: Readonly<Record<string, unknown>>): PlotRequest {
  requireNames('plot', ['expressions'], given, ['from', 'to', 'title']);
  const from = readDouble('"from"', given.from ?? -10, largestX);
  const to = readDouble('"to"', given.to ?? 10, largestX);
  if (Math.abs(to - from) <= leastSpan * Math.max(Math.abs(from), Math.abs(to))) {
    throw new CalculatorError('There is nothing to draw between "from" and "to": they must be further apart.');
  }
  return {
    type: 'plot',
    expressions: readExpressions(given.expressions),
    // Which of the two is larger is clear, whichever way round they are given.
    from: Math.min(from, to),
    to: Math.max(from, to),
    title: readTitle('title', given.title),
  };
}

function readExpressions(value: unknown): readonly string[] {
  const list = typeof value === 'string' ? [value] : readList('expressions', value, 'texts such as "x^2"');
  if (list.length === 0 || list.length > mostExpressions) {
    throw new CalculatorError(`plot draws one to six expressions, but there are ${list.length}.`);
  }
  return list.map((expression) => {
    if (typeof expression === 'string') return expression;
    throw new CalculatorError(`An expression must be text such as "x^2", but it is ${describe(expression)}.`);
  });
}
