/** A board is so large in its own units; whoever looks at it sees it scaled. */
export const SIZE = { width: 1600, height: 900 } as const;

/** The inks. A mark names one by its place, so that no text of a board becomes a color. */
export const INKS = ['#1f2328', '#cf222e', '#bc4c00', '#1a7f37', '#0969da', '#8250df'] as const;
export const ERASER = -1;

/** How broad a line is, in units of the board. */
export const WIDTHS = [4, 10, 24] as const;
/** So much broader is what rubs out. */
export const ERASER_SCALE = 3;

/** A piece holds at most so many numbers, two for each point. */
export const MOST_NUMBERS = 400;
const LONGEST_NAME = 200;
const BROADEST = 200;

/**
 * A part of a stroke. It can be drawn by itself: it begins where the one before it ended.
 *
 * `points` are x and y in turn.
 */
export interface IPiece {
  readonly stroke: string;
  readonly by: string;
  readonly ink: number;
  readonly width: number;
  readonly points: readonly number[];
}

/** A stroke that its author took back. */
export interface IUndo {
  readonly undo: string;
  readonly by: string;
}

export type Mark = IPiece | IUndo;

/** What stands in a shared list as a mark; null for what is none: anybody may write there. */
export function readMark(value: unknown): Mark | null {
  if (typeof value !== 'object' || value === null) {
    return null;
  }
  const { undo, stroke, by, ink, width, points } = value as Record<string, unknown>;
  if (!isName(by)) {
    return null;
  }
  if (isName(undo)) {
    return { undo, by };
  }
  const isWhole = isName(stroke) && isInk(ink) && isWithin(width, 1, BROADEST) && isPoints(points);
  return isWhole ? { stroke, by, ink, width, points } : null;
}

export function isUndo(mark: Mark): mark is IUndo {
  return 'undo' in mark;
}

/** One piece out of two of one stroke, of which the second begins where the first ends; null where they are too long. */
export function joined(first: IPiece, second: IPiece): IPiece | null {
  const isLonger = first.points.length + second.points.length > MOST_NUMBERS;
  if (isLonger || first.stroke !== second.stroke || isApart(first, second)) {
    return null;
  }
  return { ...first, points: [...first.points, ...second.points.slice(2)] };
}

function isApart(first: IPiece, second: IPiece): boolean {
  const [x, y] = first.points.slice(-2);
  return x !== second.points[0] || y !== second.points[1];
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_NAME;
}

function isInk(value: unknown): value is number {
  return Number.isInteger(value) && isWithin(value, ERASER, INKS.length - 1);
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && value >= least && value <= most;
}

function isPoints(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length >= 2 &&
    value.length <= MOST_NUMBERS &&
    value.length % 2 === 0 &&
    value.every(one => Number.isFinite(one))
  );
}
