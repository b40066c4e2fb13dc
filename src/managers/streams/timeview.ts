import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { TimeRange } from '../../tokens/streams';

/** Seconds that one can look at, at least and at most. */
const SHORTEST = 0.05;
const LONGEST = 366 * 86_400;

/**
 * At which time one looks: live, the newest part with it moving along, or a range that stands still.
 *
 * It holds no samples; `ends` says between which times there are some in the window.
 */
export class TimeView implements IDisposable {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isLive(): boolean {
    return this._still === null;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** What is to be shown while the window has samples between these times. */
  range(ends: TimeRange): TimeRange {
    if (this._still !== null) {
      return this._still;
    }
    return this._span === null ? ends : [ends[1] - this._span, ends[1]];
  }

  /** Go along with what comes, as close as before. */
  goLive(): void {
    if (this._still !== null) {
      this._still = null;
      this._changed.emit();
    }
  }

  /** Stand still where one looks now. */
  pause(ends: TimeRange): void {
    this._stand(this.range(ends));
  }

  /** Move by so many seconds; what stands still after it does not run away. */
  pan(seconds: number, ends: TimeRange): void {
    const [from, to] = this.range(ends);
    this._stand([from + seconds, to + seconds]);
  }

  /** Look at a part of the time only (`factor` under 1) or at more, around a moment. Live stays live within the window. */
  zoom(factor: number, ends: TimeRange, around?: number): void {
    const [from, to] = this.range(ends);
    const span = Math.min(LONGEST, Math.max(SHORTEST, (to - from) * factor));
    const whole = ends[1] - ends[0];
    if (this._still === null && (span <= whole || this._span !== null)) {
      this._span = span < whole ? span : null;
      this._changed.emit();
      return;
    }
    const centre = around ?? (this._still === null ? to : (from + to) / 2);
    const share = (centre - from) / (to - from || 1);
    this._span = this._still !== null && span < whole ? span : null;
    this._stand([centre - share * span, centre + (1 - share) * span]);
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private _stand(range: TimeRange): void {
    this._still = range;
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  /** Seconds before the newest sample that are shown live; null is the whole window. */
  private _span: number | null = null;
  private _still: TimeRange | null = null;
  private _isDisposed = false;
}
