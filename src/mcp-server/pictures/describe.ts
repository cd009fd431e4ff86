/** Says in one line what a picture shows: for the model, and for whoever cannot see it. */
import { cut, toShownLine } from '../../text.ts';
import type { Language } from './language.ts';
import type { ChartKind, ChartRequest, PlotRequest, Series } from './request.ts';

/** As much as Discord takes for one attachment. Source: https://discord.com/developers/docs/resources/message#attachment-object */
const longest = 1_024;
const longestExpression = 100;
const longestName = 60;

interface ShownPart {
  readonly low: number;
  readonly high: number;
  /** Whether some of the curves lie above or below. */
  readonly isCutOff: boolean;
}

export function describePlot({ expressions, title, ...x }: PlotRequest, y: ShownPart, language: Language): string {
  const curves = expressions.map((expression) => toShownLine(expression, longestExpression));
  const [from, to] = [x.from, x.to].map(toDigits);
  const [low, high] = [y.low, y.high].map((value) => String(Number(value.toPrecision(3))));
  const what =
    language === 'ko'
      ? `${curves.join(', ')}의 그래프, x는 ${from}부터 ${to}까지, y는 ${low}부터 ${high}까지${y.isCutOff ? '만' : ''}`
      : `plot of ${listed(curves)}, x from ${from} to ${to}, y from ${low} to ${high}${y.isCutOff ? ' only' : ''}`;
  return toSentence(title, what);
}

const kinds: Readonly<Record<Language, Readonly<Record<ChartKind, string>>>> = {
  en: { bars: 'bar chart', lines: 'line chart', pie: 'pie chart' },
  ko: { bars: '막대그래프', lines: '꺾은선그래프', pie: '원그래프' },
};

export function describeChart({ kind, labels, series, title }: ChartRequest, language: Language): string {
  const told = series.map((each) => describeSeries(each, labels));
  return toSentence(title, `${kinds[language][kind]}: ${told.join('; ')}`);
}

function describeSeries({ name, values }: Series, labels: readonly string[]): string {
  // What is too much is cut off at the end: there is no need to write it all.
  const pairs = labels
    .slice(0, longest / 2)
    .map((label, index) => `${toShownLine(label, longestName)} ${toDigits(values[index] ?? 0)}`.trim());
  return `${name === '' ? '' : `${toShownLine(name, longestName)}: `}${pairs.join(', ')}`;
}

function toDigits(value: number): string {
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
}

function listed(curves: readonly string[]): string {
  return curves.length < 2 ? curves.join('') : `${curves.slice(0, -1).join(', ')} and ${curves.at(-1)}`;
}

function toSentence(title: string, what: string): string {
  const whole = title === '' ? what.replace(/^[a-z]/, (letter) => letter.toUpperCase()) : `${title}: ${what}`;
  return whole.length < longest ? `${whole}.` : cut(whole, longest);
}
