/** Medians and tables: what every benchmark here reports with. */

export type Row = readonly [figure: string, ...values: string[]];

/** The value below which `share` (0 to 1) of the values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function toTable(head: Row, rows: readonly Row[]): string {
  const lines = [head, head.map(() => '---') as unknown as Row, ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
