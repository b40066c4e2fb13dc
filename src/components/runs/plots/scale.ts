import type { TranslationBundle } from '@jupyterlab/translation';
import type { Run } from '../../../api';
import { formatDuration, formatShort } from '../../basics/format';
import type { FieldValue } from '../fields';
import { runStateLabel, valueOf } from '../fields';

/** Numbers that are all above zero stand by their powers where the greatest is so many times the least. */
const LOG_FROM = 100;
/** About so many marks stand at an axis, and at most so many words. */
const MARKS = 5;
const MOST_WORDS = 14;
const TIMES: readonly string[] = ['created', 'started', 'ended'];
/** Seconds between marks of a duration. */
const SPANS = [
  0.1, 1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800, 604_800
];

/** A mark at an axis: where, from 0 at its low end to 1, and what it says. */
export interface IMark {
  place: number;
  text: string;
}

/** Where the runs stand on the axis of a field. */
export interface IScale {
  field: string;
  kind: 'number' | 'log' | 'time' | 'words';
  /** For each run from 0 to 1; not-a-number where it has no finite value. */
  places: Float64Array;
  marks: readonly IMark[];
  /** What stands at its two ends; null where there is no value, or where it has words. */
  ends: readonly [string, string] | null;
  /** The different words, in their order; none where the axis has numbers. */
  words: readonly string[];
  /** Another one is another axis: what was marked on it is somewhere else now. */
  key: string;
}

/** The field of an axis, and whether its greatest value is at the low end: such an axis is named with a minus. */
export function axisOf(name: string): { field: string; isReversed: boolean } {
  return name.startsWith('-')
    ? { field: name.slice(1), isReversed: true }
    : { field: name, isReversed: false };
}

/** The axis the other way round. */
export function reversed(name: string): string {
  return name.startsWith('-') ? name.slice(1) : `-${name}`;
}

/** Spread runs over the axis of a field, which may be named with a minus. */
export function scaleOf(trans: TranslationBundle, runs: readonly Run[], name: string): IScale {
  const { field, isReversed } = axisOf(name);
  const values = runs.map(run => valueOf(run, field));
  const made = TIMES.includes(field)
    ? timeScale(values)
    : values.some(isWord)
      ? wordScale(values, word => wordOf(trans, field, word))
      : numberScale(values, field);
  const scale = { ...made, field, key: `${name} ${made.key}` };
  return isReversed ? turned(scale) : scale;
}

function turned(scale: IScale): IScale {
  return {
    ...scale,
    places: scale.places.map(place => 1 - place),
    marks: scale.marks.map(({ place, text }) => ({ place: 1 - place, text })),
    ends: scale.ends && [scale.ends[1], scale.ends[0]]
  };
}

type Made = Omit<IScale, 'field'>;

function isWord(value: FieldValue): boolean {
  return value !== null && typeof value !== 'number' && value !== '';
}

function numberScale(values: readonly FieldValue[], field: string): Made {
  const numbers = Float64Array.from(values, value => (typeof value === 'number' ? value : NaN));
  const [low, high] = endsOf(numbers);
  const isLog = low > 0 && high / low >= LOG_FROM;
  if (field === 'duration') {
    const write = (value: number): string => formatDuration(value * 1000);
    const marks = isLog
      ? SPANS.filter(span => span >= low && span <= high)
      : even(low, high, SPANS);
    return spread(numbers, isLog ? 'log' : 'number', marks, write);
  }
  const marks = isLog ? powers(low, high) : even(low, high);
  return spread(numbers, isLog ? 'log' : 'number', marks, markOf);
}

function timeScale(values: readonly FieldValue[]): Made {
  const numbers = Float64Array.from(values, value =>
    typeof value === 'string' ? Date.parse(value) : NaN
  );
  const [low, high] = endsOf(numbers);
  const marks =
    low < high ? [0, 1, 2, 3].map(at => low + (at * (high - low)) / 3) : even(low, high);
  return spread(numbers, 'time', marks, value => formatShort(new Date(value).toISOString()));
}

function spread(
  numbers: Float64Array,
  kind: IScale['kind'],
  marks: readonly number[],
  write: (value: number) => string
): Made {
  const [low, high] = endsOf(numbers);
  // Halves: the greatest number there is less the least one would have no end.
  const measure = kind === 'log' ? Math.log : (value: number): number => value / 2;
  const [begin, length] = [measure(low), measure(high) - measure(low)];
  const place = (value: number): number =>
    Number.isFinite(value) ? (length > 0 ? (measure(value) - begin) / length : 0.5) : NaN;
  return {
    kind,
    places: numbers.map(place),
    marks: marks.map(value => ({ place: place(value), text: write(value) })),
    ends: Number.isNaN(low) ? null : [write(low), write(high)],
    words: [],
    key: `${kind} ${low} ${high}`
  };
}

/** The least and the greatest finite number; not-a-number twice where there is none. */
function endsOf(numbers: Float64Array): [number, number] {
  const finite = numbers.filter(Number.isFinite);
  return finite.length === 0
    ? [NaN, NaN]
    : finite.reduce<[number, number]>(
        ([low, high], one) => [Math.min(low, one), Math.max(high, one)],
        [Infinity, -Infinity]
      );
}

/** A number at an axis, in little room. */
function markOf(value: number): string {
  const size = Math.abs(value);
  const isShort = value === 0 || (size >= 1e-4 && size < 1e5);
  const digits = Number(value.toPrecision(4));
  return isShort ? String(digits) : digits.toExponential().replace('+', '');
}

/** Round numbers between two, both included, with one of some steps between them. */
function even(low: number, high: number, steps: readonly number[] = []): readonly number[] {
  if (!(low < high)) {
    return Number.isNaN(low) ? [] : [low];
  }
  const rough = (high - low) / MARKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const round = [1, 2, 5, 10].map(one => one * power);
  const step = [...steps, ...round].find(one => one >= rough) ?? rough;
  if (!(step > 0) || !Number.isFinite(step)) {
    return [low, high];
  }
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, at) =>
    Number(((first + at) * step).toPrecision(12))
  ).filter(value => value >= low && value <= high);
}

/** The powers of ten between two numbers, with their twos and fives where there are few; the ends where there is none. */
function powers(low: number, high: number): readonly number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const leap = Math.max(1, Math.ceil((last - first) / (2 * MARKS)));
  const parts = last - first <= 3 ? [1, 2, 5] : [1];
  const marks: number[] = [];
  for (let power = first; power <= last; power += leap) {
    marks.push(...parts.map(part => Number(`${part}e${power}`)));
  }
  const inside = marks.filter(value => value >= low && value <= high);
  return inside.length > 0 ? inside : [low, high];
}

function wordScale(values: readonly FieldValue[], write: (word: string) => string): Made {
  const texts = values.map(textOf);
  const words = [...new Set(texts.filter(text => text !== null))].sort((a, b) =>
    a.localeCompare(b, undefined, { numeric: true })
  );
  const place = new Map(words.map((word, at) => [word, (at + 0.5) / words.length]));
  const leap = Math.ceil(words.length / MOST_WORDS);
  return {
    kind: 'words',
    places: Float64Array.from(texts, text => (text === null ? NaN : (place.get(text) ?? NaN))),
    marks: words
      .filter((_, at) => at % leap === 0)
      .map(word => ({ place: place.get(word) ?? NaN, text: write(word) })),
    ends: null,
    words,
    key: words.join('\n')
  };
}

function textOf(value: FieldValue): string | null {
  const text = Array.isArray(value) ? value.join(', ') : value === null ? '' : String(value);
  return text === '' ? null : text;
}

function wordOf(trans: TranslationBundle, field: string, word: string): string {
  return field === 'state' ? runStateLabel(trans, word as Run['state']) : word;
}

/** The word of a run as a scale has it; null where it has none. */
export function wordAt(scale: IScale, at: number): number | null {
  const place = scale.places[at];
  return Number.isNaN(place) ? null : Math.round(place * scale.words.length - 0.5);
}
