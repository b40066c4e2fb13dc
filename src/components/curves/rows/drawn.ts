import type { ISeries } from '../../../tokens/metrics';
import type { IAxis } from '../axis';

const FIRST_CAPACITY = 256;

/** How the reader wants a curve to be drawn. */
export interface IDrawing {
  /** Weight of the past in the mean, 0 to 0.99; 0 leaves the values as they are. */
  smoothing: number;
  /** Whether only values above zero can be drawn. */
  logScale: boolean;
  /** Where points stand; at their steps where nothing is said. */
  axis?: IAxis;
  /** The curve from which the distance is drawn, in the place of the values. */
  baseline?: DrawnCurve;
}

/**
 * What can be drawn of one curve: its points in the order of their places, smoothed, with not-a-number where
 * there is no finite number. A point without a place is left out.
 *
 * It follows a curve that grows: an update costs what is new, not what is there.
 */
export class DrawnCurve {
  constructor(
    readonly series: ISeries,
    private readonly _drawing: IDrawing
  ) {}

  get length(): number {
    return this._length;
  }

  /** The places, of which the first `length` count. */
  get x(): Float64Array {
    return this._x;
  }

  /** The values, of which the first `length` count. */
  get y(): Float64Array {
    return this._y;
  }

  /** Take over what is new. Returns the first place whose point is another one than before. */
  update(): number {
    const { series } = this;
    const { axis, baseline } = this._drawing;
    const foundation = foundationOf(series, axis, baseline);
    if (foundation !== this._foundation) {
      this._begin(foundation);
    }
    let changed = this._length;
    const { step, value, time } = series;
    this._makeRoom(step.length);
    for (; this._taken < step.length; this._taken++) {
      const x = axis ? axis.place(step[this._taken], time[this._taken]) : step[this._taken];
      const y = this._drawable(value[this._taken]);
      if (x === x) {
        changed = Math.min(changed, this._insert(x, baseline ? y - baseline.at(x) : y));
      }
    }
    return changed;
  }

  /** The height of the curve at a place; not-a-number where it does not reach. Good after an update. */
  at(x: number): number {
    const right = firstAbove(this._x, this._length, x);
    const left = right - 1;
    if (left < 0) {
      return NaN;
    }
    if (this._x[left] === x || right === this._length) {
      return this._x[left] === x ? this._y[left] : NaN;
    }
    const share = (x - this._x[left]) / (this._x[right] - this._x[left]);
    return this._y[left] + share * (this._y[right] - this._y[left]);
  }

  private _begin(foundation: string): void {
    this._foundation = foundation;
    this._length = this._taken = 0;
    this._sum = this._share = 0;
  }

  private _drawable(value: number): number {
    if (!Number.isFinite(value)) {
      return NaN;
    }
    const mean = this._smooth(value);
    return this._drawing.logScale && mean <= 0 ? NaN : mean;
  }

  /** An exponential mean without the pull towards zero at the front. */
  private _smooth(value: number): number {
    const weight = this._drawing.smoothing;
    if (weight <= 0) {
      return value;
    }
    this._sum = this._sum * weight + value * (1 - weight);
    this._share = this._share * weight + (1 - weight);
    return this._sum / this._share;
  }

  /** Put a point after all whose place is not higher. Returns its place. */
  private _insert(place: number, value: number): number {
    const at =
      this._length === 0 || place >= this._x[this._length - 1]
        ? this._length
        : firstAbove(this._x, this._length, place);
    if (at < this._length) {
      this._x.copyWithin(at + 1, at, this._length);
      this._y.copyWithin(at + 1, at, this._length);
    }
    this._x[at] = place;
    this._y[at] = value;
    this._length++;
    return at;
  }

  private _makeRoom(wanted: number): void {
    if (wanted > this._x.length) {
      const capacity = Math.max(FIRST_CAPACITY, 2 ** Math.ceil(Math.log2(wanted)));
      this._x = grown(this._x, capacity);
      this._y = grown(this._y, capacity);
    }
  }

  private _x = new Float64Array(0);
  private _y = new Float64Array(0);
  private _length = 0;
  /** How many points of the series were looked at. */
  private _taken = 0;
  private _foundation = '';
  private _sum = 0;
  private _share = 0;
}

/** What the points that are drawn already rest on: when it is another one, they are drawn anew. */
function foundationOf(series: ISeries, axis?: IAxis, baseline?: DrawnCurve): string {
  baseline?.update();
  return `${series.rewrites} ${axis?.revision ?? 0} ${baseline?.series.version ?? 0}`;
}

function grown(column: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const room = new Float64Array(capacity);
  room.set(column);
  return room;
}

/** The first of `length` places in a rising column whose number is above `limit`. */
export function firstAbove(column: Float64Array, length: number, limit: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column[middle] > limit) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
