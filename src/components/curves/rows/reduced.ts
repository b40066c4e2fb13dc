import type { ISeries } from '../../../tokens/metrics';
import type { IDrawing } from './drawn';
import { DrawnCurve, firstAbove } from './drawn';

/** Rows of a chart: a place, and the value there; not-a-number where there is none. */
export interface IRows {
  x: Float64Array;
  y: Float64Array;
}

/** The places between which one looks. */
export type Range = readonly [number, number];

/**
 * A curve, reduced to what the columns of a chart can show.
 *
 * Where a column would have several points, it gets the lowest and the highest of them. The columns begin at the
 * same places however long the curve grows, so only the newest is made anew, and nothing jumps.
 */
export class ReducedCurve {
  constructor(series: ISeries, drawing: IDrawing) {
    this._curve = new DrawnCurve(series, drawing);
  }

  get series(): ISeries {
    return this._curve.series;
  }

  /** The first and the last place of the curve as it was last drawn; null without a point. */
  get ends(): Range | null {
    const { x, length } = this._curve;
    return length === 0 ? null : [x[0], x[length - 1]];
  }

  /** Take over what is new, without writing rows. */
  update(): void {
    this._changed = Math.min(this._changed, this._curve.update());
  }

  /** The rows that show a curve, or the range of it at which one looks, in so many columns. Good until the next call. */
  rows(columns: number, range: Range | null = null): IRows {
    this.update();
    const changed = this._changed;
    this._changed = Infinity;
    const { x, y, length } = this._curve;
    if (length === 0) {
      return { x: x.subarray(0, 0), y: y.subarray(0, 0) };
    }
    const [from, to] = range === null ? [0, length] : placesOf(x, length, range);
    const size = sizeOf(to - from, columns);
    if (size === 1 && from === 0 && to === length) {
      this._forget();
      return { x: x.subarray(0, length), y: y.subarray(0, length) };
    }
    const start = from - (from % size);
    this._keepOnly(start, size, changed);
    this._makeRoom(2 * (Math.ceil((to - start) / size) + 2));
    return this._write(start, to, size);
  }

  private _write(start: number, to: number, size: number): IRows {
    const { x, y, length } = this._curve;
    // The first and the newest point stand there as they are: they tell how far the curve reaches, and how it is.
    const last = Math.min(to, length) - 1;
    const whole = Math.max(0, Math.floor((last - start) / size));
    for (; this._blocks < whole; this._blocks++) {
      const at = start + this._blocks * size;
      this._block(1 + 2 * this._blocks, at, at + size);
    }
    let row = 1 + 2 * whole;
    const rest = start + whole * size;
    if (rest < last) {
      this._block(row, rest, last);
      row += 2;
    }
    row = this._point(row, last);
    if (to < length) {
      row = this._point(row, length - 1);
    }
    if (start === 0) {
      return { x: this._x.subarray(1, row), y: this._y.subarray(1, row) };
    }
    this._x[0] = x[0];
    this._y[0] = y[0];
    return { x: this._x.subarray(0, row), y: this._y.subarray(0, row) };
  }

  /** Write the lowest and the highest of some points, in the order in which they come. */
  private _block(row: number, from: number, to: number): void {
    const { x, y } = this._curve;
    let low = -1;
    let high = -1;
    for (let index = from; index < to; index++) {
      const value = y[index];
      if (value === value) {
        low = low < 0 || value < y[low] ? index : low;
        high = high < 0 || value > y[high] ? index : high;
      }
    }
    // The steps of a block are the same for all curves of a chart, so that they need not be joined.
    this._x[row] = x[from];
    this._x[row + 1] = x[to - 1];
    this._y[row] = low < 0 ? NaN : y[Math.min(low, high)];
    this._y[row + 1] = low < 0 ? NaN : y[Math.max(low, high)];
  }

  private _point(row: number, index: number): number {
    this._x[row] = this._curve.x[index];
    this._y[row] = this._curve.y[index];
    return row + 1;
  }

  /** Keep the blocks that are still true. */
  private _keepOnly(start: number, size: number, changed: number): void {
    if (start !== this._start || size !== this._size) {
      this._forget();
      this._start = start;
      this._size = size;
    }
    this._blocks = Math.min(this._blocks, Math.max(0, Math.floor((changed - start) / size)));
  }

  private _forget(): void {
    this._start = -1;
    this._blocks = 0;
  }

  private _makeRoom(rows: number): void {
    if (rows > this._x.length) {
      const [x, y] = [this._x, this._y];
      this._x = new Float64Array(2 * rows);
      this._y = new Float64Array(2 * rows);
      this._x.set(x);
      this._y.set(y);
    }
  }

  private readonly _curve: DrawnCurve;
  /** The first place that changed since rows were written. */
  private _changed = Infinity;
  private _x = new Float64Array(0);
  private _y = new Float64Array(0);
  /** How many blocks of this size from this place on are written. */
  private _blocks = 0;
  private _start = -1;
  private _size = 1;
}

/** How many points share one pair of rows. */
function sizeOf(points: number, columns: number): number {
  let size = 1;
  while (points > columns * Math.max(2, size)) {
    size *= 2;
  }
  return size;
}

/** The places of a range, with the points just outside it, to which its lines go. */
function placesOf(x: Float64Array, length: number, [low, high]: Range): [number, number] {
  const from = Math.max(0, firstAbove(x, length, low) - 2);
  return [from, Math.min(length, firstAbove(x, length, high) + 1)];
}

/** Whether curves have the same steps, as those that are logged together do. */
export function haveSameSteps(tables: readonly IRows[]): boolean {
  const [{ x: first }, ...others] = tables;
  return others.every(({ x }) => {
    if (x.length !== first.length) {
      return false;
    }
    for (let row = 0; row < first.length; row++) {
      if (x[row] !== first[row]) {
        return false;
      }
    }
    return true;
  });
}
