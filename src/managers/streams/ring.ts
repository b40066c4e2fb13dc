import type { Columns } from '../../api/streams';
import type { ISampleColumns } from '../../tokens/streams';

export const USUAL_WINDOW = 1000;

const NAMES = ['seq', 'time', 'value', 'probability'] as const;
type Name = (typeof NAMES)[number];
type Arrays = Record<Name, Float64Array>;

/**
 * The newest samples, in arrays that are twice as long as the window.
 *
 * New samples are written behind the others. At the end of the room the window is moved to its front: once for as
 * many samples as the window has. So the window is one piece of memory at any time, and nobody copies it to draw.
 */
export class SampleRing implements ISampleColumns {
  constructor(private _capacity = USUAL_WINDOW) {
    this._arrays = arrays(2 * _capacity);
    this._views = arrays(0);
  }

  get capacity(): number {
    return this._capacity;
  }

  get length(): number {
    return this._end - this._begin;
  }

  get seq(): Float64Array {
    return this._views.seq;
  }

  get time(): Float64Array {
    return this._views.time;
  }

  get value(): Float64Array {
    return this._views.value;
  }

  get probability(): Float64Array {
    return this._views.probability;
  }

  /** The number of the newest sample; 0 without one. */
  get last(): number {
    return this._end > this._begin ? this._arrays.seq[this._end - 1] : 0;
  }

  /** Samples whose numbers never came. */
  get missed(): number {
    return this._missed;
  }

  /** Have room for at least so many. */
  keep(count: number): void {
    if (count > this._capacity) {
      const before = this._views;
      this._capacity = count;
      this._arrays = arrays(2 * count);
      NAMES.forEach(name => this._arrays[name].set(before[name]));
      this._end = before.seq.length;
      this._begin = 0;
      this._seeAnew();
    }
  }

  /** Take samples over. Those whose number came already are left out. */
  append(columns: Columns): void {
    const { seq = [] } = columns;
    const known = this.last;
    const from = Math.max(firstAfter(seq, known), seq.length - this._capacity);
    for (let at = from; at < seq.length; at++) {
      this._push(columns, at);
    }
    this._seeAnew();
  }

  clear(): void {
    this._begin = this._end = this._missed = 0;
    this._seeAnew();
  }

  private _push(columns: Columns, row: number): void {
    if (this._end === this._arrays.seq.length) {
      this._moveToFront();
    }
    const before = this.last;
    const at = this._end++;
    NAMES.forEach(name => {
      this._arrays[name][at] = asNumber(columns[name]?.[row]);
    });
    if (before > 0) {
      this._missed += this._arrays.seq[at] - before - 1;
    }
    this._begin = Math.max(this._begin, this._end - this._capacity);
  }

  private _moveToFront(): void {
    // One place less than the window: the next sample takes it.
    const from = this._end - this._capacity + 1;
    NAMES.forEach(name => this._arrays[name].copyWithin(0, from, this._end));
    this._begin = 0;
    this._end = this._capacity - 1;
  }

  private _seeAnew(): void {
    const view = (name: Name): Float64Array => this._arrays[name].subarray(this._begin, this._end);
    this._views = {
      seq: view('seq'),
      time: view('time'),
      value: view('value'),
      probability: view('probability')
    };
  }

  private _arrays: Arrays;
  private _views: Arrays;
  private _begin = 0;
  private _end = 0;
  private _missed = 0;
}

/** Samples as the server tells them, as numbers. */
export function numbersOf(columns: Columns): ISampleColumns {
  const { seq = [], time = [] } = columns;
  const length = Math.max(seq.length, time.length);
  const column = (name: Name): Float64Array =>
    Float64Array.from({ length }, (_, row) => asNumber(columns[name]?.[row]));
  return {
    length,
    seq: column('seq'),
    time: column('time'),
    value: column('value'),
    probability: column('probability')
  };
}

function arrays(length: number): Arrays {
  return {
    seq: new Float64Array(length),
    time: new Float64Array(length),
    value: new Float64Array(length),
    probability: new Float64Array(length)
  };
}

/** JSON knows neither NaN (null on the wire) nor the infinities (texts on the wire); a word is no number. */
function asNumber(value: unknown): number {
  const isNumber = typeof value === 'number' || typeof value === 'string';
  return isNumber && value !== '' ? Number(value) : NaN;
}

/** The first place whose number is above `known`; the numbers rise. */
function firstAfter(seq: Columns[string], known: number): number {
  let at = seq.length;
  while (at > 0 && Number(seq[at - 1]) > known) {
    at--;
  }
  return at;
}
