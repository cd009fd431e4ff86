/** Draws lines: the labels are places on the way, such as days, and each series is a line over them. */
import { scalePoint } from 'd3-scale';
import { line as toLine } from 'd3-shape';
import type { Language } from '../language.ts';
import type { ChartRequest, Series } from '../request.ts';
import { type Area, drawRules, drawUpright, padded, toAxis, widthOfLabels, withinPicture } from './axes.ts';
import type { Extent } from './curve.ts';
import type { Lettering } from './lettering.ts';
import { drawHead, sampleWidth, toSvg } from './page.ts';
import { colourOf, margin, paint, pictureWidth, sizes, strokeOf } from './paint.ts';
import { type Markup, shape, text } from './svg.ts';

const plotHeight = 280;
const longestLabel = 120;
/** With more of them the dots would be the line. */
const mostDots = 40;

export function drawLines(request: ChartRequest, letters: Lettering, language: Language): string {
  const { labels, series, title } = request;
  const legend = series.map(({ name }, index) => ({
    label: name,
    sample: (x: number, y: number) => shape('path', { d: `M${x},${y}h${sampleWidth}`, ...strokeOf(index) }),
  }));
  const hasNames = series.some(({ name }) => name !== '');
  const head = drawHead(letters, title, hasNames ? legend : []);
  const axis = toAxis(extentOf(series), 6, language);
  const area = {
    left: margin + widthOfLabels(letters, axis) + 8,
    top: head.bottom + 12,
    right: pictureWidth - margin - 10,
    bottom: head.bottom + 12 + plotHeight,
  };
  const y = axis.scale.range([area.bottom, area.top]);
  const places = scalePoint<number>().domain(labels.keys()).range([area.left, area.right]).padding(0.3);
  const x = (index: number) => places(index) ?? area.left;
  const lines = series.map(({ values }, which) => {
    const path = toLine<number>((_value, index) => x(index), y).digits(1)(values) ?? '';
    const dots = values.length > mostDots ? [] : values.map((value, index) => dot(x(index), y(value), which));
    return shape('g', {}, [shape('path', { d: path, ...strokeOf(which) }), ...dots]);
  });
  const parts = [
    ...head.parts,
    ...drawRules(drawUpright(letters, axis, area)),
    ...lines,
    ...drawLabels(letters, labels, x, area),
  ];
  return toSvg(parts, area.bottom + 30 + margin / 2);
}

function dot(cx: number, cy: number, which: number): Markup {
  return shape('circle', { cx, cy, r: 4.5, fill: colourOf(which), stroke: paint.background, 'stroke-width': 1.5 });
}

/** As many as have room side by side, evenly. */
function drawLabels(
  letters: Lettering,
  labels: readonly string[],
  x: (index: number) => number,
  { bottom }: Area,
): Markup[] {
  const widest = Math.min(longestLabel, Math.max(...labels.map((label) => letters.width(label, sizes.label))));
  const distance = labels.length > 1 ? x(1) - x(0) : widest + 16;
  const every = Math.max(1, Math.ceil((widest + 16) / distance));
  return labels.flatMap((label, index) => {
    if (index % every !== 0) return [];
    const middle = withinPicture(x(index), Math.min(longestLabel, letters.width(label, sizes.label)));
    const style = { size: sizes.label, fill: paint.text, anchor: 'middle', width: longestLabel } as const;
    return text(letters, label, middle, bottom + 23, style);
  });
}

/** From zero, unless that would make a flat line of everything. */
function extentOf(series: readonly Series[]): Extent {
  const values = series.flatMap((each) => each.values);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = padded({ low, high });
  if (low >= 0 && low <= high / 2) return { low: 0, high: room.high };
  return high <= 0 && high >= low / 2 ? { low: room.low, high: 0 } : room;
}
