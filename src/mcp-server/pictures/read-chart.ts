/** Reads the arguments of `chart`. */
import { isRecord } from '../../json.ts';
import { describe, requireNames } from '../arguments.ts';
import { CalculatorError } from '../arithmetic/calculator-error.ts';
import { readDouble, readLine, readList, readTitle } from './read-values.ts';
import type { ChartKind, ChartRequest, Series } from './request.ts';

/** What is still legible: labels, and numbers of all series together. */
const most: Readonly<Record<ChartKind, { readonly labels: number; readonly numbers: number }>> = {
  bars: { labels: 40, numbers: 80 },
  lines: { labels: 500, numbers: 3_000 },
  pie: { labels: 12, numbers: 12 },
};
const mostSeries = 6;
const largestNumber = 1e100;

/** @throws {CalculatorError} */
export function readChart(given: Readonly<Record<string, unknown>>): ChartRequest {
  requireNames('chart', ['kind', 'labels', 'series'], given, ['title']);
  const kind = readKind(given.kind);
  const labels = readList('labels', given.labels, 'texts');
  const list = readList('series', given.series, 'objects with "values"');
  requireCounts(kind, labels.length, list.length);
  const series = list.map((item, index) => readSeries(item, index, labels.length));
  if (kind === 'pie') requireShares(series);
  return {
    type: 'chart',
    kind,
    labels: labels.map((label, index) => readLine(`Label ${index + 1}`, label)),
    series,
    title: readTitle('title', given.title),
  };
}

function readKind(value: unknown): ChartKind {
  if (value === 'bars' || value === 'lines' || value === 'pie') return value;
  throw new CalculatorError('"kind" must be "bars", "lines" or "pie".');
}

function requireCounts(kind: ChartKind, labels: number, series: number): void {
  const { labels: mostLabels, numbers } = most[kind];
  if (labels === 0) throw new CalculatorError('A chart needs at least one label.');
  if (labels > mostLabels) {
    throw new CalculatorError(`A chart of kind "${kind}" has room for ${mostLabels} labels, but there are ${labels}.`);
  }
  if (kind === 'pie' && series !== 1) {
    throw new CalculatorError(`A pie shows one series, but there are ${series}.`);
  }
  if (series === 0 || series > mostSeries) {
    throw new CalculatorError(`A chart shows one to six series, but there are ${series}.`);
  }
  if (labels * series > numbers) {
    throw new CalculatorError(
      `A chart of kind "${kind}" has room for ${numbers} numbers, but there are ${labels * series}.`,
    );
  }
}

function readSeries(value: unknown, index: number, labels: number): Series {
  const which = `Series ${index + 1}`;
  if (!isRecord(value))
    throw new CalculatorError(`${which} must be an object with "values", but it is ${describe(value)}.`);
  requireNames(which, ['values'], value, ['name']);
  const values = readList('values', value.values, 'numbers');
  if (values.length !== labels) {
    throw new CalculatorError(
      `${which} must have one number for each of the ${labels} labels, but has ${values.length}.`,
    );
  }
  return {
    name: readTitle('name', value.name),
    values: values.map((each, place) => readDouble(`Number ${place + 1} of series ${index + 1}`, each, largestNumber)),
  };
}

function requireShares([series]: readonly Series[]): void {
  const values = series?.values ?? [];
  if (values.some((value) => value < 0)) throw new CalculatorError('A pie shows shares: no number may be below 0.');
  if (values.every((value) => value === 0)) throw new CalculatorError('A pie shows shares: not all numbers may be 0.');
}
