import React, { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import type { ISeries } from '../../tokens/metrics';
import { useTrans } from '../basics/context';
import { formatValue } from '../basics/format';
import { drawable } from './groups';

const HEIGHT = 220;
const COLOURS = 8;

/** What a chart draws. */
export interface IChartProps {
  title: string;
  names: readonly string[];
  series: ReadonlyMap<string, ISeries>;
  smoothing: number;
  logScale: boolean;
  /** Grows when points were added. */
  revision: number;
}

/** Curves over their steps, drawn on a canvas that is made once and then only gets new points. */
export function Chart(props: IChartProps): React.JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const trans = useTrans();
  const theme = useTheme();
  const { names, logScale, smoothing, revision, title } = props;
  const key = names.join('\n');
  useEffect(() => {
    const node = host.current;
    if (!node) {
      return undefined;
    }
    const made = new uPlot(options(node, names, logScale, trans.__('step')), table(props), node);
    plot.current = made;
    const observer = new ResizeObserver(() => resize(made, node));
    observer.observe(node);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
    // Points come by the effect below; a new plot is needed only for another shape or theme.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, logScale, theme]);
  useEffect(() => {
    plot.current?.setData(table(props));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the revision tells of new points
  }, [revision, smoothing]);
  return (
    <figure className="crispdm-Chart">
      <figcaption>{title}</figcaption>
      <div ref={host} />
    </figure>
  );
}

function table(props: IChartProps): uPlot.AlignedData {
  const { names, series, smoothing, logScale } = props;
  const curves = names.flatMap(name => series.get(name) ?? []);
  return uPlot.join(
    curves.map(curve => drawable(curve, smoothing, logScale) as unknown as uPlot.AlignedData)
  );
}

function resize(plot: uPlot, node: HTMLElement): void {
  if (node.clientWidth > 0 && node.clientWidth !== plot.width) {
    plot.setSize({ width: node.clientWidth, height: HEIGHT });
  }
}

function options(
  node: HTMLElement,
  names: readonly string[],
  log: boolean,
  xLabel: string
): uPlot.Options {
  const style = getComputedStyle(node);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: colour('--crispdm-chart-text'),
    grid: { stroke: colour('--crispdm-chart-grid'), width: 1 },
    ticks: { stroke: colour('--crispdm-chart-grid'), width: 1 },
    font: `11px ${colour('--jp-ui-font-family') || 'sans-serif'}`
  };
  return {
    width: node.clientWidth || 400,
    height: HEIGHT,
    scales: { x: { time: false }, y: { distr: log ? 3 : 1 } },
    axes: [
      { ...axis, size: 32 },
      { ...axis, size: 60, values: (_, splits) => splits.map(tick) }
    ],
    cursor: { sync: { key: 'crispdm' }, points: { size: 6 } },
    hooks: { ready: [showLast], setLegend: [showLast], setData: [showLast] },
    series: [
      { label: xLabel },
      ...names.map((name, index) => ({
        label: name,
        value: (_: uPlot, value: number | null) => (value === null ? '–' : formatValue(value)),
        stroke: colour(`--crispdm-series-${index % COLOURS}`),
        dash: index < COLOURS ? undefined : [6, 4],
        width: 1.5
      }))
    ]
  };
}

/** Away from the cursor the legend tells the newest values, which uPlot would leave out. */
function showLast(plot: uPlot): void {
  if (plot.cursor.idx === null || plot.cursor.idx === undefined) {
    const idxs = plot.data.map(values => lastPlace(values));
    plot.setLegend({ idxs }, false);
  }
}

/** Where the last number of a curve is; joined curves have gaps. */
function lastPlace(values: ArrayLike<number | null | undefined>): number | null {
  for (let at = values.length - 1; at >= 0; at--) {
    if (values[at] !== null && values[at] !== undefined) {
      return at;
    }
  }
  return null;
}

/** The label of a tick; a logarithmic axis leaves some places without one. */
function tick(value: number | null): string {
  return value === null ? '' : formatValue(value);
}

/** A number that changes when Lab's theme does: a canvas does not follow the style sheet by itself. */
function useTheme(): number {
  const [theme, setTheme] = useState(0);
  useEffect(() => {
    const observer = new MutationObserver(() => setTheme(count => count + 1));
    observer.observe(document.body, {
      attributes: true,
      attributeFilter: ['data-jp-theme-light', 'data-jp-theme-name']
    });
    return () => observer.disconnect();
  }, []);
  return theme;
}
