/**
 * Follows a function over a range: where it has values, where it breaks off, and how much of it is worth showing. Works on
 * numbers alone; knows no pixels.
 */
import type { RealFunction } from '../../expression/to-function.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Extent {
  readonly low: number;
  readonly high: number;
}

/** More than there are pixels side by side: what swings faster than can be shown is at least shown as wide as it swings. */
const mostSteps = 5_120;
/** Characters of the expression and points together: a long one is looked at in fewer places, down to two for each pixel. */
const mostWork = 20_000_000;
/** Whole numbers are looked at besides, for functions that have values or gaps there only; no more of them than that. */
const mostIntegers = 1_000;
/** Halving an interval so often leaves nothing of it that a double could tell. */
const mostHalvings = 50;

/**
 * The function's values over the range, from left to right; NaN where it has none.
 * @param length of the expression, in characters: what one value costs.
 */
export function sample(curve: RealFunction, from: number, to: number, length: number): readonly Point[] {
  const steps = length * mostSteps > mostWork ? mostSteps / 4 : mostSteps;
  const places = Array.from({ length: steps + 1 }, (_, index) => (from * (steps - index) + to * index) / steps);
  const first = Math.ceil(from);
  const count = Math.floor(to) - first + 1;
  if (count <= mostIntegers) {
    for (let index = 0; index < count; index += 1) places.push(first + index);
    places.sort((one, other) => one - other);
  }
  const points: Point[] = [];
  for (const x of places) if (x !== points.at(-1)?.x) points.push({ x, y: valueAt(curve, x) });
  return points;
}

/**
 * How far up and down the curve is worth showing: all of it, unless next to all of it lies within a small part of that, as
 * with poles. Undefined when it has no value at all.
 */
export function extentOf(points: readonly Point[]): Extent | undefined {
  const sorted = Float64Array.from(points.map(({ y }) => y).filter((y) => !Number.isNaN(y))).sort();
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined) return undefined;
  const quantile = (part: number): number => sorted[Math.round(part * (sorted.length - 1))] ?? low;
  const [almostLow, almostHigh] = [quantile(0.05), quantile(0.95)];
  const spread = almostHigh - almostLow;
  if (spread === 0 || high - low <= 20 * spread) return { low, high };
  return { low: Math.max(low, almostLow - spread / 2), high: Math.min(high, almostHigh + spread / 2) };
}

/** The curve as the pieces that hang together. @param height of what is shown: smaller jumps are not looked for. */
export function toPieces(curve: RealFunction, points: readonly Point[], height: number): readonly (readonly Point[])[] {
  const pieces: Point[][] = [];
  let piece: Point[] = [];
  const end = () => {
    if (piece.length > 0) pieces.push(piece);
    piece = [];
  };
  let before: Point | undefined;
  for (const point of points) {
    if (before !== undefined && hasValue(before) !== hasValue(point)) {
      // The curve begins or ends between the two: half a circle should reach the ground.
      const edge = findEdge(curve, before, point);
      piece.push(edge);
    }
    if (!hasValue(point)) end();
    else {
      const isFar = before !== undefined && hasValue(before) && Math.abs(point.y - before.y) > height / 50;
      if (isFar && before !== undefined && isBreak(curve, before, point)) end();
      piece.push(point);
    }
    before = point;
  }
  end();
  return pieces;
}

function hasValue({ y }: Point): boolean {
  return !Number.isNaN(y);
}

function valueAt(curve: RealFunction, x: number): number {
  const y = curve(x);
  // What is too large for a double is as good as no value: nobody could draw it.
  return Math.abs(y) <= 1e300 ? y : Number.NaN;
}

/** The last point with a value between one that has one and one that has none. */
function findEdge(curve: RealFunction, left: Point, right: Point): Point {
  let [inside, outside] = hasValue(left) ? [left, right.x] : [right, left.x];
  for (let count = 0; count < mostHalvings; count += 1) {
    const x = (inside.x + outside) / 2;
    const y = valueAt(curve, x);
    if (Number.isNaN(y)) outside = x;
    else inside = { x, y };
  }
  return inside;
}

/** Whether the curve jumps between the two points. If it is only steep, halves of halves get less high, sooner or later. */
function isBreak(curve: RealFunction, left: Point, right: Point): boolean {
  const enough = Math.abs(right.y - left.y) / 2;
  let [low, high] = [left, right];
  for (let count = 0; count < mostHalvings; count += 1) {
    const x = (low.x + high.x) / 2;
    if (x <= low.x || x >= high.x) return true;
    const middle = { x, y: valueAt(curve, x) };
    if (!hasValue(middle)) return true;
    const isLeftSteeper = Math.abs(middle.y - low.y) >= Math.abs(high.y - middle.y);
    [low, high] = isLeftSteeper ? [low, middle] : [middle, high];
    if (Math.abs(high.y - low.y) <= enough) return false;
  }
  return true;
}
