import type { WireNumber } from '../../api';
import type { ISeries } from '../../tokens/metrics';

/** A curve with more points is halved. */
export const MOST_POINTS = 20_000;
const FIRST_CAPACITY = 256;
/** Of so many neighbours the lowest and the highest stay when a curve is halved. */
const NEIGHBOURS = 4;

type Columns = Record<'step' | 'value' | 'time', Float64Array>;

/** Points that follow, as they come in JSON or in packed frames. */
export interface IPoints {
  step: ArrayLike<number>;
  value: ArrayLike<WireNumber>;
  time: ArrayLike<WireNumber>;
  /** The places among them at which another attempt begins. */
  restarts?: readonly number[];
}

/**
 * One curve that grows in place: an added point costs no more in a long curve than in a short one.
 *
 * Its room doubles when it is full. Too long a curve is halved where it lies, and no peak is lost.
 */
export class Curve implements ISeries {
  constructor(private readonly _most = MOST_POINTS) {}

  get length(): number {
    return this._length;
  }

  get version(): number {
    return this._version;
  }

  get rewrites(): number {
    return this._rewrites;
  }

  get low(): number {
    return this._low;
  }

  get high(): number {
    return this._high;
  }

  get restarts(): readonly number[] {
    return this._restarts;
  }

  get step(): Float64Array {
    return this._views.step;
  }

  get value(): Float64Array {
    return this._views.value;
  }

  get time(): Float64Array {
    return this._views.time;
  }

  /** Add points in the order in which they were logged. */
  append({ step, value, time, restarts = [] }: IPoints): void {
    this._makeRoom(this._length + step.length);
    for (let index = 0; index < step.length; index++) {
      if (restarts.length > 0 && restarts.includes(index)) {
        this._restart(step[index]);
      }
      this._push(step[index], asNumber(value[index]), asNumber(time[index]));
    }
    while (this._length > this._most) {
      this._thin();
    }
    this._seeAnew();
  }

  private _push(step: number, value: number, time: number): void {
    const at = this._length++;
    this._columns.step[at] = step;
    this._columns.value[at] = value;
    this._columns.time[at] = time;
    if (Number.isFinite(value)) {
      this._low = value < this._low || Number.isNaN(this._low) ? value : this._low;
      this._high = value > this._high || Number.isNaN(this._high) ? value : this._high;
    }
  }

  /** Another attempt begins at a step: what the earlier ones have from there on counts no more. */
  private _restart(step: number): void {
    let kept = 0;
    const before = this._length;
    const restarts = this._restarts;
    this._restarts = [];
    this._low = this._high = NaN;
    this._length = 0;
    const { step: steps, value, time } = this._columns;
    for (let at = 0; at < before; at++) {
      if (steps[at] < step) {
        if (restarts.includes(at)) {
          this._restarts.push(kept);
        }
        this._push(steps[at], value[at], time[at]);
        kept++;
      }
    }
    this._rewrites += kept < before ? 1 : 0;
    this._restarts.push(kept);
  }

  private _makeRoom(wanted: number): void {
    let capacity = this._columns.step.length;
    if (wanted > capacity) {
      while (capacity < wanted) {
        capacity *= 2;
      }
      this._columns = {
        step: grown(this._columns.step, capacity),
        value: grown(this._columns.value, capacity),
        time: grown(this._columns.time, capacity)
      };
    }
  }

  private _thin(): void {
    const { value } = this._columns;
    const restarts = new Set<number>();
    let [kept, next] = [0, 0];
    for (let at = 0; at < this._length; at += NEIGHBOURS) {
      for (const index of extremes(value, at, Math.min(at + NEIGHBOURS, this._length))) {
        for (; next < this._restarts.length && this._restarts[next] <= index; next++) {
          restarts.add(kept);
        }
        this._move(index, kept++);
      }
    }
    this._length = kept;
    this._restarts = [...restarts];
    this._rewrites++;
  }

  private _move(from: number, to: number): void {
    const { step, value, time } = this._columns;
    step[to] = step[from];
    value[to] = value[from];
    time[to] = time[from];
  }

  private _seeAnew(): void {
    const { step, value, time } = this._columns;
    this._version++;
    this._views = {
      step: step.subarray(0, this._length),
      value: value.subarray(0, this._length),
      time: time.subarray(0, this._length)
    };
  }

  private _columns: Columns = columns(FIRST_CAPACITY);
  private _views: Columns = columns(0);
  private _length = 0;
  private _version = 0;
  private _rewrites = 0;
  private _restarts: number[] = [];
  private _low = NaN;
  private _high = NaN;
}

function columns(capacity: number): Columns {
  return {
    step: new Float64Array(capacity),
    value: new Float64Array(capacity),
    time: new Float64Array(capacity)
  };
}

function grown(column: Float64Array, capacity: number): Float64Array {
  const room = new Float64Array(capacity);
  room.set(column);
  return room;
}

/** JSON knows neither NaN (null on the wire) nor the infinities (strings on the wire). */
function asNumber(value: WireNumber): number {
  return value === null ? NaN : Number(value);
}

/** The places of the lowest and the highest value in order; one that is no number counts as both. */
function extremes(values: Float64Array, from: number, to: number): number[] {
  let low = from;
  let high = from;
  for (let index = from; index < to; index++) {
    low = values[index] < values[low] || Number.isNaN(values[index]) ? index : low;
    high = values[index] > values[high] ? index : high;
  }
  return low === high ? [low] : [Math.min(low, high), Math.max(low, high)];
}
