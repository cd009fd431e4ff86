/** What was asked and what it cost, by day: sums of settled turns, and how they are said. Pure. */
import type { SettledTurn } from '../../agent/agent.ts';
import type { Language } from './texts/catalogue.ts';
import { catalogues } from './texts/catalogues.ts';

export interface DayUsage {
  /** Milliseconds since 1970 UTC at which the day begins, in UTC. */
  readonly day: number;
  readonly questions: number;
  /** Of them, those that got no whole answer. */
  readonly failed: number;
  readonly promptTokens: number;
  /** Of those, what the provider had in its cache. */
  readonly cachedTokens: number;
  readonly outputTokens: number;
  /** US dollars. Undefined where the price of nothing is known. */
  readonly costUsd: number | undefined;
}

const widestBar = 12;
/** The last sign of a bar, by eighths. */
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

export function sumOfDay(day: number, settled: readonly SettledTurn[]): DayUsage {
  const sum = (of: (turn: SettledTurn) => number | undefined) =>
    settled.reduce((total, turn) => total + (of(turn) ?? 0), 0);
  const isPriced = settled.some(({ usage }) => usage?.costUsd !== undefined);
  return {
    day,
    questions: settled.length,
    failed: settled.filter(({ outcome }) => outcome !== 'answered').length,
    promptTokens: sum(({ usage }) => usage?.promptTokens),
    cachedTokens: sum(({ usage }) => usage?.cachedTokens),
    outputTokens: sum(({ usage }) => usage?.outputTokens),
    costUsd: isPriced ? sum(({ usage }) => usage?.costUsd) : undefined,
  };
}

/** The sum of all, and a line with a bar for each day, oldest first. */
export function toUsageText(days: readonly DayUsage[], title: string, language: Language): string {
  const { usage } = catalogues[language];
  const head = `**${title}** – ${usage.days(days.length)}`;
  const total = totalOf(days);
  if (total.questions === 0) return `${head}\n${usage.none}`;
  const numbers = new Intl.NumberFormat(language);
  const asked = [
    usage.questions(total.questions),
    ...(total.failed === 0 ? [] : [usage.failed(total.failed)]),
    usage.tokens(
      numbers.format(total.promptTokens),
      numbers.format(total.cachedTokens),
      numbers.format(total.outputTokens),
    ),
    ...(total.costUsd === undefined ? [] : [toDollars(total.costUsd)]),
  ].join(' · ');
  const most = Math.max(...days.map(({ questions }) => questions));
  const lines = days.map((day) => toLine(day, most, numbers));
  return [head, asked, '```', ...lines, '```'].join('\n');
}

function totalOf(days: readonly DayUsage[]): Omit<DayUsage, 'day'> {
  const sum = (of: (day: DayUsage) => number | undefined) => days.reduce((total, day) => total + (of(day) ?? 0), 0);
  return {
    questions: sum(({ questions }) => questions),
    failed: sum(({ failed }) => failed),
    promptTokens: sum(({ promptTokens }) => promptTokens),
    cachedTokens: sum(({ cachedTokens }) => cachedTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    costUsd: days.every(({ costUsd }) => costUsd === undefined) ? undefined : sum(({ costUsd }) => costUsd),
  };
}

function toLine(day: DayUsage, most: number, numbers: Intl.NumberFormat): string {
  const { questions, promptTokens, outputTokens, costUsd } = day;
  const date = new Date(day.day).toISOString().slice(5, 10);
  const count = numbers.format(questions).padStart(numbers.format(most).length);
  if (questions === 0) return `${date}  ${count}`;
  const tokens = `${numbers.format(promptTokens + outputTokens)} tok`;
  const cost = costUsd === undefined ? '' : `  ${toDollars(costUsd)}`;
  return `${date}  ${count} ${toBar(questions / most).padEnd(widestBar)}  ${tokens}${cost}`;
}

/** @param share Of the longest bar, over 0. */
function toBar(share: number): string {
  const parts = Math.max(1, Math.round(share * widestBar * 8));
  return '█'.repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? '');
}

/** Small sums with as many digits as tell something. */
export function toDollars(costUsd: number): string {
  return `$${costUsd >= 1 || costUsd === 0 ? costUsd.toFixed(2) : costUsd.toPrecision(2)}`;
}
