import type { TranslationBundle } from '@jupyterlab/translation';
import type { Run } from '../../api';
import { formatDuration, formatValue } from '../basics/format';
import type { FieldValue } from './fields';
import { bestOf, isNumberField, labelOf, textOf, valueOf } from './fields';

/** Runs that have the same in a field. */
export interface IRunGroup {
  /** Tells it from every other group, and from every run. */
  id: string;
  /** What its runs have in the field, as it is read; empty where they have nothing. */
  text: string;
  runs: readonly Run[];
}

/** A row of the table: a run, or the head of a group. */
export type RunItem = { run: Run; group?: undefined } | { group: IRunGroup; run?: undefined };

/** What a group has in a column. */
export interface IGroupFigure {
  /** In little room: the best and the mean, or what all of its runs have. */
  text: string;
  /** All that is known, for who looks closer. */
  title: string;
  best: number | null;
}

const TIMES: readonly string[] = ['created', 'started', 'ended'];
/** Values that are told one by one where somebody looks closer. */
const MOST_SAID = 20;
const NO_FIGURE: IGroupFigure = { text: '', title: '', best: null };
/** The sign of a mean, and what stands between the least and the greatest. */
const MEAN = 'ø';
const TO = '–';

/**
 * The runs by what they have in a field, in the order of the first of each.
 *
 * A time is taken by its day. Those that have nothing in the field come last.
 */
export function groupsOf(
  trans: TranslationBundle,
  runs: readonly Run[],
  field: string
): readonly IRunGroup[] {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const key = keyOf(run, field);
    const group = groups.get(key);
    if (group) {
      group.push(run);
    } else {
      groups.set(key, [run]);
    }
  }
  return [...groups]
    .sort(([a], [b]) => Number(a === '') - Number(b === ''))
    .map(([key, members]) => ({
      id: `group:${key}`,
      text: key === '' ? '' : groupText(trans, members[0], field),
      runs: members
    }));
}

/** The rows of a table of groups: each head, and below it its runs where it is unfolded. */
export function itemsOf(
  groups: readonly IRunGroup[],
  unfolded: ReadonlySet<string>
): readonly RunItem[] {
  return groups.flatMap((group): readonly RunItem[] => [
    { group },
    ...(unfolded.has(group.id) ? group.runs.map(run => ({ run })) : [])
  ]);
}

/** How the head of a group is read. */
export function groupLabel(
  trans: TranslationBundle,
  field: string,
  { text, runs }: IRunGroup
): string {
  const name = labelOf(trans, field);
  const what = text === '' ? trans.__('without “%1”', name) : `${name}: ${text}`;
  return trans._n('%2 (%1 run)', '%2 (%1 runs)', runs.length, what);
}

/** What a group has in a column: of numbers the best and the mean, else what all of its runs have. */
export function figureOf(
  trans: TranslationBundle,
  runs: readonly Run[],
  field: string
): IGroupFigure {
  const texts = new Set(runs.map(run => textOf(trans, run, field)));
  const [only] = texts;
  const best = bestOf(runs, field);
  if (texts.size === 1) {
    return { text: only, title: only, best };
  }
  const numbers = runs
    .map(run => valueOf(run, field))
    .filter(value => typeof value === 'number')
    .filter(Number.isFinite);
  if (numbers.length > 0 && isNumberField(field)) {
    return spread(trans, numbers, best, writer(field));
  }
  if (TIMES.includes(field)) {
    return NO_FIGURE;
  }
  return numbers.length === runs.length ? range(numbers) : several(trans, texts);
}

/** The mean of some numbers and how far they are from it, usually; not-a-number without any. */
export function meanOf(numbers: readonly number[]): { mean: number; deviation: number } {
  const mean = sum(numbers) / numbers.length;
  const squares = sum(numbers.map(number => (number - mean) ** 2));
  return { mean, deviation: numbers.length < 2 ? 0 : Math.sqrt(squares / (numbers.length - 1)) };
}

function spread(
  trans: TranslationBundle,
  numbers: readonly number[],
  best: number | null,
  write: (value: number) => string
): IGroupFigure {
  const { mean, deviation } = meanOf(numbers);
  const middle = `${MEAN} ${write(mean)}`;
  const said = trans._n(
    'mean %2 ± %3 of %1 run',
    'mean %2 ± %3 of %1 runs',
    numbers.length,
    write(mean),
    write(deviation)
  );
  return best === null
    ? { text: middle, title: said, best }
    : {
        text: `${write(best)} · ${middle}`,
        title: trans.__('best %1, %2', write(best), said),
        best
      };
}

function range(numbers: readonly number[]): IGroupFigure {
  const ends = [Math.min(...numbers), Math.max(...numbers)].map(formatValue);
  const text = ends.join(` ${TO} `);
  return { text, title: text, best: null };
}

function several(trans: TranslationBundle, texts: ReadonlySet<string>): IGroupFigure {
  const said = [...texts].filter(text => text !== '');
  return {
    text: trans._n('%1 value', '%1 values', said.length),
    title: said.slice(0, MOST_SAID).join('\n'),
    best: null
  };
}

function writer(field: string): (value: number) => string {
  return field === 'duration' ? value => formatDuration(value * 1000) : formatValue;
}

/** What the runs of a group have in common; empty where it is nothing. */
function keyOf(run: Run, field: string): string {
  const value = valueOf(run, field);
  return value === null ? '' : TIMES.includes(field) ? dayOf(String(value)) : written(value);
}

function groupText(trans: TranslationBundle, run: Run, field: string): string {
  const value = valueOf(run, field);
  // As it is, not rounded: what is rounded may look like the value of another group.
  const isExact = typeof value === 'number' && field !== 'duration';
  return TIMES.includes(field) || isExact ? keyOf(run, field) : textOf(trans, run, field);
}

function written(value: NonNullable<FieldValue>): string {
  return typeof value === 'object' ? value.slice().sort().join(', ') : String(value);
}

/** The day of a moment where the reader is, so that it sorts and reads the same everywhere. */
function dayOf(iso: string): string {
  const moment = new Date(iso);
  const [month, day] = [moment.getMonth() + 1, moment.getDate()];
  return Number.isNaN(moment.getTime())
    ? iso
    : [moment.getFullYear(), ...[month, day].map(one => String(one).padStart(2, '0'))].join('-');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
