import type { TranslationBundle } from '@jupyterlab/translation';
import type { Job } from '../../api';
import { own } from '../../api/own';
import type { ISeries } from '../../tokens/metrics';
import {
  elapsed,
  formatBytes,
  formatCommand,
  formatDuration,
  formatMoment,
  formatValue
} from '../basics/format';
import type { Direction, Directions } from './direction';
import { better, directionOf } from './direction';
import type { NameOf } from '../jobs/filter';
import { outcomeOf } from '../jobgrid/sort';
import { ownerOf } from '../jobs/owner';
import { stateLabel } from '../jobs/state';

/** One job of a comparison with its curves. */
export interface ICompared {
  job: Job;
  series: ReadonlyMap<string, ISeries>;
}

/** What stands in one place: the text, and a smaller one below it. */
export interface IPlace {
  text: string;
  note?: string;
  /** Whether it is the best of its row. */
  isBest?: boolean;
}

/** One thing in which jobs can differ, with a place for each job. */
export interface ICompareRow {
  label: string;
  places: readonly IPlace[];
  differs: boolean;
  /** Of a metric: which values are the better ones. */
  direction?: Direction;
}

/** Rows that belong together. */
export interface ICompareGroup {
  label: string;
  rows: readonly ICompareRow[];
}

/** Everything that can be said of some jobs side by side. */
export function compareJobs(
  trans: TranslationBundle,
  compared: readonly ICompared[],
  nameOf: NameOf,
  now: number,
  directions: Directions = {}
): readonly ICompareGroup[] {
  const groups = [
    { label: trans.__('Parameters'), rows: parameterRows(compared) },
    { label: trans.__('Metrics'), rows: metricRows(trans, compared, directions) },
    { label: trans.__('Run'), rows: runRows(trans, compared, nameOf, now) }
  ];
  return groups.filter(({ rows }) => rows.length > 0);
}

/** The lowest, the highest and the newest value of a curve; null when it has no number. */
export function summarise(
  series: ISeries | undefined
): Record<'last' | 'min' | 'max', number> | null {
  const last = series && lastFinite(series.value);
  return series === undefined || last === undefined
    ? null
    : { last, min: series.low, max: series.high };
}

function lastFinite(values: Float64Array): number | undefined {
  for (let at = values.length - 1; at >= 0; at--) {
    if (Number.isFinite(values[at])) {
      return values[at];
    }
  }
  return undefined;
}

function parameterRows(compared: readonly ICompared[]): ICompareRow[] {
  const names = union(compared.map(({ job }) => Object.keys(job.parameters)));
  return names.map(name =>
    row(
      name,
      compared.map(({ job }) => valueText(own(job.parameters, name)))
    )
  );
}

function metricRows(
  trans: TranslationBundle,
  compared: readonly ICompared[],
  directions: Directions
): ICompareRow[] {
  const names = union(compared.map(({ series }) => [...series.keys()])).sort();
  return names.map(name => {
    const direction = directionOf(name, directions);
    const found = compared.map(({ series }) => summarise(series.get(name)));
    const places =
      direction === null
        ? found.map(one => rangePlace(trans, one))
        : bestPlaces(trans, found, direction);
    return { ...row(name, places), direction };
  });
}

type Summary = ReturnType<typeof summarise>;

/** The newest value, and between which values it went. */
function rangePlace(trans: TranslationBundle, found: Summary): IPlace {
  return found === null
    ? { text: '' }
    : {
        text: formatValue(found.last),
        note: trans.__('%1 to %2', formatValue(found.min), formatValue(found.max))
      };
}

/** The best value of each job, the best of all marked where they are not all the same. */
function bestPlaces(
  trans: TranslationBundle,
  found: readonly Summary[],
  direction: 'low' | 'high'
): IPlace[] {
  const bests = found.map(one => one && (direction === 'low' ? one.min : one.max));
  const numbers = bests.filter(value => value !== null);
  const top = numbers.reduce((a, b) => better(direction, a, b), numbers[0]);
  const isContest = new Set(numbers).size > 1;
  return found.map((one, at) => {
    const best = bests[at];
    return one === null || best === null
      ? { text: '' }
      : {
          text: formatValue(best),
          note: trans.__('newest: %1', formatValue(one.last)),
          isBest: isContest && best === top
        };
  });
}

function runRows(
  trans: TranslationBundle,
  compared: readonly ICompared[],
  nameOf: NameOf,
  now: number
): ICompareRow[] {
  const fields: [string, (job: Job) => string][] = [
    [trans.__('State'), job => stateLabel(trans, job.state)],
    [trans.__('Outcome'), outcomeOf],
    [trans.__('Time'), job => formatTime(elapsed(job, now))],
    [trans.__('Environment'), job => nameOf(job.environment)],
    [trans.__('File'), job => job.source ?? ''],
    [trans.__('Command'), job => formatCommand(job.command)],
    [trans.__('Directory'), job => job.cwd],
    [trans.__('CPUs'), job => String(job.cpus)],
    [trans.__('GPUs'), job => String(job.gpus)],
    [trans.__('Memory limit'), job => (job.memory === null ? '' : formatBytes(job.memory))],
    [trans.__('Attempt'), job => String(job.attempt)],
    [trans.__('Owner'), job => ownerOf(trans, job)],
    [trans.__('Tags'), job => job.tags.join(', ')],
    [trans.__('Created'), job => formatMoment(job.created)]
  ];
  return fields
    .map(([label, read]) =>
      row(
        label,
        compared.map(({ job }) => ({ text: read(job) }))
      )
    )
    .filter(({ places }) => places.some(({ text }) => text !== ''));
}

function row(label: string, places: readonly IPlace[]): ICompareRow {
  const written = places.map(({ text, note }) => `${text}\n${note ?? ''}`);
  return { label, places, differs: new Set(written).size > 1 };
}

function valueText(value: unknown): IPlace {
  if (value === undefined) {
    return { text: '' };
  }
  return { text: typeof value === 'string' ? value : JSON.stringify(value) };
}

function formatTime(time: number | null): string {
  return time === null ? '' : formatDuration(time);
}

function union(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())];
}
