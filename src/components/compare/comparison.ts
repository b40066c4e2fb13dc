import type { TranslationBundle } from '@jupyterlab/translation';
import { own } from '../../api/own';
import type { IMetrics, ISeries } from '../../tokens/metrics';
import { formatValue } from '../basics/format';
import type { NameOf } from '../jobs/filter';
import type { Direction, Directions } from './direction';
import { better, directionOf } from './direction';
import type { Subject } from './subject';
import { circumstances } from './subject';

/** One job or run of a comparison with its curves. */
export interface ICompared {
  subject: Subject;
  series: ReadonlyMap<string, ISeries>;
  /** Where more of its points can be asked for. */
  metrics?: Pick<IMetrics, 'closer' | 'whole'>;
}

/** What stands in one place: the text, and a smaller one below it. */
export interface IPlace {
  text: string;
  note?: string;
  /** Whether it is the best of its row. */
  isBest?: boolean;
  /** How far it is from the baseline. */
  delta?: IDelta;
}

/** A distance from the baseline in words, and whether it is the better one; undefined where nobody knows. */
export interface IDelta {
  text: string;
  isBetter?: boolean;
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
  directions: Directions = {},
  baseline = ''
): readonly ICompareGroup[] {
  const from = compared.findIndex(({ subject }) => subject.id === baseline);
  const groups = [
    { label: trans.__('Parameters'), rows: parameterRows(compared) },
    { label: trans.__('Metrics'), rows: metricRows(trans, compared, directions, from) },
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
  const names = union(compared.map(({ subject }) => Object.keys(subject.parameters)));
  return names.map(name =>
    row(
      name,
      compared.map(({ subject }) => valueText(own(subject.parameters, name)))
    )
  );
}

function metricRows(
  trans: TranslationBundle,
  compared: readonly ICompared[],
  directions: Directions,
  from: number
): ICompareRow[] {
  const names = union(compared.map(({ series }) => [...series.keys()])).sort();
  return names.map(name => {
    const direction = directionOf(name, directions);
    const found = compared.map(({ series }) => summarise(series.get(name)));
    const places =
      direction === null
        ? found.map(one => rangePlace(trans, one))
        : bestPlaces(trans, found, direction);
    const values = found.map(
      one => one && (direction === null ? one.last : bestOf(one, direction))
    );
    return { ...row(name, withDeltas(places, values, from, direction)), direction };
  });
}

function bestOf({ min, max }: NonNullable<Summary>, direction: 'low' | 'high'): number {
  return direction === 'low' ? min : max;
}

/** The places, each with how far its value is from that of the baseline. */
function withDeltas(
  places: readonly IPlace[],
  values: readonly (number | null)[],
  from: number,
  direction: Direction
): readonly IPlace[] {
  const base = values[from] ?? null;
  return places.map((place, at) => {
    const value = values[at];
    return base === null || value === null || at === from
      ? place
      : { ...place, delta: deltaOf(value, base, direction) };
  });
}

/** How far a value is from another, with the share of it where there is one. */
export function deltaOf(value: number, base: number, direction: Direction): IDelta {
  const by = value - base;
  const share = base === 0 ? '' : ` (${signed((100 * by) / Math.abs(base), 3)} %)`;
  const text = by === 0 ? '±0' : `${signed(by, 4)}${share}`;
  return direction === null || by === 0
    ? { text }
    : { text, isBetter: direction === 'low' ? by < 0 : by > 0 };
}

function signed(value: number, digits: number): string {
  const text = formatValue(Number(value.toPrecision(digits)));
  return value > 0 ? `+${text}` : text.replace('-', '−');
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
  const bests = found.map(one => one && bestOf(one, direction));
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
  return circumstances(trans, nameOf, now)
    .map(([label, read]) =>
      row(
        label,
        compared.map(({ subject }) => ({ text: read(subject) }))
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

function union(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())];
}
