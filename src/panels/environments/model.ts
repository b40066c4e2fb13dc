import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { Accepted } from '../../api';
import { ApiError, messageOf } from '../../api';
import type { EnvironmentErrors, IEnvironmentValues } from '../../components/environments/values';
import { emptyEnvironment, readEnvironment } from '../../components/environments/values';
import type { IEnvironments } from '../../tokens/environments';

/** The choices of one “New environment” dialog, and what became of them. */
export class CreationModel implements IDisposable {
  constructor(
    readonly environments: IEnvironments,
    values: Partial<IEnvironmentValues> = {}
  ) {
    this._values = { ...emptyEnvironment(), ...values };
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get values(): IEnvironmentValues {
    return this._values;
  }

  get errors(): EnvironmentErrors {
    return this._errors;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  change(values: Partial<IEnvironmentValues>): void {
    this._values = { ...this._values, ...values };
    const answered = new Set(['', ...Object.keys(values)]);
    this._errors = Object.fromEntries(
      Object.entries(this._errors).filter(([field]) => !answered.has(field))
    );
    this._changed.emit();
  }

  /** Have it made; null when something was wrong, which `errors` then tells. */
  async submit(): Promise<Accepted | null> {
    try {
      return await this.environments.create(readEnvironment(this._values));
    } catch (error) {
      this._errors = asErrors(error, this._values);
      this._changed.emit();
      return null;
    }
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private readonly _changed = new Signal<this, void>(this);
  private _values: IEnvironmentValues;
  private _errors: EnvironmentErrors = {};
  private _isDisposed = false;
}

/** The server's complaint, beside the field that it names where the form shows that field. */
function asErrors(error: unknown, values: IEnvironmentValues): EnvironmentErrors {
  const field = error instanceof ApiError ? error.field : null;
  const shown: readonly string[] = ['name', 'kind', 'python', values.source];
  const place = field !== null && shown.includes(field) ? (field as keyof IEnvironmentValues) : '';
  return { [place]: messageOf(error) };
}
