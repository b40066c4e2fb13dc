import type React from 'react';
import type { RunFields, RunView } from '../../../api';
import { drawnAxes } from './choices';
import type { IRunPlotProps } from './surface';

/** What is drawn of the table: a view's `axes`, its `x` and `y`, its `colour`, and the metric of its `curves`. */
export type DrawnView = Pick<RunView, 'axes' | 'x' | 'y' | 'colour' | 'curves'>;

/** What the plots show, and whom they tell. */
export interface IRunPlotsProps extends Omit<IRunPlotProps, 'colouring'> {
  view: DrawnView;
  fields: RunFields | null;
  /** How many fit, of which those that are drawn are the first. */
  total: number;
  onView: (change: Partial<DrawnView>) => void;
  /** The curves of the chosen runs. */
  children?: React.ReactNode;
}

/** Which plots a view draws. */
export function plotsOf({ axes, x, y, curves }: DrawnView): {
  isParallel: boolean;
  isScatter: boolean;
  isCurves: boolean;
} {
  return {
    isParallel: drawnAxes(axes).length > 0,
    isScatter: x !== '' && y !== '',
    isCurves: curves !== ''
  };
}
