/** Draws bars: upright where the labels have room side by side under them, else lying, each label in front of its bars. */
import { type ScaleBand, scaleBand } from 'd3-scale';
import type { Language } from '../language.ts';
import type { ChartRequest } from '../request.ts';
import { type Area, drawLevel, drawRules, drawUpright, type Scale, toAxis, widthOfLabels } from './axes.ts';
import type { Extent } from './curve.ts';
import type { Lettering } from './lettering.ts';
import { shortWriterFor } from './numbers.ts';
import { drawHead, sampleWidth, toSvg } from './page.ts';
import { colourOf, margin, paint, pictureWidth, sizes } from './paint.ts';
import { type Markup, shape, text } from './svg.ts';

interface Pencil {
  readonly letters: Lettering;
  readonly language: Language;
}

const uprightHeight = 270;
const longestLabel = 200;
/** Less than this between two labels, and they are read as one. */
const labelGap = 12;

export function drawBars(request: ChartRequest, letters: Lettering, language: Language): string {
  const { labels, series, title } = request;
  const legend = series.map(({ name }, index) => ({
    label: name,
    sample: (x: number, y: number) =>
      shape('rect', { x: x + sampleWidth - 18, y: y - 8, width: 18, height: 16, rx: 3, fill: colourOf(index) }),
  }));
  const hasNames = series.some(({ name }) => name !== '');
  const { parts, bottom } = drawHead(letters, title, hasNames ? legend : []);
  const room = (pictureWidth - 2 * margin - 60) / labels.length;
  const fits = labels.every((label) => letters.width(label, sizes.label) + labelGap <= room);
  const hasRoom = fits && room >= 10 * series.length + 10;
  const draw = hasRoom ? drawUprightBars : drawLyingBars;
  const drawn = draw(request, bottom + 14, { letters, language });
  return toSvg([...parts, ...drawn.parts], drawn.bottom);
}

interface Drawn {
  readonly parts: readonly Markup[];
  readonly bottom: number;
}

function drawUprightBars({ labels, series }: ChartRequest, top: number, { letters, language }: Pencil): Drawn {
  const axis = toAxis(extentOf(series), 6, language);
  const left = margin + widthOfLabels(letters, axis) + 8;
  const area = { left, top, right: pictureWidth - margin, bottom: top + uprightHeight };
  const scale = axis.scale.range([area.bottom, area.top]);
  const bands = bandsFor(labels, series.length, [area.left, area.right]);
  const size = bands.inner.bandwidth();
  const write = shortWriterFor(
    series.flatMap(({ values }) => values),
    language,
  );
  const bars = toBars(series, bands).flatMap(({ value, colour, start }) => {
    const [y1, y2] = [scale(Math.max(0, value)), scale(Math.min(0, value))];
    const written = write(value);
    const x = start + size / 2;
    const hasRoom = letters.width(written, sizes.value) <= (series.length === 1 ? bands.outer.step() : size) - 2;
    const style = { size: sizes.value, fill: paint.text, anchor: 'middle' } as const;
    const bar = shape('rect', { x: start, y: y1, width: size, height: y2 - y1, fill: colour });
    return hasRoom ? [bar, text(letters, written, x, value < 0 ? y2 + 15 : y1 - 5, style)] : [bar];
  });
  const names = labels.map((label, index) => {
    const style = { size: sizes.label, fill: paint.text, anchor: 'middle', width: bands.outer.step() } as const;
    return text(letters, label, (bands.outer(index) ?? 0) + bands.outer.bandwidth() / 2, area.bottom + 23, style);
  });
  const parts = [...drawRules(drawUpright(letters, axis, area)), ...bars, ...names];
  return { parts, bottom: area.bottom + 30 + margin / 2 };
}

function drawLyingBars({ labels, series }: ChartRequest, top: number, { letters, language }: Pencil): Drawn {
  const thickness = series.length === 1 ? 20 : 14;
  const height = labels.length * (series.length * thickness + 10);
  const widest = Math.max(...labels.map((label) => letters.width(label, sizes.label)));
  const labelWidth = Math.min(longestLabel, widest + 0.5);
  const area: Area = { left: margin + labelWidth + 10, top, right: pictureWidth - margin - 8, bottom: top + height };
  const axis = toAxis(extentOf(series), 5, language);
  const scale: Scale = axis.scale.range([area.left, area.right]);
  const bands = bandsFor(labels, series.length, [area.top, area.bottom]);
  const size = bands.inner.bandwidth();
  const write = shortWriterFor(
    series.flatMap(({ values }) => values),
    language,
  );
  const bars = toBars(series, bands).flatMap(({ value, colour, start }) => {
    const [x1, x2] = [scale(Math.min(0, value)), scale(Math.max(0, value))];
    const written = write(value);
    const width = letters.width(written, sizes.value);
    const y = start + size / 2 + 5;
    const bar = shape('rect', { x: x1, y: start, width: x2 - x1, height: size, fill: colour });
    return [bar, drawValue({ letters, written, width, y }, value < 0 ? x1 : x2, value < 0, area)];
  });
  const names = labels.map((label, index) => {
    const style = { size: sizes.label, fill: paint.text, anchor: 'end', width: labelWidth } as const;
    return text(letters, label, area.left - 10, (bands.outer(index) ?? 0) + bands.outer.bandwidth() / 2 + 5.5, style);
  });
  const parts = [...drawRules(drawLevel(letters, axis, area)), ...bars, ...names];
  return { parts, bottom: area.bottom + 30 + margin / 2 };
}

interface Written {
  readonly letters: Lettering;
  readonly written: string;
  readonly width: number;
  readonly y: number;
}

/** Behind the end of the bar, or within it where there is no room. */
function drawValue({ letters, written, width, y }: Written, end: number, isNegative: boolean, area: Area): Markup {
  const outside = isNegative ? end - width - 12 > area.left : end + width + 12 < area.right + 8;
  const isBefore = isNegative === outside;
  const style = { size: sizes.value, fill: outside ? paint.text : paint.background } as const;
  return text(letters, written, end + (isBefore ? -6 : 6), y, { ...style, anchor: isBefore ? 'end' : 'start' });
}

interface Bands {
  readonly outer: ScaleBand<number>;
  readonly inner: ScaleBand<number>;
}

/** By index: labels may say the same. */
function bandsFor(labels: readonly string[], series: number, range: readonly [number, number]): Bands {
  const outer = scaleBand<number>().domain(labels.keys()).range(range).padding(0.25);
  const inner = scaleBand<number>().domain(Array(series).keys()).range([0, outer.bandwidth()]).paddingInner(0.06);
  return { outer, inner };
}

function toBars(series: ChartRequest['series'], { outer, inner }: Bands) {
  return series.flatMap(({ values }, which) =>
    values.map((value, index) => ({
      value,
      colour: colourOf(which),
      start: (outer(index) ?? 0) + (inner(which) ?? 0),
    })),
  );
}

/** From zero, with room for the number at the end of the longest bar. */
function extentOf(series: ChartRequest['series']): Extent {
  const values = series.flatMap((each) => each.values);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const room = (high - low) * 0.08;
  if (room === 0) return { low: 0, high: 1 };
  return { low: low < 0 ? low - room : 0, high: high > 0 ? high + room : 0 };
}
