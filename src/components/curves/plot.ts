import uPlot from 'uplot';
import type { ISeries } from '../../tokens/metrics';
import { formatValue } from '../basics/format';
import type { IDrawing } from './drawn';
import { frames } from './framequeue';
import type { IRows, Range } from './reduced';
import { haveSameSteps, ReducedCurve } from './reduced';

export const HEIGHT = 220;
const COLOURS = 8;
/** A thicker line is drawn as an area, which costs ten times as much where no graphics card helps. */
const WIDTH = 1;
/** Columns of a chart that has no size yet. */
const FIRST_WIDTH = 400;
/** Milliseconds between two writings of the newest values. */
const READABLE = 250;

const NO_POINTS = new Float64Array(0);
/** Stands for a curve that is not there: the others keep their places, and with them their colours. */
const NOTHING: ISeries = {
  length: 0,
  step: NO_POINTS,
  value: NO_POINTS,
  time: NO_POINTS,
  version: 0,
  rewrites: 0,
  low: NaN,
  high: NaN
};

/** What a plot is made of. */
export interface IPlotOptions {
  names: readonly string[];
  xLabel: string;
  logScale: boolean;
  /** Called when the newest values are to be told. */
  onNewest: () => void;
}

/**
 * Curves over their steps on a canvas.
 *
 * It is made once and then follows curves that grow in place: it draws with the next frame, only what the canvas
 * can show, and nothing while it is out of sight.
 */
export class Plot {
  constructor(
    private readonly _node: HTMLElement,
    private readonly _options: IPlotOptions,
    private _series: ReadonlyMap<string, ISeries>,
    private _smoothing: number
  ) {
    this._plot = new uPlot(plotOptions(_node, _options, this._hooks()), this._table(), _node);
    this._observer = new ResizeObserver(() => this._resize());
    this._observer.observe(_node);
    this._sight = new IntersectionObserver(entries => {
      this._isInSight = entries.at(-1)?.isIntersecting ?? true;
      this.draw();
    });
    this._sight.observe(_node);
    _options.onNewest();
  }

  /** Draw with the next frame what is new in these curves. */
  show(series: ReadonlyMap<string, ISeries>): void {
    this._series = series;
    this.draw();
  }

  /** Draw the same curves with more or less of the past in their means. */
  smooth(smoothing: number): void {
    if (smoothing !== this._smoothing) {
      this._smoothing = smoothing;
      this._reduced = [];
      frames.add(this._draw);
    }
  }

  /** Draw with the next frame, when something is new and the plot is in sight. */
  draw(): void {
    if (this._isInSight && this._isNews()) {
      frames.add(this._draw);
    }
  }

  dispose(): void {
    frames.remove(this._draw);
    window.clearTimeout(this._tellTimer);
    this._observer.disconnect();
    this._sight.disconnect();
    this._plot.destroy();
  }

  private readonly _draw = (): void => {
    const { legend } = this._plot;
    legend.live = false;
    this._plot.setData(this._table(), this._zoom === null);
    if (this._zoom !== null) {
      this._plot.setScale('x', { min: this._zoom[0], max: this._zoom[1] });
    }
    // uPlot draws when this task is over, and would write the legend each time.
    queueMicrotask(() => {
      legend.live = true;
    });
    this._tellSoon();
  };

  /** Write the newest values soon: numbers that change with each frame cannot be read, and each costs a layout. */
  private _tellSoon(): void {
    this._tellTimer ||= window.setTimeout(() => {
      this._tellTimer = 0;
      showLast(this._plot);
      this._options.onNewest();
    }, READABLE);
  }

  private _isNews(): boolean {
    const curves = this._curves();
    return (
      curves.length !== this._drawn.length ||
      curves.some((curve, at) => {
        const { of, version } = this._drawn[at];
        return of !== curve || version !== curve.version;
      })
    );
  }

  private get _drawing(): IDrawing {
    return { smoothing: this._smoothing, logScale: this._options.logScale };
  }

  private _curves(): readonly ISeries[] {
    return this._options.names.map(name => this._series.get(name) ?? NOTHING);
  }

  /** What is to be drawn now, in as many points as the canvas has columns. */
  private _table(): uPlot.AlignedData {
    const curves = this._curves();
    this._drawn = curves.map(curve => ({ of: curve, version: curve.version }));
    this._reduced = curves.map((curve, at) => {
      const before = this._reduced[at];
      return before?.series === curve ? before : new ReducedCurve(curve, this._drawing);
    });
    const columns = this._node.clientWidth || FIRST_WIDTH;
    return joined(this._reduced.map(curve => curve.rows(columns, this._zoom)));
  }

  private _resize(): void {
    const { clientWidth } = this._node;
    if (clientWidth > 0 && clientWidth !== this._plot.width) {
      this._plot.setSize({ width: clientWidth, height: HEIGHT });
      frames.add(this._draw);
    }
  }

  private _hooks(): uPlot.Hooks.Arrays {
    const onScale = (plot: uPlot, key: string): void => {
      if (key === 'x') {
        this._look(plot.scales.x);
      }
    };
    return { ready: [showLast], setLegend: [showLast], setScale: [onScale] };
  }

  /** Show the points of the range at which the reader looks; null is all of it. */
  private _look({ min, max }: uPlot.Scale): void {
    const ends = endsOf(this._drawn.map(({ of }) => of));
    const isAll = min === undefined || max === undefined || ends === null;
    const zoom: Range | null =
      isAll || (min <= ends[0] && max >= ends[1]) ? null : [min ?? 0, max ?? 0];
    if (zoom?.[0] !== this._zoom?.[0] || zoom?.[1] !== this._zoom?.[1]) {
      this._zoom = zoom;
      frames.add(this._draw);
    }
  }

  private readonly _plot: uPlot;
  private readonly _observer: ResizeObserver;
  private readonly _sight: IntersectionObserver;
  private _reduced: readonly ReducedCurve[] = [];
  private _drawn: readonly { of: ISeries; version: number }[] = [];
  private _zoom: Range | null = null;
  private _tellTimer = 0;
  private _isInSight = true;
}

/** The first and the last step of some curves; null when they have no point. */
function endsOf(curves: readonly ISeries[]): Range | null {
  const steps = curves.filter(({ length }) => length > 0).map(({ step }) => step);
  return steps.length === 0
    ? null
    : [
        Math.min(...steps.map(step => step[0])),
        Math.max(...steps.map(step => step[step.length - 1]))
      ];
}

/** One table of all curves. Those that were logged together have the same steps and need no joining. */
function joined(tables: readonly IRows[]): uPlot.AlignedData {
  if (tables.length > 0 && haveSameSteps(tables)) {
    return [tables[0].x, ...tables.map(({ y }) => gapped(y))];
  }
  return uPlot.join(tables.map(({ x, y }) => [x, gapped(y)]));
}

/** Values with null, which is a gap to uPlot, where there is no number. */
function gapped(values: Float64Array): Float64Array | (number | null)[] {
  return values.some(Number.isNaN)
    ? Array.from(values, value => (Number.isNaN(value) ? null : value))
    : values;
}

function plotOptions(
  node: HTMLElement,
  { names, logScale, xLabel }: IPlotOptions,
  hooks: uPlot.Hooks.Arrays
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
    width: node.clientWidth || FIRST_WIDTH,
    height: HEIGHT,
    scales: { x: { time: false }, y: { distr: logScale ? 3 : 1 } },
    axes: [
      { ...axis, size: 32 },
      { ...axis, size: 60, values: (_, splits) => splits.map(tick) }
    ],
    cursor: { sync: { key: 'crispdm' }, points: { size: 6 } },
    hooks,
    series: [
      { label: xLabel },
      ...names.map((name, index) => ({
        label: name,
        value: (_: uPlot, value: number | null) => (value === null ? '–' : formatValue(value)),
        stroke: colour(`--crispdm-series-${index % COLOURS}`),
        dash: index < COLOURS ? undefined : [6, 4],
        width: WIDTH
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
