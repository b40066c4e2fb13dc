import type { ISignal } from '@lumino/signaling';
import React, { useEffect, useRef, useState } from 'react';
import type { ISeries } from '../../tokens/metrics';
import { useTrans } from '../basics/context';
import { formatValue } from '../basics/format';
import { useTheme } from '../basics/hooks';
import { useVisible } from '../basics/visibility';
import type { Run } from './axis';
import { axisLabel } from './axis';
import type { ITold } from './plot';
import { HEIGHT, Plot, SMALL_HEIGHT } from './plot';
import type { IChartActions } from './tools';
import { ChartTools } from './tools';
import type { Closer } from './usecloser';
import { useCloser } from './usecloser';
import type { ICurvesView, IRange } from './view';
import { PLAIN_VIEW } from './view';

/** So many curves have a legend below them; more are told where one points. */
const MOST_IN_LEGEND = 12;

/** What a chart draws. */
export interface IChartProps {
  title: string;
  names: readonly string[];
  series: ReadonlyMap<string, ISeries>;
  /** Emitted when points were added. The chart follows by itself: its parent need not draw again. */
  growth: ISignal<unknown, unknown>;
  view?: Partial<ICurvesView>;
  onRange?: (range: IRange | null) => void;
  /** The run that a curve belongs to; the series that are drawn where nothing is said. */
  runOf?: (name: string) => Run;
  /** The curve from which the distance of all is drawn. */
  baseline?: string;
  /** The curve that stands out. */
  pointed?: string | null;
  /** Asks the server for points of a range. */
  closer?: Closer;
  actions?: IChartActions;
  /** Pixels; null fills what it stands in. */
  height?: number | null;
  hasLegend?: boolean;
}

/** Curves over their places, drawn on a canvas that is made once and then only gets new points. */
export function Chart(props: IChartProps): React.JSX.Element {
  const { title, names, series, growth, actions, pointed = null } = props;
  const view = { ...PLAIN_VIEW, ...props.view };
  const caption = useRef<HTMLElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const trans = useTrans();
  const isVisible = useVisible();
  const { plot, held, xLabel } = usePlot(props, host, caption);
  const closer = useCloser(plot, names, series, view.range, props.closer);
  useEffect(() => plot?.smooth(view.smoothing), [plot, view.smoothing]);
  useEffect(() => plot?.look(view.range), [plot, view.range]);
  useEffect(() => plot?.closer(closer), [plot, closer]);
  useEffect(() => plot?.point(pointed), [plot, pointed]);
  useEffect(() => {
    if (!isVisible) {
      return undefined;
    }
    const context = {};
    const onGrowth = (): void => plot?.show(series);
    growth.connect(onGrowth, context);
    onGrowth();
    return () => {
      growth.disconnect(onGrowth, context);
    };
  }, [plot, growth, series, isVisible]);
  const { axis, logScale, smoothing, layout } = view;
  const chart = { title, names, series, axis, xLabel, logScale, hasShadows: smoothing > 0 };
  return (
    <figure className="crispdm-Chart" data-small={layout === 'small' || undefined}>
      <div className="crispdm-Chart-head">
        <figcaption
          ref={caption}
          draggable={false}
          title={actions?.onDrag && trans.__('%1: drag it out for a tab of its own', title)}
          data-movable={actions?.onDrag ? true : undefined}
          onPointerDown={event => actions?.onDrag?.(event)}
        />
        {actions && <ChartTools chart={chart} plot={held} actions={actions} />}
      </div>
      <div ref={host} className="crispdm-Chart-host" />
    </figure>
  );
}

interface IMade {
  plot: Plot | null;
  held: React.RefObject<Plot | null>;
  xLabel: string;
}

/** The plot of a chart: made anew only for another shape or theme, as points come by themselves. */
function usePlot(
  props: IChartProps,
  host: React.RefObject<HTMLDivElement | null>,
  caption: React.RefObject<HTMLElement | null>
): IMade {
  const { title, names, baseline } = props;
  const { axis, logScale, layout, smoothing } = { ...PLAIN_VIEW, ...props.view };
  const [plot, setPlot] = useState<Plot | null>(null);
  const held = useRef<Plot | null>(null);
  const newest = useRef(props);
  newest.current = props;
  const trans = useTrans();
  const theme = useTheme();
  const key = names.join('\n');
  const isSmall = layout === 'small';
  const height = props.height === undefined ? (isSmall ? SMALL_HEIGHT : HEIGHT) : props.height;
  const hasShadows = smoothing > 0;
  const hasLegend = (props.hasLegend ?? true) && names.length <= MOST_IN_LEGEND;
  const xLabel = axisLabel(trans, axis);
  useEffect(() => {
    const node = host.current;
    if (!node) {
      return undefined;
    }
    const made = new Plot(
      node,
      {
        names,
        axis,
        xLabel,
        height,
        isSmall,
        hasLegend,
        hasShadows,
        ...(baseline !== undefined && { baseline }),
        // Distances lie on both sides of zero.
        logScale: logScale && baseline === undefined,
        runOf: name => newest.current.runOf?.(name) ?? newest.current.series,
        onNewest: told => write(caption.current, titleOf(newest.current, told)),
        onRange: range => newest.current.onRange?.(range)
      },
      newest.current.series,
      smoothing
    );
    held.current = made;
    setPlot(made);
    return () => {
      made.dispose();
      held.current = null;
      setPlot(null);
    };
    // What is read at its making and comes later by other effects needs no new plot.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [title, key, axis, logScale, theme, baseline, height, isSmall, hasLegend, hasShadows]);
  return { plot, held, xLabel };
}

/** One curve tells its value beside its name; of several, the one that is pointed at. */
function titleOf({ title, names, series }: IChartProps, told: ITold | null): string {
  if (told !== null) {
    const name = names.length > 1 ? `${told.name}  ` : '';
    return `${title}  ${name}${formatValue(told.value)}`;
  }
  const last = names.length > 1 ? undefined : series.get(names[0])?.value.at(-1);
  return last === undefined ? title : `${title}  ${formatValue(last)}`;
}

function write(node: HTMLElement | null, text: string): void {
  if (node && node.textContent !== text) {
    node.textContent = text;
  }
}
