import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { Job } from '../../api';
import { ApiError, messageOf } from '../../api';
import type { IRunValues, RunErrors } from '../../components/runvalues';
import { readForm } from '../../components/runvalues';
import type { IEnvironments, IJobs } from '../../tokens';

/** The choices of one “Run as Job…” dialog, and what became of them. */
export class RunModel implements IDisposable {
  constructor(
    private readonly _options: {
      jobs: IJobs;
      environments: IEnvironments;
      trans: TranslationBundle;
      values: IRunValues;
    }
  ) {
    this._values = _options.values;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get environments(): IEnvironments {
    return this._options.environments;
  }

  get values(): IRunValues {
    return this._values;
  }

  get errors(): RunErrors {
    return this._errors;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  change(values: Partial<IRunValues>): void {
    this._values = { ...this._values, ...values };
    this._emit();
  }

  /** Submit the job; null when something was wrong, which `errors` then tells. */
  async submit(): Promise<Job | null> {
    const { jobs, trans } = this._options;
    const read = readForm(this._values, trans);
    if ('errors' in read) {
      this._fail(read.errors);
      return null;
    }
    try {
      return await jobs.submit(read.job);
    } catch (error) {
      this._fail(asErrors(error));
      return null;
    }
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private _fail(errors: RunErrors): void {
    this._errors = errors;
    this._emit();
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _values: IRunValues;
  private _errors: RunErrors = {};
  private _isDisposed = false;
}

const FIELDS: readonly string[] = ['name', 'environment', 'args', 'parameters', 'cwd'];

/** The server's complaint, beside the field that it names where the form has that field. */
function asErrors(error: unknown): RunErrors {
  const field = error instanceof ApiError ? error.field : null;
  const place = field !== null && FIELDS.includes(field) ? (field as keyof IRunValues) : '';
  return { [place]: messageOf(error) };
}
