import { useEffect, useRef, useState } from 'react';
import type { ISelection, SelectMode } from '../../basics/selection';
import type { IBrush } from './choosing';
import { caught, within } from './choosing';
import type { IParallel } from './geometry';
import { placeAt } from './geometry';
import type { IScale } from './scale';
import type { IRunPlotProps } from './surface';

type Brushes = ReadonlyMap<string, IBrush>;

/** The stretches that are marked on axes, and what marks them. */
export interface IBrushes {
  /** The stretch of each axis that has one. */
  shown: readonly (IBrush | undefined)[];
  has: (axis: number) => boolean;
  /** Somebody drags along an axis, between two heights. */
  drag: (
    axis: number,
    heights: readonly [number, number],
    mode: SelectMode,
    isOver: boolean
  ) => void;
  /** Mark what is between two heights, both included. */
  stretch: (axis: number, from: number, to: number) => void;
  clear: (axis: number) => void;
}

/**
 * Stretches of axes: what is in all of them is chosen.
 *
 * They go when something else is chosen by other means, and when an axis became another one.
 */
export function useBrushes(
  { runs, selection, onSelection }: IRunPlotProps,
  axes: readonly string[],
  scales: readonly IScale[],
  drawn: IParallel
): IBrushes {
  const [held, setHeld] = useState<Brushes>(new Map());
  const mine = useRef<ISelection['marked'] | null>(null);
  const before = useRef<ISelection | null>(null);
  const scaleOf = (name: string): IScale | undefined => scales[axes.indexOf(name)];
  const brushes: Brushes = new Map(
    [...held].filter(([name, { key }]) => scaleOf(name)?.key === key)
  );
  useEffect(() => {
    if (selection.marked !== mine.current) {
      mine.current = null;
      setHeld(now => (now.size > 0 ? new Map() : now));
    }
  }, [selection.marked]);
  const mark = (next: Brushes, mode: SelectMode, isOver: boolean): void => {
    before.current ??= selection;
    const rows = within(next, name => scaleOf(name)?.places, runs.length);
    const made = caught(
      before.current,
      rows.map(row => runs[row].id),
      mode === 'range' ? 'range' : 'only'
    );
    before.current = isOver ? null : before.current;
    mine.current = made.marked;
    setHeld(next);
    onSelection(made, isOver);
  };
  const marked = (axis: number, places: readonly [number, number]): Brushes => {
    const name = axes[axis];
    const [low, high] = [Math.min(...places), Math.max(...places)];
    return new Map(brushes).set(name, { low, high, key: scaleOf(name)?.key ?? '' });
  };
  return {
    shown: axes.map(name => brushes.get(name)),
    has: axis => brushes.has(axes[axis]),
    drag: (axis, [from, to], mode, isOver) =>
      mark(marked(axis, [placeAt(drawn, from), placeAt(drawn, to)]), mode, isOver),
    stretch: (axis, from, to) => {
      // The heights are rounded: what stands there has to be in.
      const room = 1e-3;
      const [a, b] = [placeAt(drawn, from), placeAt(drawn, to)];
      mark(marked(axis, [Math.min(a, b) - room, Math.max(a, b) + room]), 'only', true);
    },
    clear: axis => {
      const next = new Map(brushes);
      next.delete(axes[axis]);
      mark(next, 'only', true);
    }
  };
}
