import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { Job, Submission } from '../../api';
import { ApiError, messageOf } from '../../api';
import { newJobId } from '../../components/run/jobid';
import type { IRunValues, RunErrors } from '../../components/run/values';
import { changesOf, formOf, readForm, withoutDefaults } from '../../components/run/values';
import type { IEnvironments } from '../../tokens/environments';
import type { IJobs } from '../../tokens/jobs';
import type { ILatestMetrics } from '../../tokens/metrics';

/** A job that is to run again, and how it was asked for. */
export interface IOriginal {
  id: string;
  name: string;
  submission: Submission;
}

/** The choices of one “Run as Job…” or “Run Again with Changes…” dialog, and what became of them. */
export class RunModel implements IDisposable {
  constructor(
    private readonly _options: {
      jobs: IJobs;
      environments: IEnvironments;
      trans: TranslationBundle;
      values: IRunValues;
      original?: IOriginal;
      /** What is sent besides and has no field. */
      also?: Submission;
      /** Tells which metrics the same has logged before. */
      latest?: ILatestMetrics;
    }
  ) {
    this._values = _options.values;
    const before = this._before();
    if (before) {
      _options.latest?.want([before]);
    }
    _options.latest?.changed.connect(this._emit, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get environments(): IEnvironments {
    return this._options.environments;
  }

  get jobs(): IJobs {
    return this._options.jobs;
  }

  get original(): IOriginal | undefined {
    return this._options.original;
  }

  get values(): IRunValues {
    return this._values;
  }

  /** The metrics that it logged when it ran before, as far as they are known. */
  get metrics(): readonly string[] {
    const before = this._before();
    return before ? [...(this._options.latest?.of(before.id)?.keys() ?? [])].sort() : [];
  }

  get errors(): RunErrors {
    return this._errors;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  change(values: Partial<IRunValues>): void {
    this._values = { ...this._values, ...values };
    const answered = new Set(['', ...Object.keys(values)]);
    this._errors = Object.fromEntries(
      Object.entries(this._errors).filter(([field]) => !answered.has(field))
    );
    this._id = newJobId(new Date());
    this._emit();
  }

  /** Submit the job; null when something was wrong, which `errors` then tells. */
  async submit(): Promise<Job | null> {
    const read = readForm(this._values, this._options.trans);
    if ('errors' in read) {
      this._fail(read.errors);
      return null;
    }
    try {
      return await this._send(read.job);
    } catch (error) {
      this._fail(asErrors(error));
      return null;
    }
  }

  dispose(): void {
    this._isDisposed = true;
    this._options.latest?.changed.disconnect(this._emit, this);
    Signal.clearData(this);
  }

  /** The newest job that ran the same; undefined where none did. */
  private _before(): Job | undefined {
    const { jobs, original } = this._options;
    const { path } = this._values;
    return original
      ? jobs.get(original.id)
      : jobs.list.find(({ source, started }) => path !== '' && source === path && started !== null);
  }

  private _send(job: Submission): Promise<Job> {
    const { jobs, original, also } = this._options;
    return original
      ? jobs.rerun(original.id, { ...changesOf(job, original.submission), id: this._id })
      : jobs.submit({ ...withoutDefaults(job), ...also, id: this._id });
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
  /** The same for each try to send the same values: an answer may be lost after the job was made. */
  private _id = newJobId(new Date());
  private _isDisposed = false;
}

const FIELDS: readonly string[] = Object.keys(formOf({}));

/** The server's complaint, beside the field that it names where the form has that field. */
function asErrors(error: unknown): RunErrors {
  const named = error instanceof ApiError ? error.field : null;
  const field = named?.replace(/^changes\./, '').split(/[.[]/)[0] ?? '';
  const place = FIELDS.includes(field) ? (field as keyof IRunValues) : '';
  return { [place]: messageOf(error) };
}
