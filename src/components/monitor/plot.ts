import type { IDisposable } from '@lumino/disposable';
import type { TranslationBundle } from '@jupyterlab/translation';
import uPlot from 'uplot';
import type { IMonitor, ISampleColumns } from '../../tokens/streams';
import { formatValue } from '../basics/format';
import { frames } from '../curves/framequeue';
import { firstAbove } from '../curves/rows/drawn';
import { Gestures } from './gestures';
import { gappedLine } from './line';
import { drawAnomalies, drawThresholds } from './marks';
import { formatTicks } from './moments';
import { SteadyRange } from './steady';

/** Columns of a plot that has no size yet. */
const FIRST_WIDTH = 400;
const LEAST_HEIGHT = 120;

/** One sample, as the place under the cursor has it. */
export interface ISample {
  time: number;
  value: number;
  probability: number;
}

/** What a plot of a stream is made of. */
export interface IMonitorPlotOptions {
  monitor: IMonitor;
  trans: TranslationBundle;
  /** Called after each drawing and each move of the cursor: the sample under it, or else the newest. */
  onRead: (sample: ISample | null, isUnderCursor: boolean) => void;
  /** Called when another number of anomalies is in sight. */
  onAnomalies: (count: number) => void;
}

/**
 * The samples of a stream over time: values on the left axis, probabilities on the right one, anomalies as points.
 *
 * It is made once. What comes is drawn with the next frame, from the window where it lies; nothing is copied, and
 * nothing is drawn while it is out of sight.
 */
export class MonitorPlot implements IDisposable {
  constructor(
    private readonly _node: HTMLElement,
    private readonly _options: IMonitorPlotOptions
  ) {
    const { monitor } = _options;
    this._columns = monitor.shown(this._width).columns;
    this._plot = new uPlot(this._uplotOptions(), this._data(), _node);
    this._gestures = new Gestures(this._plot.over, {
      onPan: pixels => monitor.pan(-pixels * this._secondsPerPixel),
      onZoom: (factor, left) => monitor.zoom(factor, this._plot.posToVal(left, 'x'))
    });
    this._observer = new ResizeObserver(() => this._resize());
    this._observer.observe(_node);
    this._sight = new IntersectionObserver(entries => {
      this._isInSight = entries.at(-1)?.isIntersecting ?? true;
      this._ask();
    });
    this._sight.observe(_node);
    monitor.samples.changed.connect(this._ask, this);
    monitor.changed.connect(this._ask, this);
    this._ask();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    const { monitor } = this._options;
    monitor.samples.changed.disconnect(this._ask, this);
    monitor.changed.disconnect(this._ask, this);
    frames.remove(this._draw);
    this._observer.disconnect();
    this._sight.disconnect();
    this._gestures.dispose();
    this._plot.destroy();
  }

  private _ask(): void {
    if (this._isInSight && !this._isDisposed) {
      frames.add(this._draw);
    }
  }

  private readonly _draw = (): void => {
    const { columns, range } = this._options.monitor.shown(this._width);
    this._columns = columns;
    this._plot.batch(() => {
      this._plot.setData(this._data(), false);
      this._plot.setScale('x', { min: range[0], max: range[1] });
    });
    this._read();
  };

  private _data(): uPlot.AlignedData {
    const { time, value, probability } = this._columns;
    return [time, value, probability];
  }

  /** Tell what is under the cursor: it stands still on the page while the samples go by. */
  private _read(): void {
    const { left } = this._plot.cursor;
    const isUnderCursor = left !== undefined && left >= 0;
    const at = isUnderCursor
      ? this._nearest(this._plot.posToVal(left, 'x'))
      : this._columns.length - 1;
    this._options.onRead(this._sampleAt(at), isUnderCursor);
  }

  private _nearest(time: number): number {
    const { time: times, length } = this._columns;
    const after = firstAbove(times, length, time);
    const isBefore = after > 0 && time - times[after - 1] < (times[after] ?? Infinity) - time;
    return isBefore ? after - 1 : after;
  }

  private _sampleAt(at: number): ISample | null {
    const { length, time, value, probability } = this._columns;
    return at >= 0 && at < length
      ? { time: time[at], value: value[at], probability: probability[at] }
      : null;
  }

  private get _secondsPerPixel(): number {
    const { scales, over } = this._plot;
    return ((scales.x.max ?? 1) - (scales.x.min ?? 0)) / (over.clientWidth || FIRST_WIDTH);
  }

  private get _width(): number {
    return this._node.clientWidth || FIRST_WIDTH;
  }

  private get _height(): number {
    return Math.max(LEAST_HEIGHT, this._node.clientHeight);
  }

  private _resize(): void {
    const { clientWidth, clientHeight } = this._node;
    const isOther = clientWidth !== this._plot.width || this._height !== this._plot.height;
    if (clientWidth > 0 && clientHeight > 0 && isOther) {
      this._plot.setSize({ width: clientWidth, height: this._height });
      this._ask();
    }
  }

  /** Thresholds and anomalies lie over the lines. */
  private _drawMarks(plot: uPlot): void {
    const { monitor, onAnomalies } = this._options;
    drawThresholds(plot, monitor.thresholds, {
      anomaly: this._colour('--crispdm-bad'),
      display: this._colour('--crispdm-quiet')
    });
    const count = drawAnomalies(plot, this._columns, monitor.thresholds);
    if (count !== this._anomalies) {
      this._anomalies = count;
      onAnomalies(count);
    }
  }

  private _colour(name: string): string {
    return this._style.getPropertyValue(name).trim() || '#888';
  }

  private _uplotOptions(): uPlot.Options {
    const { trans } = this._options;
    const steady = new SteadyRange();
    const axis = this._axis();
    return {
      width: this._width,
      height: this._height,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, y: false, points: { size: 6 } },
      scales: {
        x: { time: false },
        value: { range: (_, low, high) => steady.fit(low, high) },
        probability: { range: [0, 1] }
      },
      axes: [
        { ...axis, size: 36, space: 90, values: (_, ticks) => formatTicks(ticks) },
        {
          ...axis,
          scale: 'value',
          label: trans.__('value'),
          labelSize: 18,
          size: 56,
          values: (_, ticks) => ticks.map(formatValue)
        },
        {
          ...axis,
          scale: 'probability',
          side: 1,
          label: trans.__('defect probability'),
          labelSize: 18,
          size: 40,
          grid: { show: false }
        }
      ],
      hooks: {
        draw: [plot => this._drawMarks(plot)],
        setCursor: [() => this._plot && this._read()]
      },
      series: [
        {},
        { scale: 'value', stroke: this._colour('--crispdm-series-0'), ...LINE },
        { scale: 'probability', stroke: this._colour('--crispdm-monitor-probability'), ...LINE }
      ]
    };
  }

  private _axis(): uPlot.Axis {
    const grid = { stroke: this._colour('--crispdm-chart-grid'), width: 1 };
    const font = `11px ${this._style.getPropertyValue('--jp-ui-font-family') || 'sans-serif'}`;
    const stroke = this._colour('--crispdm-chart-text');
    return { stroke, grid, ticks: grid, font, labelFont: font };
  }

  private get _style(): CSSStyleDeclaration {
    return (this._computed ??= getComputedStyle(this._node));
  }

  private readonly _plot: uPlot;
  private readonly _gestures: Gestures;
  private readonly _observer: ResizeObserver;
  private readonly _sight: IntersectionObserver;
  private _computed: CSSStyleDeclaration | null = null;
  private _columns: ISampleColumns;
  private _anomalies = -1;
  private _isInSight = true;
  private _isDisposed = false;
}

const LINE = { width: 1, paths: gappedLine, points: { show: false } } as const;
