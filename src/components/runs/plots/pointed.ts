import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

/** The run at which somebody points, in the table or in a plot: it stands out in all of them. */
export class Pointed {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Its id; empty is none. */
  get id(): string {
    return this._id;
  }

  point(id: string): void {
    if (id !== this._id) {
      this._id = id;
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _id = '';
}
