import uPlot from 'uplot';
import type { ISeries } from '../../tokens/metrics';
import type { IAxis, Run } from './axis';
import { frames } from './framequeue';
import type { ILooked } from './gestures';
import { Lines } from './lines';
import { optionsOf } from './options';
import type { AxisKind, Ends, IRange } from './view';
import { placed } from './view';

export const [HEIGHT, SMALL_HEIGHT] = [220, 110];
/** Columns of a chart that has no size yet. */
const FIRST_WIDTH = 400;
/** The event of a chart that was drawn; its detail is the moment of the newest point, in seconds since the epoch. */
export const DRAWN = 'crispdm:drawn';
/** Milliseconds between two writings of the newest values. */
export const READABLE = 250;

/** A value that is told in words: of which curve, and which. */
export interface ITold {
  name: string;
  value: number;
}

/** What a plot is made of. */
export interface IPlotOptions {
  names: readonly string[];
  xLabel: string;
  logScale: boolean;
  axis: AxisKind;
  /** Pixels; null fills what it stands in. */
  height: number | null;
  isSmall: boolean;
  hasLegend: boolean;
  /** Whether the values as they are stand behind smoothed ones. */
  hasShadows: boolean;
  /** The curve from which the distance of all is drawn. */
  baseline?: string;
  /** The run that a curve belongs to. */
  runOf: (name: string) => Run;
  /** Called when the newest values are to be told, or those at which somebody points. */
  onNewest: (told: ITold | null) => void;
  /** Called when somebody wants to look at a range; null is all. */
  onRange: (range: IRange | null) => void;
}

/**
 * Curves over their places on a canvas.
 *
 * It is made once and then follows curves that grow in place: it draws with the next frame, only what the canvas
 * can show, and nothing while it is out of sight.
 */
export class Plot implements ILooked {
  constructor(
    private readonly _node: HTMLElement,
    private readonly _options: IPlotOptions,
    series: ReadonlyMap<string, ISeries>,
    smoothing: number
  ) {
    this._lines = new Lines(_options, series, smoothing);
    this._smoothing = smoothing;
    const look = { ..._options, width: _node.clientWidth || FIRST_WIDTH, height: this._height };
    this._plot = new uPlot(optionsOf(_node, look, this, this._hooks()), this._table(), _node);
    this._observer = new ResizeObserver(() => this._resize());
    this._observer.observe(_node);
    this._sight = new IntersectionObserver(entries => {
      this._isInSight = entries.at(-1)?.isIntersecting ?? true;
      this.draw();
    });
    this._sight.observe(_node);
    _options.onNewest(null);
  }

  get canvas(): HTMLCanvasElement {
    return this._plot.ctx.canvas;
  }

  /** What is drawn: the table, and between which places and values. */
  get drawn(): { data: uPlot.AlignedData; x: Ends; y: Ends } {
    const { data, scales } = this._plot;
    const ends = ({ min, max }: uPlot.Scale): Ends => [min ?? 0, max ?? 1];
    return { data, x: ends(scales.x), y: ends(scales.y) };
  }

  get ends(): Ends | null {
    return this._lines.ends;
  }

  get now(): Ends | null {
    return placed(this._range, this._lines.ends) ?? this._lines.ends;
  }

  get isLive(): boolean {
    return this._range?.isLive ?? false;
  }

  get width(): number {
    return this._node.clientWidth || FIRST_WIDTH;
  }

  onRange(range: IRange | null): void {
    this._options.onRange(range);
  }

  /** The axis of the run of a curve. */
  axisOf(name: string): IAxis {
    return this._lines.axisOf(name);
  }

  /** Draw with the next frame what is new in these curves. */
  show(series: ReadonlyMap<string, ISeries>): void {
    this._lines.show(series);
    this.draw();
  }

  /** Draw the same curves with more or less of the past in their means. */
  smooth(smoothing: number): void {
    if (smoothing !== this._smoothing) {
      this._smoothing = smoothing;
      this._lines.smooth(smoothing);
      frames.add(this._draw);
    }
  }

  /** Look at a range; null is all. */
  look(range: IRange | null): void {
    if (range !== this._range) {
      this._range = range;
      frames.add(this._draw);
    }
  }

  /** Have curves with more points take the places of those that are there, where one looks. */
  closer(closer: ReadonlyMap<string, ISeries>): void {
    if (this._lines.closer(closer)) {
      frames.add(this._draw);
    }
  }

  /** Let one curve stand out; null lets all. */
  point(name: string | null): void {
    const at = name === null ? -1 : this._options.names.indexOf(name);
    const place = at < 0 ? null : this._placeOf(at);
    if (place !== this._pointed) {
      this._pointed = place;
      this._plot.setSeries(place, { focus: true }, false);
    }
  }

  /** Draw with the next frame, when something is new and the plot is in sight. */
  draw(): void {
    if (this._isInSight && this._lines.isNews) {
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
    this._plot.setData(this._table(), this._lines.zoom === null);
    if (this._lines.zoom !== null) {
      const [min, max] = this._lines.zoom;
      this._plot.setScale('x', { min, max });
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
      const { idxs } = this._plot.cursor;
      if (isPointedAt(this._plot) && idxs) {
        // Under a resting cursor stands another point after a drawing, of which uPlot did not write.
        this._plot.setLegend({ idxs: [...idxs] }, false);
        this._options.onNewest(this._toldAt(this._plot));
      } else {
        showLast(this._plot);
        this._options.onNewest(null);
      }
    }, READABLE);
  }

  private _table(): uPlot.AlignedData {
    return this._lines.table(this.width, this._range);
  }

  /** What is left beside the legend, where it fills what it stands in. */
  private get _height(): number {
    const legend = this._node.querySelector<HTMLElement>('.u-legend')?.offsetHeight ?? 0;
    return this._options.height ?? Math.max(HEIGHT / 2, this._node.clientHeight - legend);
  }

  private _resize(): void {
    const { clientWidth } = this._node;
    const isOther = clientWidth !== this._plot.width || this._height !== this._plot.height;
    if (clientWidth > 0 && isOther) {
      this._plot.setSize({ width: clientWidth, height: this._height });
      frames.add(this._draw);
    }
  }

  private _hooks(): uPlot.Hooks.Arrays {
    const onSeries = (_: uPlot, index: number | null): void => void (this._pointed = index);
    return {
      ready: [showLast],
      draw: [() => this._sayDrawn()],
      drawAxes: [plot => markRestarts(plot, this._lines.restarts)],
      setLegend: [plot => this._onLegend(plot)],
      setSeries: [onSeries]
    };
  }

  /** Say outside that the canvas shows points up to a moment: so anybody can measure how fresh the page is. */
  private _sayDrawn(): void {
    const detail = this._lines.newest;
    this._node.dispatchEvent(new CustomEvent(DRAWN, { bubbles: true, detail }));
  }

  private _onLegend(plot: uPlot): void {
    if (isPointedAt(plot)) {
      this._options.onNewest(this._toldAt(plot));
    } else {
      showLast(plot);
      this._options.onNewest(null);
    }
  }

  /** What stands under the cursor, of the only curve or of that which is pointed at. */
  private _toldAt(plot: uPlot): ITold | null {
    const { names } = this._options;
    const focused = names.findIndex((_, at) => this._placeOf(at) === this._pointed);
    const at = names.length === 1 ? 0 : focused;
    const row = at < 0 ? null : plot.cursor.idxs?.[this._placeOf(at)];
    const value = typeof row === 'number' ? plot.data[this._placeOf(at)][row] : null;
    return typeof value === 'number' ? { name: names[at], value } : null;
  }

  /** The place of a curve in the table. */
  private _placeOf(at: number): number {
    const { names, hasShadows } = this._options;
    return 1 + at + (hasShadows ? names.length : 0);
  }

  private readonly _plot: uPlot;
  private readonly _lines: Lines;
  private readonly _observer: ResizeObserver;
  private readonly _sight: IntersectionObserver;
  private _smoothing: number;
  private _range: IRange | null = null;
  /** The place of the curve that stands out. */
  private _pointed: number | null = null;
  private _tellTimer = 0;
  private _isInSight = true;
}

/** A line from top to bottom where another attempt of a run begins. */
function markRestarts(plot: uPlot, places: readonly number[]): void {
  const { ctx, bbox } = plot;
  const { min = 0, max = 0 } = plot.scales.x;
  const style = getComputedStyle(plot.root);
  ctx.save();
  ctx.strokeStyle = style.getPropertyValue('--crispdm-warn');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const place of places.filter(one => one >= min && one <= max)) {
    const x = Math.round(plot.valToPos(place, 'x', true));
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

function isPointedAt(plot: uPlot): boolean {
  return plot.cursor.idx !== null && plot.cursor.idx !== undefined;
}

/** Away from the cursor the legend tells the newest values, which uPlot would leave out. */
function showLast(plot: uPlot): void {
  if (!isPointedAt(plot)) {
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
