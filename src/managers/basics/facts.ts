import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { ErrorBody, LiveClient } from '../../api';
import { ValueFold } from '../../api';
import type { IFacts } from '../../tokens/facts';

/** What every manager does alike: tell of changes, remember the error, let go of its topics. */
export abstract class Facts implements IFacts {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isReady(): boolean {
    return this._isReady;
  }

  get error(): string {
    return this._error;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._owned.forEach(owned => owned.dispose());
    Signal.clearData(this);
  }

  /** Keep something until this is disposed of. */
  protected own<T extends IDisposable>(owned: T): T {
    this._owned.push(owned);
    return owned;
  }

  /** Follow a topic of which only the newest value counts, until this is disposed of. */
  protected followValue<D>(live: LiveClient, topic: string, take: (data: D) => void): void {
    this.own(
      live.follow(topic, {
        fold: () => new ValueFold<D>(),
        onData: ({ value }: ValueFold<D>) => value !== null && take(value),
        onError: this.refused
      })
    );
  }

  /** The facts came: tell everybody. */
  protected arrived(): void {
    this._isReady = true;
    this._error = '';
    this.emitChanged();
  }

  /** The server refused the facts. */
  protected readonly refused = (error: ErrorBody): void => {
    this._error = error.message;
    this.emitChanged();
  };

  protected emitChanged(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _owned: IDisposable[] = [];
  private readonly _changed = new Signal<this, void>(this);
  private _isReady = false;
  private _error = '';
  private _isDisposed = false;
}
