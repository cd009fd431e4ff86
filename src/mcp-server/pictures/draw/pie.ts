/** Draws a pie, clockwise from the top, beside a list of its parts in the same order. */
import { arc as toArc, pie as toPie } from 'd3-shape';
import type { Language } from '../language.ts';
import type { ChartRequest } from '../request.ts';
import type { Lettering } from './lettering.ts';
import { shortWriterFor } from './numbers.ts';
import { drawHead, toSvg } from './page.ts';
import { colourOf, colours, margin, opacityOf, paint, pictureWidth, sizes } from './paint.ts';
import { type Markup, shape, text } from './svg.ts';

interface Part {
  readonly label: string;
  readonly value: number;
  /** Of the whole, from 0 to 1. */
  readonly share: number;
  readonly index: number;
}

const radius = 122;
const rowHeight = 30;
const swatch = 18;
/** A smaller part has no room for its share. */
const leastWithShare = 0.05;

export function drawPie({ labels, series, title }: ChartRequest, letters: Lettering, language: Language): string {
  const [{ values, name } = { values: [], name: '' }] = series;
  const whole = values.reduce((sum, value) => sum + value, 0);
  const parts = labels.map((label, index) => {
    const value = values[index] ?? 0;
    return { label, value, share: value / whole, index };
  });
  const head = drawHead(letters, title === '' ? name : title, []);
  const height = Math.max(2 * radius, parts.length * rowHeight) + 16;
  const middle = head.bottom + 6 + height / 2;
  const slices = shape('g', { transform: `translate(${margin + radius + 8} ${middle})` }, drawSlices(letters, parts));
  const write = shortWriterFor(values, language);
  const rows = parts.flatMap((part) => {
    const y = middle + (part.index - (parts.length - 1) / 2) * rowHeight;
    return drawRow(letters, part, `${write(part.value)} (${toPercent(part.share)})`, y);
  });
  return toSvg([...head.parts, slices, ...rows], middle + height / 2 + margin / 2);
}

function drawSlices(letters: Lettering, parts: readonly Part[]): Markup[] {
  const slices = toPie<Part>()
    .sort(null)
    .value(({ share }) => share)([...parts]);
  const arc = toArc<(typeof slices)[number]>().innerRadius(0).outerRadius(radius).digits(1);
  const place = toArc<(typeof slices)[number]>()
    .innerRadius(radius * 0.7)
    .outerRadius(radius * 0.7);
  return slices.flatMap((slice) => {
    const { share, index } = slice.data;
    if (share === 0) return [];
    const edge = share === 1 ? {} : { stroke: paint.background, 'stroke-width': 2 };
    const drawn = shape('path', { d: arc(slice) ?? '', ...fillOf(index), ...edge });
    if (share < leastWithShare) return [drawn];
    const [x, y] = share === 1 ? [0, 0] : place.centroid(slice);
    const fill = index < colours.length ? paint.background : paint.text;
    return [drawn, text(letters, toPercent(share), x, y + 5.5, { size: sizes.label, fill, anchor: 'middle' })];
  });
}

function drawRow(letters: Lettering, { label, index }: Part, numbers: string, y: number): Markup[] {
  const left = margin + 2 * radius + 36;
  const right = pictureWidth - margin;
  const room = right - left - swatch - 10 - letters.width(numbers, sizes.label) - 14;
  return [
    shape('rect', { x: left, y: y - swatch / 2, width: swatch, height: swatch, rx: 3, ...fillOf(index) }),
    text(letters, label, left + swatch + 10, y + 6, { size: sizes.legend, fill: paint.text, width: room }),
    text(letters, numbers, right, y + 6, { size: sizes.label, fill: paint.quiet, anchor: 'end' }),
  ];
}

function fillOf(index: number): Readonly<Record<string, string | number>> {
  return { fill: colourOf(index), 'fill-opacity': opacityOf(index) };
}

function toPercent(share: number): string {
  const percent = 100 * share;
  const digits = percent > 0 && percent < 1 ? 1 : 0;
  return `${percent.toFixed(digits)}%`;
}
