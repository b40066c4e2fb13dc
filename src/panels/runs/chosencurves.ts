import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IFollower, Period } from '../../api';
import type { IShownFacts } from '../../tokens/facts';
import type { IMetrics } from '../../tokens/metrics';
import type { IHandle } from '../../tokens/workbench';

/** Milliseconds in which runs that are chosen one after another, as while a box is drawn, are asked for at a time. */
const RESTS = 250;

interface IHeld {
  handle: IHandle<IMetrics>;
  follower: IFollower | null;
}

/** The curves of the runs that are chosen: each comes while it is, and while somebody looks. */
export class ChosenCurves implements IShownFacts {
  readonly isReady = true;
  readonly error = '';

  constructor(private readonly _acquire: (id: string) => IHandle<IMetrics>) {}

  /** Emitted when curves grew, came or went. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** The curves of the runs that are wanted, in the order in which they are. */
  get runs(): ReadonlyMap<string, IMetrics> {
    return new Map(
      this._wanted.flatMap(id => {
        const held = this._held.get(id);
        return held ? [[id, held.handle.model] as const] : [];
      })
    );
  }

  /** Say whose curves are wanted. Those of others are let go when the choice rests. */
  want(ids: readonly string[]): void {
    const isSame =
      ids.length === this._wanted.length && ids.every((id, at) => id === this._wanted[at]);
    if (isSame || this._isDisposed) {
      return;
    }
    this._wanted = ids;
    window.clearTimeout(this._timer);
    if (ids.length === 0) {
      this._take();
    } else {
      this._timer = window.setTimeout(() => this._take(), this._held.size === 0 ? 0 : RESTS);
    }
  }

  /** Have them come; there is one who looks. */
  show(period: Period = null): IFollower {
    this._period = period;
    this._followAll();
    let isDisposed = false;
    return {
      get isDisposed() {
        return isDisposed;
      },
      change: need => this._held.forEach(({ follower }) => follower?.change(need)),
      dispose: () => {
        if (!isDisposed) {
          isDisposed = true;
          this._period = undefined;
          this._followAll();
        }
      }
    };
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      window.clearTimeout(this._timer);
      [...this._held.keys()].forEach(id => this._release(id));
      Signal.clearData(this);
    }
  }

  private _take(): void {
    const wanted = new Set(this._wanted);
    [...this._held.keys()].filter(id => !wanted.has(id)).forEach(id => this._release(id));
    for (const id of wanted) {
      if (!this._held.has(id)) {
        const handle = this._acquire(id);
        handle.model.changed.connect(this._emit, this);
        this._held.set(id, { handle, follower: null });
      }
    }
    this._followAll();
    this._emit();
  }

  private _followAll(): void {
    const period = this._period;
    this._held.forEach(held => {
      if (period === undefined) {
        held.follower?.dispose();
        held.follower = null;
      } else {
        held.follower ??= held.handle.model.show(period);
      }
    });
  }

  private _release(id: string): void {
    const held = this._held.get(id);
    this._held.delete(id);
    held?.follower?.dispose();
    held?.handle.model.changed.disconnect(this._emit, this);
    held?.handle.dispose();
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _held = new Map<string, IHeld>();
  /** How often they come; undefined while nobody looks. */
  private _period: Period | undefined;
  private _wanted: readonly string[] = [];
  private _timer = 0;
  private _isDisposed = false;
}
