/** What every picture has: the background, the title, and the legend under it. */
import type { Lettering } from './lettering.ts';
import { margin, paint, pictureWidth, sizes } from './paint.ts';
import { type Markup, shape, text } from './svg.ts';

export interface LegendEntry {
  readonly label: string;
  /** Within {@link sampleWidth} to the right of the point, around its height. */
  readonly sample: (x: number, y: number) => Markup;
}

export interface Head {
  readonly parts: readonly Markup[];
  /** Where it ends. */
  readonly bottom: number;
}

/** Ends with the dashes of most curves. */
export const sampleWidth = 43;
const innerWidth = pictureWidth - 2 * margin;
const rowHeight = 26;

export function drawHead(letters: Lettering, title: string, legend: readonly LegendEntry[]): Head {
  const parts: Markup[] = [];
  let bottom = margin;
  if (title !== '') {
    bottom += sizes.title;
    const style = { size: sizes.title, fill: paint.text, anchor: 'middle', width: innerWidth } as const;
    parts.push(text(letters, title, pictureWidth / 2, bottom - 3, style));
    bottom += 10;
  }
  if (legend.length === 0) return { parts, bottom };
  const rows = toRows(letters, legend);
  for (const row of rows) {
    parts.push(...drawRow(letters, row, bottom + rowHeight / 2));
    bottom += rowHeight;
  }
  return { parts, bottom: bottom + 4 };
}

export function toSvg(parts: readonly Markup[], height: number): string {
  const size = { width: pictureWidth, height };
  const background = shape('rect', { ...size, fill: paint.background });
  return shape(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', ...size, viewBox: `0 0 ${size.width} ${Math.ceil(height)}` },
    [background, ...parts],
  ).svg;
}

interface PlacedEntry extends LegendEntry {
  /** Of the label, as far as it is shown. */
  readonly width: number;
}

const samplePadding = 8;
const entryGap = 26;

function toRows(letters: Lettering, legend: readonly LegendEntry[]): PlacedEntry[][] {
  const rows: PlacedEntry[][] = [];
  let left = 0;
  for (const entry of legend) {
    const width = Math.min(letters.width(entry.label, sizes.legend), innerWidth - sampleWidth - samplePadding);
    const taken = widthOf({ width }) + entryGap;
    const row = rows.at(-1);
    if (row === undefined || taken > left + entryGap) {
      rows.push([{ ...entry, width }]);
      left = innerWidth - taken;
    } else {
      row.push({ ...entry, width });
      left -= taken;
    }
  }
  return rows;
}

function drawRow(letters: Lettering, row: readonly PlacedEntry[], y: number): Markup[] {
  const total = row.reduce((sum, entry) => sum + widthOf(entry), (row.length - 1) * entryGap);
  let x = (pictureWidth - total) / 2;
  return row.flatMap((entry) => {
    const { label, sample, width } = entry;
    const style = { size: sizes.legend, fill: paint.text, width: width + 0.5 };
    const drawn = [sample(x, y), text(letters, label, x + sampleWidth + samplePadding, y + 6, style)];
    x += widthOf(entry) + entryGap;
    return drawn;
  });
}

function widthOf({ width }: Pick<PlacedEntry, 'width'>): number {
  return sampleWidth + samplePadding + width;
}
