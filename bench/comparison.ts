/** The programs under measure side by side: their samples, and the row of the table that comes of them. */
import { type BotKind, botKinds } from './bots.ts';
import { median, type Row } from './statistics.ts';

const isAgainstEarlier = botKinds.includes('earlier Jupan');

export const comparisonHead: Row = [
  'figure',
  'bare script',
  'Jupan',
  'Jupan / bare',
  ...(isAgainstEarlier ? ['earlier Jupan', 'Jupan / earlier'] : []),
];

export class Comparison {
  readonly #samples = new Map<BotKind, number[]>();

  add(kind: BotKind, ...values: readonly number[]): void {
    this.#samples.set(kind, [...(this.#samples.get(kind) ?? []), ...values]);
  }

  /** @param statistic Of all samples of one kind. Default: the median. */
  toRow(figure: string, format: (value: number) => string, statistic = median): Row {
    const of = (kind: BotKind) => statistic(this.#samples.get(kind) ?? []);
    const [bare, jupan, earlier] = [of('bare script'), of('Jupan'), of('earlier Jupan')];
    const toEarlier = isAgainstEarlier ? [format(earlier), toRatio(jupan, earlier)] : [];
    return [figure, format(bare), format(jupan), toRatio(jupan, bare), ...toEarlier];
  }
}

/** Runs the measure on each program in turns, so that what slows the machine down strikes all alike. */
export async function inTurns(rounds: number, measure: (kind: BotKind) => Promise<void>): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of botKinds) await measure(kind);
  }
}

function toRatio(value: number, floor: number): string {
  const ratio = value / floor;
  return Number.isFinite(ratio) ? ratio.toFixed(2) : '–';
}
