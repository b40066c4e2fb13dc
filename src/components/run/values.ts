import type { TranslationBundle } from '@jupyterlab/translation';
import type { AlertRule, Submission } from '../../api';
import { own } from '../../api/own';
import type { IAlertFields } from '../alerts/values';
import { alertFields, readAlerts, wholeRule } from '../alerts/values';
import { formatCommand, readDuration, writeDuration } from '../basics/format';
import type { IParameter } from './parametervalues';
import { fieldsOf, readFields, ParameterError } from './parametervalues';
import { splitArguments, UnclosedQuoteError } from './shellwords';
import type { IQuantity } from '../basics/units';
import { quantityOf, SIZES, valueOf } from '../basics/units';

/** When the end of a job is told. */
export type Notify = NonNullable<Submission['notify']>;

/** What the user typed, as they typed it. The fields are named as on the wire. */
export interface IRunValues {
  /** The script or notebook; empty for a command. */
  path: string;
  command: string;
  name: string;
  environment: string;
  args: string;
  parameters: readonly IParameter[];
  cwd: string;
  timeout: string;
  retries: string;
  retry_delay: string;
  cpus: string;
  gpus: string;
  memory: IQuantity;
  tags: string;
  notify: Notify;
  after: readonly string[];
  alerts: readonly IAlertFields[];
}

/** What is wrong, by field; '' holds what concerns the whole. */
export type RunErrors = Partial<Record<keyof IRunValues | '', string>>;

/** The fields that are out of sight at first. */
export const ADVANCED = [
  'timeout',
  'retries',
  'retry_delay',
  'cpus',
  'gpus',
  'memory',
  'tags',
  'notify',
  'after',
  'alerts'
] as const;

/** What a submission says that leaves a field out. */
const DEFAULTS = {
  name: null,
  environment: 'server',
  args: [],
  parameters: {},
  cwd: null,
  timeout: null,
  retries: 0,
  retry_delay: 0,
  cpus: 1,
  gpus: 0,
  memory: null,
  tags: [],
  notify: 'end',
  after: [],
  alerts: []
} satisfies Submission;

/** An empty form for a file. */
export function emptyForm(path: string): IRunValues {
  const form = formOf(path.endsWith('.ipynb') ? { notebook: path } : { script: path });
  return { ...form, name: nameFor(path) };
}

/** The name to propose for a job: that of its file, without its ending. */
export function nameFor(path: string): string {
  const file = path.split('/').at(-1) ?? '';
  return file.replace(/(?<=.)\.[^.]+$/, '');
}

/** The form that a submission would have come from. */
export function formOf(submission: Submission): IRunValues {
  const all = { ...DEFAULTS, ...submission };
  return {
    path: submission.script ?? submission.notebook ?? '',
    command: formatCommand(submission.command ?? []),
    name: all.name ?? '',
    environment: all.environment,
    args: formatCommand(all.args),
    parameters: fieldsOf(all.parameters),
    cwd: all.cwd ?? '',
    timeout: all.timeout ? writeDuration(all.timeout) : '',
    retries: String(all.retries),
    retry_delay: all.retry_delay ? writeDuration(all.retry_delay) : '',
    cpus: String(all.cpus),
    gpus: String(all.gpus),
    memory: quantityOf(all.memory, SIZES, 'GiB'),
    tags: all.tags.join(', '),
    notify: all.notify,
    after: all.after,
    alerts: alertFields(all.alerts)
  };
}

/** Turn what was typed into a job with all its fields, or into what is wrong with it. */
export function readForm(
  values: IRunValues,
  trans: TranslationBundle
): { job: Submission } | { errors: RunErrors } {
  const reader = new Reader(trans);
  const job: Submission = {
    ...source(values, reader),
    name: reader.name(values.name),
    environment: values.environment,
    args: reader.words('args', values.args),
    parameters: reader.parameters(values.parameters),
    cwd: values.cwd.trim() || null,
    timeout: reader.duration('timeout', values.timeout),
    retries: reader.count('retries', values.retries, 0),
    retry_delay: reader.duration('retry_delay', values.retry_delay) ?? 0,
    cpus: reader.count('cpus', values.cpus, 1),
    gpus: reader.count('gpus', values.gpus, 0),
    memory: reader.size(valueOf(values.memory, SIZES)),
    tags: [...new Set(values.tags.split(',').map(tag => tag.trim()))].filter(Boolean),
    notify: values.notify,
    after: [...values.after],
    alerts: reader.alerts(values.alerts)
  };
  return Object.keys(reader.errors).length > 0 ? { errors: reader.errors } : { job };
}

/** A job without the fields that say what is meant anyway. */
export function withoutDefaults(job: Submission): Submission {
  return changesOf(job, DEFAULTS);
}

/** What of a job differs from another. */
export function changesOf(job: Submission, other: Submission): Submission {
  const alerts = (other.alerts ?? []).map(wholeRule);
  const before: Record<string, unknown> = { ...DEFAULTS, ...other, alerts };
  const changed = Object.entries(job).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(own(before, field))
  );
  return Object.fromEntries(changed);
}

function source(values: IRunValues, reader: Reader): Submission {
  if (values.path !== '') {
    return values.path.endsWith('.ipynb') ? { notebook: values.path } : { script: values.path };
  }
  const command = reader.words('command', values.command);
  if (command.length === 0) {
    reader.errors.command ??= reader.trans.__('Say what to run.');
  }
  return { command };
}

/** Reads fields, and remembers what was wrong with them. */
class Reader {
  constructor(readonly trans: TranslationBundle) {}

  readonly errors: RunErrors = {};

  name(text: string): string | null {
    if (text.trim().length > 100) {
      this.errors.name = this.trans.__('At most 100 characters.');
    }
    return text.trim() || null;
  }

  words(field: 'args' | 'command', text: string): string[] {
    try {
      return splitArguments(text);
    } catch (error) {
      this._take(field, error, UnclosedQuoteError, this.trans.__('A quote is not closed.'));
      return [];
    }
  }

  parameters(fields: readonly IParameter[]): Record<string, unknown> {
    try {
      return readFields(fields, this.trans);
    } catch (error) {
      this._take('parameters', error, ParameterError, String((error as Error).message));
      return {};
    }
  }

  alerts(fields: readonly IAlertFields[]): AlertRule[] {
    const read = readAlerts(fields, this.trans);
    if ('error' in read) {
      this.errors.alerts = read.error;
      return [];
    }
    return read.rules;
  }

  count(field: 'retries' | 'cpus' | 'gpus', text: string, least: number): number {
    const value = Number(text.trim() || NaN);
    if (!Number.isInteger(value) || value < least) {
      this.errors[field] = this.trans.__('A whole number, at least %1.', least);
    }
    return value;
  }

  duration(field: 'timeout' | 'retry_delay', text: string): number | null {
    const value = text.trim() === '' ? null : readDuration(text);
    if (Number.isNaN(value)) {
      this.errors[field] = this.trans.__('A duration such as 45s, 30m or 1h30m, or nothing.');
    }
    return value;
  }

  size(value: number | null): number | null {
    if (Number.isNaN(value)) {
      this.errors.memory = this.trans.__('A number, or nothing.');
    }
    return value === null ? null : Math.round(value);
  }

  private _take(
    field: keyof IRunValues,
    error: unknown,
    kind: new () => Error,
    message: string
  ): void {
    if (!(error instanceof kind)) {
      throw error;
    }
    this.errors[field] = message;
  }
}
