import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { ApiError, messageOf } from '../../api';
import type { SourceTrial, Stream } from '../../api/streams';
import type { IStreamValues, StreamErrors } from '../../components/streams/source';
import { columnsOf, newValues, sourceOf, streamOf } from '../../components/streams/source';
import type { IStreams } from '../../tokens/streams';

/** The choices of one dialog that makes a stream, and what became of them. */
export class NewStreamModel implements IDisposable {
  constructor(
    readonly streams: IStreams,
    private readonly _trans: TranslationBundle
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get values(): IStreamValues {
    return this._values;
  }

  get errors(): StreamErrors {
    return this._errors;
  }

  /** What came when the source was tried; null until it is, and once it is another. */
  get trial(): SourceTrial | null {
    return this._trial;
  }

  get isTrying(): boolean {
    return this._isTrying;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  change(change: Partial<IStreamValues>): void {
    this._values = { ...this._values, ...change };
    const named = Object.entries(this._errors).filter(
      ([field]) => field !== '' && !Object.hasOwn(change, field)
    );
    this._errors = Object.fromEntries(named);
    if ('kind' in change) {
      this._trial = null;
    }
    this._emit();
  }

  /** Listen to the source for a moment. An answer for what was changed meanwhile counts no more. */
  async try(): Promise<void> {
    const read = sourceOf({ ...this._values, columns: [] }, this._trans);
    this._errors = 'errors' in read ? read.errors : {};
    if ('errors' in read) {
      this._emit();
      return;
    }
    const { kind } = this._values;
    this._isTrying = true;
    this._trial = null;
    this._emit();
    try {
      const trial = await this.streams.test(read.source);
      if (kind === this._values.kind) {
        this._trial = trial;
        this._values = {
          ...this._values,
          columns: columnsOf(trial, this._values.columns)
        };
      }
    } catch (error) {
      this._fail(error);
    }
    this._isTrying = false;
    this._emit();
  }

  /** Make the stream; null when something was wrong, which the errors then tell. */
  async save(): Promise<Stream | null> {
    const read = streamOf(this._values, this._trans);
    this._errors = 'errors' in read ? read.errors : {};
    try {
      return 'errors' in read ? null : await this.streams.create(read.stream);
    } catch (error) {
      this._fail(error);
      return null;
    } finally {
      this._emit();
    }
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  /** Put the server's complaint beside the field that it names: `source.host`, `alert.over`, `name`. */
  private _fail(error: unknown): void {
    const field = ((error instanceof ApiError && error.field) || '').split('.').at(-1) ?? '';
    this._errors = { [Object.hasOwn(this._values, field) ? field : '']: messageOf(error) };
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _values = newValues();
  private _errors: StreamErrors = {};
  private _trial: SourceTrial | null = null;
  private _isTrying = false;
  private _isDisposed = false;
}
