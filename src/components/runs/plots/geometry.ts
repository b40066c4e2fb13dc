import type { IScale } from './scale';

/** A size in pixels. */
export interface ISize {
  width: number;
  height: number;
}

/** What stays free around what is drawn, in pixels. */
export interface IMargin {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** The least size at which there is something to be seen. */
const LEAST = 40;

/** Parallel coordinates on so many pixels: where axes stand, and how high each run is on each of them. */
export interface IParallel {
  /** The x of each axis. */
  xs: readonly number[];
  /** The y of each run on each axis, axis by axis. */
  ys: readonly Float32Array[];
  top: number;
  bottom: number;
  /** The y of runs that have no value on an axis. */
  none: number;
}

export const PARALLEL_MARGIN: IMargin = { left: 64, right: 64, top: 34, bottom: 26 };
export const SCATTER_MARGIN: IMargin = { left: 64, right: 18, top: 14, bottom: 40 };
/** Runs without a value on an axis stand so far below it. */
const NONE_BELOW = 14;

/** Lay parallel coordinates out. */
export function parallel(scales: readonly IScale[], { width, height }: ISize): IParallel {
  const { left, right, top, bottom } = PARALLEL_MARGIN;
  const length = Math.max(LEAST, width - left - right);
  const low = Math.max(top + LEAST, height - bottom);
  const none = low + NONE_BELOW;
  const gap = scales.length > 1 ? length / (scales.length - 1) : 0;
  return {
    xs: scales.map((_, at) => (scales.length > 1 ? left + at * gap : left + length / 2)),
    ys: scales.map(({ places }) =>
      Float32Array.from(places, place => (Number.isNaN(place) ? none : low - place * (low - top)))
    ),
    top,
    bottom: low,
    none
  };
}

/** The place on an axis that a y is at; below it is −1. */
export function placeAt({ top, bottom, none }: IParallel, y: number): number {
  return y > (bottom + none) / 2 ? -1 : Math.min(1, Math.max(0, (bottom - y) / (bottom - top)));
}

/** The y of a place on an axis. */
export function heightAt({ top, bottom, none }: IParallel, place: number): number {
  return place < 0 ? none + NONE_BELOW / 2 : bottom - place * (bottom - top);
}

/** The axis nearest to an x. */
export function axisAt({ xs }: IParallel, x: number): number {
  let nearest = 0;
  xs.forEach((one, at) => {
    nearest = Math.abs(one - x) < Math.abs(xs[nearest] - x) ? at : nearest;
  });
  return nearest;
}

/** The run whose line is nearest to a place, within so many pixels; −1 where there is none. */
export function lineAt(drawn: IParallel, x: number, y: number, near: number): number {
  const { xs, ys } = drawn;
  if (xs.length === 0) {
    return -1;
  }
  const next = Math.max(
    1,
    xs.findIndex(one => one >= x) < 0 ? xs.length - 1 : xs.findIndex(one => one >= x)
  );
  const [from, to] = [Math.min(next - 1, xs.length - 1), Math.min(next, xs.length - 1)];
  const width = xs[to] - xs[from];
  const share = width > 0 ? Math.min(1, Math.max(0, (x - xs[from]) / width)) : 0;
  let [found, distance] = [-1, near];
  for (let row = 0; row < ys[from].length; row++) {
    const [a, b] = [ys[from][row], ys[to][row]];
    // Upright to the line: a steep one is near where one points beside it.
    const slope = width > 0 ? (b - a) / width : 0;
    const away = Math.abs(a + share * (b - a) - y) / Math.hypot(1, slope);
    if (away < distance) {
      [found, distance] = [row, away];
    }
  }
  return found;
}

/** A scatter on so many pixels: where each run stands; not-a-number where it has no place. */
export interface IScatter {
  xs: Float32Array;
  ys: Float32Array;
  /** How many stand somewhere. */
  count: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Lay a scatter out. */
export function scatter(x: IScale, y: IScale, { width, height }: ISize): IScatter {
  const { left, top, ...margin } = SCATTER_MARGIN;
  const right = Math.max(left + LEAST, width - margin.right);
  const bottom = Math.max(top + LEAST, height - margin.bottom);
  const xs = Float32Array.from(x.places, place => left + place * (right - left));
  const ys = Float32Array.from(y.places, place => bottom - place * (bottom - top));
  let count = 0;
  xs.forEach((one, at) => {
    if (Number.isNaN(one) || Number.isNaN(ys[at])) {
      [xs[at], ys[at]] = [NaN, NaN];
    } else {
      count++;
    }
  });
  return { xs, ys, count, left, right, top, bottom };
}

/** The run nearest to a place, within so many pixels; −1 where there is none. */
export function pointAt({ xs, ys }: IScatter, x: number, y: number, near: number): number {
  let [found, distance] = [-1, near];
  for (let row = 0; row < xs.length; row++) {
    const away = Math.hypot(xs[row] - x, ys[row] - y);
    if (away < distance) {
      [found, distance] = [row, away];
    }
  }
  return found;
}

/** The runs in a box. */
export function pointsIn(
  { xs, ys }: IScatter,
  [x0, x1]: readonly [number, number],
  [y0, y1]: readonly [number, number]
): readonly number[] {
  const [left, right, top, bottom] = [
    Math.min(x0, x1),
    Math.max(x0, x1),
    Math.min(y0, y1),
    Math.max(y0, y1)
  ];
  return [...xs.keys()].filter(
    row => xs[row] >= left && xs[row] <= right && ys[row] >= top && ys[row] <= bottom
  );
}
