import type { TranslationBundle } from '@jupyterlab/translation';
import type { Figures, Run, RunFields, RunState } from '../../api';
import { own } from '../../api/own';
import { formatDuration, formatShort, formatValue } from '../basics/format';
import { stateLabel } from '../jobs/state';

/** What a run has in a field; null where it has none. */
export type FieldValue = number | string | boolean | readonly string[] | null;

type Kind = 'metrics' | 'params' | 'system';
type Figure = 'last' | 'best' | 'min' | 'max' | 'count' | 'step' | 'best_step' | 'bad';

const FIGURES: readonly string[] = [
  'last',
  'best',
  'min',
  'max',
  'count',
  'step',
  'best_step',
  'bad'
];
/** The figures that are values of the metric, and so may be the best of several runs. */
const VALUES: readonly string[] = ['last', 'best', 'min', 'max'];
const NUMBERS: readonly string[] = ['duration', 'points'];
const TIMES: readonly string[] = ['created', 'started', 'ended'];
/** What the server's language of conditions reads as one word. */
const PLAIN_NAME = /^[^\s<>=!~(),'"\\]+$/;
/** With more metrics and parameters than so many, the table begins with the most frequent. */
const FIRST_METRICS = 3;
const FIRST_PARAMETERS = 4;

const READERS: Readonly<Record<string, (run: Run) => FieldValue>> = {
  id: run => run.id,
  name: run => run.name,
  kind: run => run.kind,
  state: run => run.state,
  owner: run => run.owner,
  created: run => run.created,
  started: run => run.started,
  ended: run => run.ended,
  duration: run => run.duration,
  environment: run => run.environment,
  points: run => run.points,
  tags: run => run.tags,
  group: run => run.group,
  note: run => run.note,
  folder: run => run.folder,
  commit: run => run.inputs.commit ?? ''
};

/** The columns that are no metric and no parameter, in the order in which they are offered. */
export const USUAL = [
  'state',
  'created',
  'duration',
  'owner',
  'tags',
  'group',
  'note',
  'environment',
  'commit',
  'points',
  'folder'
] as const;

/** How the server's conditions, orders and views name a metric or a parameter. */
export function fieldOf(kind: Kind, name: string, figure = ''): string {
  const quoted = PLAIN_NAME.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`;
  return `${kind}.${quoted}${figure && `.${figure}`}`;
}

/** The value that a run has in a field. */
export function valueOf(run: Run, field: string): FieldValue {
  const [kind, name] = partsOf(field);
  switch (kind) {
    case 'metrics':
    case 'system': {
      const [figures, figure] = figuresOf(run[kind], name);
      return numberOf(figures?.[figure] ?? null);
    }
    case 'params':
      return parameterOf(run.parameters, name);
    default:
      return own(READERS, name)?.(run) ?? null;
  }
}

/** A value as a number to draw and to compare; NaN where it is none. */
export function numeric(value: FieldValue): number {
  return typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : NaN;
}

/** The best value of a field among runs; null where nobody knows what is better. */
export function bestOf(runs: readonly Run[], field: string): number | null {
  const [kind, name] = partsOf(field);
  if (kind !== 'metrics') {
    return null;
  }
  let best: number | null = null;
  for (const run of runs) {
    const [figures, figure] = figuresOf(run.metrics, name);
    const [goal, value] = [figures?.goal, numberOf(figures?.[figure] ?? null)];
    if (!goal || !VALUES.includes(figure) || value === null || !Number.isFinite(value)) {
      continue;
    }
    best = best === null ? value : goal === 'low' ? Math.min(best, value) : Math.max(best, value);
  }
  return best;
}

/** Whether a column holds numbers, which stand at its right edge. */
export function isNumberField(field: string): boolean {
  const [kind, name] = partsOf(field);
  return kind === '' ? NUMBERS.includes(name) : kind !== 'params';
}

/** The columns to begin with: what every run has, and the most frequent metrics and parameters. */
export function firstColumns(fields: RunFields | null): readonly string[] {
  const metrics = fields?.metrics.slice(0, FIRST_METRICS) ?? [];
  const parameters = fields?.parameters.slice(0, FIRST_PARAMETERS) ?? [];
  return [
    'state',
    'created',
    'duration',
    ...metrics.map(({ name, goal }) => fieldOf('metrics', name, goal ? 'best' : '')),
    ...parameters.map(({ name }) => fieldOf('params', name)),
    'tags'
  ];
}

/** The name of a field as the head of a column says it. */
export function labelOf(trans: TranslationBundle, field: string): string {
  const [kind, name] = partsOf(field);
  if (kind === '') {
    return own(plainLabels(trans), name) ?? name;
  }
  const at = name.lastIndexOf('.');
  const figure = kind === 'params' ? undefined : own(figureLabels(trans), name.slice(at + 1));
  return at > 0 && figure !== undefined ? `${name.slice(0, at)} (${figure})` : name;
}

/** The value of a field as it is read. */
export function textOf(trans: TranslationBundle, run: Run, field: string): string {
  const value = valueOf(run, field);
  if (value === null || value === '') {
    return '';
  }
  if (field === 'state') {
    return runStateLabel(trans, run.state);
  }
  if (field === 'commit') {
    return `${String(value).slice(0, 8)}${run.inputs.dirty ? '+' : ''}`;
  }
  if (typeof value === 'number') {
    return field === 'duration' ? formatDuration(value * 1000) : formatValue(value);
  }
  if (Array.isArray(value)) {
    return value.join(', ');
  }
  return TIMES.includes(field) ? formatShort(String(value)) : String(value);
}

/** The state of a run in words: that of its job, or that a program outside jobs has ended. */
export function runStateLabel(trans: TranslationBundle, state: RunState): string {
  return state === 'ended' ? trans.__('Ended') : stateLabel(trans, state);
}

/** The first key of an order, and whether it is the greatest first. */
export function firstKey(sort: string): { field: string; isDescending: boolean } {
  const key = /^(?:"(?:[^"\\]|\\.)*"|[^,"])*/.exec(sort)?.[0].trim() ?? '';
  return { field: key.replace(/^-/, ''), isDescending: key.startsWith('-') };
}

/** The order after a click on the head of a column: by it, then the other way round. */
export function sortedBy(sort: string, field: string): string {
  const now = firstKey(sort);
  const isDescending = now.field === field ? !now.isDescending : TIMES.includes(field);
  return isDescending ? `-${field}` : field;
}

function partsOf(field: string): [Kind | '', string] {
  const plain = unquoted(field);
  const found = /^(metrics|params|system)\.(.+)$/s.exec(plain);
  return found ? [found[1] as Kind, found[2]] : ['', plain];
}

function unquoted(field: string): string {
  const [begin, end] = [field.indexOf('"'), field.lastIndexOf('"')];
  return begin === end
    ? field
    : field.slice(0, begin) +
        field.slice(begin + 1, end).replace(/\\(.)/g, '$1') +
        field.slice(end + 1);
}

/** The figures that a name means, as the server reads it: a metric may itself be called `x.best`. */
function figuresOf(
  all: Readonly<Record<string, Figures>>,
  name: string
): [Figures | undefined, Figure] {
  const whole = own(all, name);
  const at = name.lastIndexOf('.');
  const figure = name.slice(at + 1);
  if (whole !== undefined || at < 0 || !FIGURES.includes(figure)) {
    return [whole, 'last'];
  }
  return [own(all, name.slice(0, at)), figure as Figure];
}

/** A number of the wire: infinities come as texts. */
function numberOf(value: number | string | null): number | null {
  return typeof value === 'string' ? Number(value) : value;
}

function parameterOf(parameters: Readonly<Record<string, unknown>>, name: string): FieldValue {
  const whole = own(parameters, name);
  return scalar(whole === undefined ? nested(parameters, name.split('.')) : whole);
}

function nested(from: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null
        ? own(value as Record<string, unknown>, part)
        : undefined,
    from
  );
}

function scalar(value: unknown): FieldValue {
  switch (typeof value) {
    case 'number':
    case 'string':
    case 'boolean':
      return value;
    default:
      return value === undefined || value === null ? null : JSON.stringify(value);
  }
}

function plainLabels(trans: TranslationBundle): Readonly<Record<string, string>> {
  return {
    name: trans.__('Name'),
    kind: trans.__('Kind'),
    state: trans.__('State'),
    owner: trans.__('Owner'),
    created: trans.__('Created'),
    duration: trans.__('Duration'),
    environment: trans.__('Environment'),
    points: trans.__('Points'),
    tags: trans.__('Tags'),
    group: trans.__('Group'),
    note: trans.__('Note'),
    folder: trans.__('Folder'),
    commit: trans.__('Commit')
  };
}

function figureLabels(trans: TranslationBundle): Readonly<Record<string, string>> {
  return {
    last: trans.__('last'),
    best: trans.__('best'),
    min: trans.__('least'),
    max: trans.__('greatest'),
    count: trans.__('points'),
    step: trans.__('step'),
    best_step: trans.__('step of the best')
  };
}
