import React, { useMemo } from 'react';
import { useTrans } from '../../basics/context';
import { drawnAxes } from './choices';
import { colouringOf } from './colouring';
import { ParallelPlot } from './parallel';
import { ScatterPlot } from './scatter';
import { PlotTools } from './tools';
import type { IRunPlotsProps } from './view';
import { plotsOf } from './view';

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
