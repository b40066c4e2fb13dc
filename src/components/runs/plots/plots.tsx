import React, { useMemo } from 'react';
import type { RunFields, RunView } from '../../../api';
import { useTrans } from '../../basics/context';
import { drawnAxes } from './choices';
import { colouringOf } from './colouring';
import { ParallelPlot } from './parallel';
import { ScatterPlot } from './scatter';
import type { IRunPlotProps } from './surface';
import { PlotTools } from './tools';

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

/** The runs of the table as plots. What is chosen in one of them is chosen in all, and in the table. */
export function RunPlots(props: IRunPlotsProps): React.JSX.Element | null {
  const { runs, view, onView } = props;
  const { x, y, colour } = view;
  const trans = useTrans();
  const { isParallel, isScatter, isCurves } = plotsOf(view);
  const colouring = useMemo(() => colouringOf(trans, runs, colour), [trans, runs, colour]);
  const key = view.axes.join('\n');
  // eslint-disable-next-line react-hooks/exhaustive-deps -- a view that says the same draws the same
  const axes = useMemo(() => drawnAxes(view.axes), [key]);
  if (!isParallel && !isScatter && !isCurves) {
    return null;
  }
  const plot = { ...props, colouring };
  return (
    <section className="crispdm-RunPlots" aria-label={trans.__('Plots')}>
      <PlotTools {...props} colouring={colouring} />
      <div className="crispdm-RunPlots-drawn">
        {isParallel && (
          <ParallelPlot
            {...plot}
            axes={axes}
            colour={colour}
            onAxes={next => onView({ axes: [...next] })}
          />
        )}
        {isScatter && <ScatterPlot {...plot} x={x} y={y} colour={colour} />}
        {isCurves && props.children}
      </div>
    </section>
  );
}
