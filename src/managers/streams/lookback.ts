import { Debouncer } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IDisposable } from '@lumino/disposable';
import { messageOf } from '../../api';
import type { Columns } from '../../api/streams';
import type { ISampleColumns, TimeRange } from '../../tokens/streams';
import { numbersOf } from './ring';

/** Milliseconds without another move before the server is asked. */
const RESTS = 150;
/** What is held of thinned samples is asked for anew when one looks at less than this share of it. */
const TOO_COARSE = 1 / 6;

/** Asks for what was recorded between two times, in about so many points. */
export type LoadHistory = (from: number, to: number, points: number) => Promise<Columns>;

/**
 * What is shown of the past: a copy of the window first, and what the server recorded where one looks beyond it.
 *
 * It is asked for with as much again on both sides, so that the next small drag needs no answer.
 */
export class Lookback implements IDisposable {
  constructor(private readonly _load: LoadHistory) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get columns(): ISampleColumns {
    return this._columns;
  }

  get isLoading(): boolean {
    return this._asked !== null;
  }

  get error(): string {
    return this._error;
  }

  get isDisposed(): boolean {
    return this._debouncer.isDisposed;
  }

  /** Hold what is there now: it stays while newer samples push it out of the window. */
  hold(samples: ISampleColumns): void {
    const { length, seq, time, value, probability } = samples;
    this._columns = {
      length,
      seq: seq.slice(),
      time: time.slice(),
      value: value.slice(),
      probability: probability.slice()
    };
    this._held = length > 0 ? [time[0], time[length - 1]] : null;
    this._asked = null;
    this._error = '';
  }

  /** Have a range shown that ends before `newest`, in about so many points. */
  look(range: TimeRange, newest: number, points: number): void {
    const [from, to] = [range[0], Math.min(range[1], newest)];
    if (from < to && !this._covers([from, to])) {
      const margin = range[1] - range[0];
      this._wish = { from: from - margin, to: Math.min(to + margin, newest), points: 3 * points };
      void this._debouncer.invoke().catch(() => undefined);
    }
  }

  dispose(): void {
    this._debouncer.dispose();
    Signal.clearData(this);
  }

  private _covers([from, to]: TimeRange): boolean {
    if (this._held === null || from < this._held[0] || to > this._held[1]) {
      return false;
    }
    const share = (to - from) / (this._held[1] - this._held[0]);
    return share >= TOO_COARSE || !isThinned(this._columns);
  }

  private async _ask(): Promise<void> {
    const wish = this._wish;
    if (wish === null || isSame(wish, this._asked)) {
      return;
    }
    this._asked = wish;
    this._changed.emit();
    try {
      this._take(wish, numbersOf(await this._load(wish.from, wish.to, wish.points)));
    } catch (error) {
      this._fail(wish, error);
    }
  }

  /** An answer counts unless another was asked for meanwhile. */
  private _take(wish: IWish, columns: ISampleColumns): void {
    if (this._asked === wish && !this.isDisposed) {
      this._asked = null;
      this._error = '';
      this._columns = columns;
      this._held = [wish.from, wish.to];
      this._changed.emit();
    }
  }

  private _fail(wish: IWish, error: unknown): void {
    if (this._asked === wish && !this.isDisposed) {
      this._asked = null;
      this._error = messageOf(error);
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _debouncer = new Debouncer(() => this._ask(), RESTS);
  private _columns: ISampleColumns = numbersOf({});
  /** Between which times all that there is is held. */
  private _held: TimeRange | null = null;
  private _wish: IWish | null = null;
  private _asked: IWish | null = null;
  private _error = '';
}

interface IWish {
  from: number;
  to: number;
  points: number;
}

function isSame(wish: IWish, other: IWish | null): boolean {
  return wish.from === other?.from && wish.to === other.to && wish.points === other.points;
}

/** Whether numbers are missing between the first and the last: then one may look closer. */
function isThinned({ seq, length }: ISampleColumns): boolean {
  return length > 1 && seq[length - 1] - seq[0] >= length;
}
