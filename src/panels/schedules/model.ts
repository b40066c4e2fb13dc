import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Debouncer } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { NewSchedule, Schedule, SchedulePreview, Submission } from '../../api';
import { ApiError, messageOf } from '../../api';
import type { IRunValues, RunErrors } from '../../components/run/values';
import { formOf, readForm } from '../../components/run/values';
import type { IScheduleValues, ScheduleErrors } from '../../components/schedules/values';
import { cronOf, newSchedule, valuesOf } from '../../components/schedules/values';
import type { IEnvironments } from '../../tokens/environments';
import type { IJobs } from '../../tokens/jobs';
import type { ISchedules } from '../../tokens/schedules';

const PREVIEW_MILLISECONDS = 250;

/** The choices of one dialog that makes or changes a schedule, and what became of them. */
export class ScheduleModel implements IDisposable {
  constructor(private readonly _options: ScheduleModel.IOptions) {
    const { schedule, submission, values } = _options;
    this._run = values ?? formOf(submission);
    this._values = schedule ? valuesOf(schedule) : { ...newSchedule(), name: nameOf(this._run) };
    this._debouncer = new Debouncer(() => this._look(), PREVIEW_MILLISECONDS);
    void this._look();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get jobs(): IJobs {
    return this._options.jobs;
  }

  get environments(): IEnvironments {
    return this._options.environments;
  }

  /** Whether a schedule is changed, rather than made. */
  get isEdit(): boolean {
    return this._options.schedule !== undefined;
  }

  get values(): IScheduleValues {
    return this._values;
  }

  get errors(): ScheduleErrors {
    return this._errors;
  }

  /** What runs. */
  get run(): IRunValues {
    return this._run;
  }

  get runErrors(): RunErrors {
    return this._runErrors;
  }

  /** The next times; null while what was chosen means nothing. */
  get preview(): SchedulePreview | null {
    return this._preview;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  change(values: Partial<IScheduleValues>): void {
    this._values = { ...this._values, ...values };
    this._errors = without(this._errors, Object.keys(values));
    void this._debouncer.invoke();
    this._emit();
  }

  changeRun(values: Partial<IRunValues>): void {
    this._run = { ...this._run, ...values };
    this._runErrors = without(this._runErrors, Object.keys(values));
    this._emit();
  }

  /** Make or change the schedule; null when something was wrong, which the errors then tell. */
  async save(): Promise<Schedule | null> {
    const read = readForm(this._run, this._options.trans);
    this._runErrors = 'errors' in read ? read.errors : {};
    if ('errors' in read) {
      this._emit();
      return null;
    }
    try {
      return await this._send(read.job);
    } catch (error) {
      this._fail(error);
      return null;
    }
  }

  dispose(): void {
    this._isDisposed = true;
    this._debouncer.dispose();
    Signal.clearData(this);
  }

  private _send(job: Submission): Promise<Schedule> {
    const { schedules, schedule, submission } = this._options;
    const { name, timezone, missed, overlap } = this._values;
    const made: NewSchedule = {
      name: name.trim() || null,
      cron: cronOf(this._values),
      timezone: timezone.trim(),
      missed,
      overlap,
      submission: { ...submission, ...job, id: null }
    };
    return schedule ? schedules.change(schedule.id, made) : schedules.create(made);
  }

  /** Ask what the expression means, unless the user has changed it again by the time of the answer. */
  private async _look(): Promise<void> {
    const { timezone } = this._values;
    const cron = cronOf(this._values);
    const isStale = (): boolean =>
      cron !== cronOf(this._values) || timezone !== this._values.timezone || this._isDisposed;
    try {
      const preview = await this._options.schedules.preview(cron, timezone.trim());
      if (!isStale()) {
        this._preview = preview;
        this._errors = without(this._errors, ['cron', 'timezone']);
        this._emit();
      }
    } catch (error) {
      if (!isStale()) {
        this._preview = null;
        this._fail(error);
      }
    }
  }

  /** Put the server's complaint beside the field that it names. */
  private _fail(error: unknown): void {
    const field = (error instanceof ApiError && error.field) || '';
    const message = messageOf(error);
    const [place, ...rest] = field.split(/[.[]/);
    if (place === 'submission') {
      this._runErrors = { [Object.hasOwn(this._run, rest[0]) ? rest[0] : '']: message };
    } else {
      this._errors = {
        ...this._errors,
        [Object.hasOwn(this._values, place) ? place : '']: message
      };
    }
    this._emit();
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _debouncer: Debouncer;
  private _values: IScheduleValues;
  private _errors: ScheduleErrors = {};
  private _run: IRunValues;
  private _runErrors: RunErrors = {};
  private _preview: SchedulePreview | null = null;
  private _isDisposed = false;
}

/** A namespace for the model's statics. */
export namespace ScheduleModel {
  /** What the model needs. */
  export interface IOptions {
    schedules: ISchedules;
    jobs: IJobs;
    environments: IEnvironments;
    trans: TranslationBundle;
    /** What to run: fields that the form does not show are kept. */
    submission: Submission;
    /** What was typed already, in a form for running it once. */
    values?: IRunValues;
    /** The schedule to change; without it a new one is made. */
    schedule?: Schedule;
  }
}

function nameOf({ name, path, command }: IRunValues): string {
  return name || (path || command.split(' ')[0]).split('/').at(-1) || '';
}

/** The complaints that still hold after some fields were changed. */
function without<E extends ScheduleErrors | RunErrors>(errors: E, fields: readonly string[]): E {
  const shown = Object.entries(errors).filter(([field]) => !fields.includes(field) && field !== '');
  return Object.fromEntries(shown) as E;
}
