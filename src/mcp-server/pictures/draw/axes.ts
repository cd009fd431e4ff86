/** Axes: a scale, the numbers beside it, and the lines behind what is drawn. */
import { type ScaleLinear, scaleLinear } from 'd3-scale';
import type { Language } from '../language.ts';
import type { Extent } from './curve.ts';
import type { Lettering } from './lettering.ts';
import { writerFor } from './numbers.ts';
import { paint, pictureWidth, sizes } from './paint.ts';
import { type Markup, shape, text } from './svg.ts';

/** A part of the picture, in its units. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export type Scale = ScaleLinear<number, number>;

export interface Axis {
  readonly scale: Scale;
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
}

/** Doubles that lie nearer together have too few digits left for numbers between them. */
const narrowest = 1e-300;

/** With about so many numbers. */
export function toAxis({ low, high }: Extent, count: number, language: Language): Axis {
  const scale = scaleLinear().domain([low, high - low < narrowest ? low + narrowest : high]);
  const values = scale.ticks(count);
  const [first = low, second = high] = values;
  const write = writerFor(values, second - first || 1, language);
  return { scale, ticks: values.map((value) => ({ value, label: write(value) })) };
}

/** A little more than the extent, so that nothing touches the frame; and never nothing at all. */
export function padded({ low, high }: Extent): Extent {
  const room = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
  return { low: low - room, high: high + room };
}

export function widthOfLabels(letters: Lettering, { ticks }: Axis): number {
  return Math.max(0, ...ticks.map(({ label }) => letters.width(label, sizes.label)));
}

/** Numbers to the left, lines across. The scale reaches from the bottom to the top. */
export function drawUpright(letters: Lettering, { scale, ticks }: Axis, { left, right }: Area): Ruled {
  const style = { size: sizes.label, fill: paint.quiet, anchor: 'end' } as const;
  return {
    numbers: ticks.map(({ value, label }) => text(letters, label, left - 8, scale(value) + 5.5, style)),
    lines: ticks.map(({ value }) => line(left, scale(value), right, scale(value), value)),
  };
}

/** Numbers below, lines upwards. The scale reaches from the left to the right. */
export function drawLevel(letters: Lettering, { scale, ticks }: Axis, { top, bottom }: Area): Ruled {
  const style = { size: sizes.label, fill: paint.quiet, anchor: 'middle' } as const;
  return {
    numbers: ticks.map(({ value, label }) => {
      const x = withinPicture(scale(value), letters.width(label, sizes.label));
      return text(letters, label, x, bottom + 22, style);
    }),
    lines: ticks.map(({ value }) => line(scale(value), top, scale(value), bottom, value)),
  };
}

/** Everything of the axes, the lines of zero above the others. */
export function drawRules(...ruled: readonly Ruled[]): Markup[] {
  const lines = ruled.flatMap((each) => each.lines);
  const inOrder = [...lines.filter(({ isZero }) => !isZero), ...lines.filter(({ isZero }) => isZero)];
  return [...inOrder.map(({ markup }) => markup), ...ruled.flatMap(({ numbers }) => numbers)];
}

/** Where the middle of a text of that width can stand so that none of it is cut off. */
export function withinPicture(middle: number, width: number): number {
  const room = width / 2 + 5;
  return Math.min(pictureWidth - room, Math.max(room, middle));
}

interface Ruled {
  readonly numbers: readonly Markup[];
  readonly lines: readonly { readonly markup: Markup; readonly isZero: boolean }[];
}

function line(x1: number, y1: number, x2: number, y2: number, value: number): Ruled['lines'][number] {
  const isZero = value === 0;
  const style = isZero ? { stroke: paint.axis, 'stroke-width': 1.5 } : { stroke: paint.grid };
  return { markup: shape('line', { x1, y1, x2, y2, ...style }), isZero };
}
