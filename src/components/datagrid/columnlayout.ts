import { own } from '../../api/own';

/** What somebody chose about the columns: which there are, and how wide. */
export interface IColumnChoice {
  readonly shown: Readonly<Record<string, boolean>>;
  readonly widths: Readonly<Record<string, number>>;
}

export const NO_CHOICE: IColumnChoice = { shown: {}, widths: {} };

/** A column as it asks for room. */
export interface IColumnNeeds {
  key: string;
  /** What its content takes. */
  content: number;
  least: number;
  most: number;
  rank: number;
  grow?: number;
}

/** A column as it is drawn. */
export interface IColumnWidth {
  key: string;
  width: number;
}

/** No column is narrower, whatever is dragged. */
export const NARROWEST = 40;
export const WIDEST = 1200;
/** What the most important columns have, if their content takes it, before less important ones have anything. */
const COMFORTABLE = 240;

/**
 * Give each column the room that its content takes.
 *
 * Where there is too little, columns become narrower down to their least, then the least important ones give
 * way, but for those that somebody chose; where there is more, those that `grow` share it. A width that
 * somebody chose stays.
 */
export function layOut(
  columns: readonly IColumnNeeds[],
  room: number,
  { shown, widths }: IColumnChoice = NO_CHOICE
): readonly IColumnWidth[] {
  const sized = columns.map(column => {
    const chosen = own(widths, column.key);
    const usual = clamp(column.content, column.least, column.most);
    return chosen === undefined
      ? { ...column, width: usual, floor: column.least }
      : { ...column, width: clamp(chosen, NARROWEST, WIDEST), floor: chosen, grow: 0 };
  });
  const left = giveWay(sized, room, shown);
  const fits = sum(left.map(wanted)) <= room;
  const kept = left.map(one => ({ ...one, floor: fits ? wanted(one) : one.floor }));
  const missing = sum(kept.map(({ width }) => width)) - room;
  const laid = missing > 0 ? narrow(kept, missing) : widen(kept, -missing);
  return laid.map(({ key, width }) => ({ key, width }));
}

type Sized = IColumnNeeds & { width: number; floor: number };

function giveWay(
  columns: readonly Sized[],
  room: number,
  shown: IColumnChoice['shown']
): readonly Sized[] {
  let kept = columns;
  while (sum(kept.map(wanted)) > room) {
    const ranks = kept.map(({ key, rank }) => (own(shown, key) ? 0 : rank));
    const highest = Math.max(...ranks);
    if (highest <= 0) {
      break;
    }
    kept = kept.filter((_, at) => at !== ranks.indexOf(highest));
  }
  return kept;
}

/** The room that a column has before a less important one has any. */
function wanted({ rank, width, floor }: Sized): number {
  return rank === 0 ? Math.max(floor, Math.min(width, COMFORTABLE)) : floor;
}

function narrow(columns: readonly Sized[], missing: number): readonly Sized[] {
  const slack = sum(columns.map(({ width, floor }) => width - floor));
  const part = slack === 0 ? 0 : Math.min(1, missing / slack);
  return columns.map(one => ({
    ...one,
    width: Math.floor(one.width - (one.width - one.floor) * part)
  }));
}

function widen(columns: readonly Sized[], left: number): readonly Sized[] {
  const shares = sum(columns.map(({ grow = 0 }) => grow));
  return columns.map(one => ({
    ...one,
    width: Math.floor(one.width + (shares === 0 ? 0 : (left * (one.grow ?? 0)) / shares))
  }));
}

/** The choice with a column's width; null lets its content decide again. */
export function withWidth(choice: IColumnChoice, key: string, width: number | null): IColumnChoice {
  const others = Object.entries(choice.widths).filter(([other]) => other !== key);
  const chosen = width === null ? {} : { [key]: Math.round(clamp(width, NARROWEST, WIDEST)) };
  return { ...choice, widths: { ...Object.fromEntries(others), ...chosen } };
}

/** The choice with a column shown or not. */
export function withShown(choice: IColumnChoice, key: string, isShown: boolean): IColumnChoice {
  return { ...choice, shown: { ...choice.shown, [key]: isShown } };
}

/** What was remembered, as far as it is a choice. */
export function asChoice(value: unknown): IColumnChoice {
  const { shown, widths } = (value ?? {}) as Partial<Record<keyof IColumnChoice, object>>;
  return {
    shown: only(shown, one => typeof one === 'boolean'),
    widths: only(widths, one => typeof one === 'number' && Number.isFinite(one))
  };
}

function only<T>(values: object | undefined, fits: (value: unknown) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => fits(value)));
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
