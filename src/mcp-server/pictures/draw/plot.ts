/** Draws curves: axes as long as the range and as high as is worth showing, each curve in the pieces that hang together. */
import { line as toLine } from 'd3-shape';
import { toShownLine } from '../../../text.ts';
import { CalculatorError } from '../../arithmetic/calculator-error.ts';
import { type RealFunction, toFunction } from '../../expression/to-function.ts';
import type { Language } from '../language.ts';
import type { PlotRequest } from '../request.ts';
import {
  type Area,
  type Axis,
  drawLevel,
  drawRules,
  drawUpright,
  padded,
  type Scale,
  toAxis,
  widthOfLabels,
} from './axes.ts';
import { type Extent, extentOf, type Point, sample, toPieces } from './curve.ts';
import type { Lettering } from './lettering.ts';
import { drawHead, sampleWidth, toSvg } from './page.ts';
import { colourOf, margin, paint, pictureWidth, sizes, strokeOf } from './paint.ts';
import { type Markup, shape } from './svg.ts';

export interface DrawnPlot {
  readonly svg: string;
  /** What is shown of y, and whether that is less than there is. */
  readonly shown: Extent & { readonly isCutOff: boolean };
}

interface Curve {
  readonly expression: string;
  readonly at: RealFunction;
  readonly points: readonly Point[];
  readonly extent: Extent;
}

const plotHeight = 290;
const longestQuote = 60;

/** @throws {CalculatorError} for what is wrong with an expression, and where nothing has a value. */
export function drawPlot(request: PlotRequest, letters: Lettering, language: Language): DrawnPlot {
  const { expressions, from, to, title } = request;
  const curves = expressions.map((expression) => follow(expression, request));
  const shown = {
    low: Math.min(...curves.map(({ extent }) => extent.low)),
    high: Math.max(...curves.map(({ extent }) => extent.high)),
  };
  const legend = expressions.map((expression, index) => ({
    label: expression,
    sample: (x: number, y: number) => shape('path', { d: `M${x},${y}h${sampleWidth}`, ...strokeOf(index) }),
  }));
  const head = drawHead(letters, title, legend);
  const upright = toAxis(padded(shown), 6, language);
  const area = {
    left: margin + widthOfLabels(letters, upright) + 8,
    top: head.bottom + 8,
    right: pictureWidth - margin,
    bottom: head.bottom + 8 + plotHeight,
  };
  upright.scale.range([area.bottom, area.top]);
  const level = toLevelAxis(letters, { low: from, high: to }, area, language);
  const drawn = curves.map((curve, index) => drawCurve(curve, index, { area, x: level.scale, y: upright.scale }));
  const parts = [
    ...head.parts,
    ...drawRules(drawLevel(letters, level, area), drawUpright(letters, upright, area)),
    shape('clipPath', { id: 'frame' }, [rectangle(area, {})]),
    shape('g', { 'clip-path': 'url(#frame)' }, drawn),
    rectangle(area, { fill: 'none', stroke: paint.axis }),
  ];
  const isCutOff = curves.some(({ points }) => points.some(({ y }) => y < shown.low || y > shown.high));
  return { svg: toSvg(parts, area.bottom + 30 + margin / 2), shown: { ...shown, isCutOff } };
}

function follow(expression: string, { expressions, from, to }: PlotRequest): Curve {
  const at = parseNamed(expression, expressions.length > 1);
  const points = sample(at, from, to, expression.length);
  const extent = extentOf(points);
  if (extent === undefined) {
    throw new CalculatorError(`${quote(expression)} has no value that could be drawn for x from ${from} to ${to}.`);
  }
  return { expression, at, points, extent };
}

/** Of several expressions the one that is wrong is named. */
function parseNamed(expression: string, isOneOfSeveral: boolean): RealFunction {
  try {
    return toFunction(expression);
  } catch (error) {
    if (!isOneOfSeveral || !(error instanceof CalculatorError)) throw error;
    throw new CalculatorError(`In ${quote(expression)}: ${error.message}`, { cause: error });
  }
}

function quote(expression: string): string {
  return `"${toShownLine(expression, longestQuote)}"`;
}

/** With as many numbers as have room side by side. */
function toLevelAxis(letters: Lettering, extent: Extent, { left, right }: Area, language: Language): Axis {
  for (let count = 10; ; count -= 1) {
    const axis = toAxis(extent, count, language);
    const needed = axis.ticks.reduce((sum, { label }) => sum + letters.width(label, sizes.label) + 16, 0);
    if (needed > right - left && count > 2) continue;
    axis.scale.range([left, right]);
    return axis;
  }
}

interface Frame {
  readonly area: Area;
  readonly x: Scale;
  readonly y: Scale;
}

function drawCurve({ at, points }: Curve, index: number, { area, x, y }: Frame): Markup {
  const [low = 0, high = 0] = y.domain();
  const height = area.bottom - area.top;
  // The renderer's numbers are small; far outside of the frame one place is as good as another.
  const within = (place: number) => Math.min(area.bottom + 2 * height, Math.max(area.top - 2 * height, place));
  const path = toLine<Point>(
    (point) => point.x,
    (point) => point.y,
  ).digits(1);
  const pieces = toPieces(at, points, high - low).map((piece) =>
    thinOut(piece.map((point) => ({ x: x(point.x), y: within(y(point.y)) }))),
  );
  const dots = pieces.filter(isDot).map(([{ x: cx, y: cy } = origin]) => {
    return shape('circle', { cx, cy, r: 4, fill: colourOf(index) });
  });
  const lines = pieces.filter((piece) => !isDot(piece)).map((piece) => path(piece) ?? '');
  return shape('g', {}, [shape('path', { d: lines.join(''), ...strokeOf(index) }), ...dots]);
}

const origin: Point = { x: 0, y: 0 };

/** A value all by itself, as factorials have them: a line of no length would not be seen. */
function isDot(piece: readonly Point[]): boolean {
  const [first = origin, last = origin] = [piece[0], piece.at(-1)];
  return Math.abs(last.x - first.x) < 0.5 && piece.every(({ y }) => Math.abs(y - first.y) < 0.5);
}

/** Of many points above each other, those that make a difference: the first, the lowest, the highest, the last. */
function thinOut(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  let column: Point[] = [];
  const finish = () => {
    const byHeight = column.toSorted((one, other) => one.y - other.y);
    const outer = new Set([column[0], byHeight[0], byHeight.at(-1), column.at(-1)]);
    kept.push(...column.filter((point) => outer.has(point)));
    column = [];
  };
  for (const point of points) {
    if (column.length > 0 && Math.round(point.x) !== Math.round(column[0]?.x ?? 0)) finish();
    column.push(point);
  }
  finish();
  return kept;
}

function rectangle({ left, top, right, bottom }: Area, style: Readonly<Record<string, string>>): Markup {
  return shape('rect', { x: left, y: top, width: right - left, height: bottom - top, ...style });
}
