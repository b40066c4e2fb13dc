import type { Period } from '../../api';

/** What stands along the bottom: steps, seconds since the run began, the clock, or epochs. */
export type AxisKind = 'step' | 'elapsed' | 'clock' | 'epoch';

export const AXES: readonly AxisKind[] = ['step', 'elapsed', 'clock', 'epoch'];

/** Charts of curves that belong together, or a small one for each curve. */
export type Layout = 'groups' | 'small';

/** The part of the axis at which one looks. */
export interface IRange {
  readonly begin: number;
  readonly end: number;
  /** Whether it moves with the newest point: then only its width counts. */
  readonly isLive: boolean;
}

/** How the reader wants to see curves. */
export interface ICurvesView {
  /** Weight of the past in the mean, 0 to 0.99. */
  smoothing: number;
  logScale: boolean;
  /** Seconds between two updates; null means as they come, `epoch` once in each. */
  period: Period;
  axis: AxisKind;
  /** Null is all of it. */
  range: IRange | null;
  layout: Layout;
  /** Only curves whose name has this in it. */
  filter: string;
  /** The charts that stand first. */
  pinned: readonly string[];
}

export const PLAIN_VIEW: ICurvesView = {
  smoothing: 0,
  logScale: false,
  period: null,
  axis: 'step',
  range: null,
  layout: 'groups',
  filter: '',
  pinned: []
};

/** The width of a range that zooms in, in parts of the one before. */
const CLOSER = 0.5;
/** The share of a range by which one step goes to the side. */
const STRIDE = 0.25;

/** The first and the last place of some curves. */
export type Ends = readonly [number, number];

/** A range in places of the axis, for curves that reach from one place to another. */
export function placed(range: IRange | null, ends: Ends | null): Ends | null {
  if (range === null || !(range.end > range.begin)) {
    return null;
  }
  const [begin, end] = [range.begin, range.end];
  return range.isLive && ends !== null ? [ends[1] - (end - begin), ends[1]] : [begin, end];
}

/** Closer (a half), or further away (2), about a place; null when that is all there is. */
export function zoomed(
  now: Ends,
  ends: Ends,
  factor: number,
  about: number,
  isLive: boolean
): IRange | null {
  const begin = about - (about - now[0]) * factor;
  const end = about + (now[1] - about) * factor;
  if (begin <= ends[0] && end >= ends[1]) {
    return null;
  }
  return end > begin ? { begin, end, isLive } : { begin: now[0], end: now[1], isLive };
}

/** A range that was moved; at the newest point it begins to follow it, away from there it stays. */
export function moved(now: Ends, ends: Ends, by: number): IRange {
  const width = now[1] - now[0];
  const begin = Math.min(Math.max(now[0] + by, ends[0] - width / 2), ends[1] - width / 2);
  const isLive = by > 0 && begin + width >= ends[1];
  return isLive
    ? { begin: ends[1] - width, end: ends[1], isLive }
    : { begin, end: begin + width, isLive };
}

/** What a button or key asks for. */
export type Move = 'closer' | 'wider' | 'earlier' | 'later' | 'newest' | 'all';

/** The range after a move. */
export function after(move: Move, range: IRange | null, ends: Ends): IRange | null {
  const now = placed(range, ends) ?? ends;
  const width = now[1] - now[0];
  const isLive = range?.isLive ?? true;
  const about = isLive ? now[1] : (now[0] + now[1]) / 2;
  switch (move) {
    case 'closer':
      return zoomed(now, ends, CLOSER, about, isLive);
    case 'wider':
      return zoomed(now, ends, 1 / CLOSER, about, isLive);
    case 'earlier':
      return moved(now, ends, -STRIDE * width);
    case 'later':
      return moved(now, ends, STRIDE * width);
    case 'newest':
      return { begin: ends[1] - width, end: ends[1], isLive: true };
    case 'all':
      return null;
  }
}
