import type uPlot from 'uplot';
import type { ISeries } from '../../tokens/metrics';
import { aligned } from './rows/aligned';
import type { IAxis, Run } from './axis';
import { axisOf } from './axis';
import type { IDrawing } from './rows/drawn';
import { DrawnCurve } from './rows/drawn';
import type { IRows, Range } from './rows/reduced';
import { ReducedCurve } from './rows/reduced';
import type { AxisKind, Ends, IRange } from './view';
import { placed } from './view';

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
  high: NaN,
  restarts: []
};

/** Which curves are drawn, and how. */
export interface ILinesOptions {
  names: readonly string[];
  logScale: boolean;
  axis: AxisKind;
  /** The curve from which the distance of all is drawn. */
  baseline?: string;
  /** Whether the values as they are stand behind smoothed ones. */
  hasShadows: boolean;
  /** The run that a curve belongs to: where it stands may need others of it. */
  runOf: (name: string) => Run;
}

/** The curves of a plot as a table of what is to be drawn: it grows with them, and costs what the canvas can show. */
export class Lines {
  constructor(
    private readonly _options: ILinesOptions,
    private _series: ReadonlyMap<string, ISeries>,
    private _smoothing: number
  ) {}

  /** Draw these curves. */
  show(series: ReadonlyMap<string, ISeries>): void {
    this._series = series;
  }

  /** Have curves with more points take the places of those that are there, where one looks. Answers whether any do. */
  closer(closer: ReadonlyMap<string, ISeries>): boolean {
    const isNews = this._closer.size + closer.size > 0;
    this._closer = closer;
    return isNews;
  }

  smooth(smoothing: number): void {
    this._smoothing = smoothing;
    this._forget();
  }

  /** How far they reach, as of the last table. */
  get ends(): Ends | null {
    return this._ends;
  }

  /** What the last table shows; null is all. */
  get zoom(): Range | null {
    return this._zoom;
  }

  /** Whether there is something that the last table does not show. */
  get isNews(): boolean {
    const curves = this._curves();
    return (
      curves.length !== this._drawn.length ||
      curves.some((curve, at) => {
        const { of, version } = this._drawn[at];
        return of !== curve || version !== curve.version;
      })
    );
  }

  /** When the newest point was logged, in seconds since the epoch; not-a-number where nobody knows. */
  get newest(): number {
    const times = this._drawn.map(({ of }) => of.time.at(-1) ?? NaN).filter(Number.isFinite);
    return times.length === 0 ? NaN : Math.max(...times);
  }

  /** The places at which another attempt of a run begins. */
  get restarts(): readonly number[] {
    const { names } = this._options;
    const places = this._drawn.slice(0, names.length).flatMap(({ of }, at) => {
      const axis = this.axisOf(names[at]);
      return of.restarts.map(row => axis.place(of.step[row], of.time[row]));
    });
    return [...new Set(places)].filter(Number.isFinite);
  }

  /** What is to be drawn now as one table, in so many columns: first the shadows, then the curves. */
  table(columns: number, range: IRange | null): uPlot.AlignedData {
    return aligned(this.rows(columns, range), columns, this._zoom);
  }

  /** What is to be drawn now, in so many columns, of each curve by itself. Good until the next call. */
  rows(columns: number, range: IRange | null): readonly IRows[] {
    const curves = this._curves();
    if (curves.some((curve, at) => this._drawn[at] && this._drawn[at].of !== curve)) {
      this._forget();
    }
    this._drawn = curves.map(curve => ({ of: curve, version: curve.version }));
    this._whole = this._made(curves, this._whole, this._smoothing);
    this._whole.forEach(curve => curve.update());
    this._ends = endsOf(this._whole);
    this._zoom = placed(range, this._ends);
    const nearest = this._nearest(curves, range);
    const near = this._made(nearest, this._near, this._smoothing);
    this._near = near.map((one, at) => (nearest[at] === curves[at] ? this._whole[at] : one));
    this._shadows = this._options.hasShadows ? this._made(nearest, this._shadows, 0) : [];
    return [...this._shadows, ...this._near].map(curve => curve.rows(columns, this._zoom));
  }

  /** Draw everything anew. */
  private _forget(): void {
    this._axes = new WeakMap();
    this._baseline = undefined;
    [this._whole, this._near, this._shadows] = [[], [], []];
  }

  /** The axis of the run of a curve. */
  axisOf(name: string): IAxis {
    const run = this._options.runOf(name);
    const found = this._axes.get(run) ?? axisOf(this._options.axis, run);
    this._axes.set(run, found);
    return found;
  }

  private _curves(): readonly ISeries[] {
    const names = [
      ...this._options.names,
      ...(this._options.baseline ? [this._options.baseline] : [])
    ];
    return names.map(name => this._series.get(name) ?? NOTHING);
  }

  /** The curves that have the most points where one looks. */
  private _nearest(curves: readonly ISeries[], range: IRange | null): readonly ISeries[] {
    return this._options.names.map((name, at) =>
      range === null || range.isLive ? curves[at] : (this._closer.get(name) ?? curves[at])
    );
  }

  private _made(
    curves: readonly ISeries[],
    before: readonly ReducedCurve[],
    smoothing: number
  ): readonly ReducedCurve[] {
    return this._options.names.map((name, at) =>
      before[at]?.series === curves[at]
        ? before[at]
        : new ReducedCurve(curves[at], this._drawing(name, smoothing))
    );
  }

  private _drawing(name: string, smoothing: number): IDrawing {
    const { logScale } = this._options;
    const baseline = this._baselineOf(smoothing);
    return { smoothing, logScale, axis: this.axisOf(name), ...(baseline && { baseline }) };
  }

  private _baselineOf(smoothing: number): DrawnCurve | undefined {
    const { baseline } = this._options;
    if (baseline === undefined) {
      return undefined;
    }
    const curve = this._series.get(baseline) ?? NOTHING;
    if (this._baseline?.series !== curve || this._baselineSmoothing !== smoothing) {
      this._baselineSmoothing = smoothing;
      const axis = this.axisOf(baseline);
      this._baseline = new DrawnCurve(curve, { smoothing, logScale: false, axis });
    }
    return this._baseline;
  }

  /** The curves as they were when rows were last made, one for each name: which, and in which state. */
  get drawn(): readonly { of: ISeries; version: number }[] {
    return this._drawn;
  }

  private _closer: ReadonlyMap<string, ISeries> = new Map();
  private _whole: readonly ReducedCurve[] = [];
  private _near: readonly ReducedCurve[] = [];
  private _shadows: readonly ReducedCurve[] = [];
  private _drawn: readonly { of: ISeries; version: number }[] = [];
  private _axes = new WeakMap<Run, IAxis>();
  private _baseline?: DrawnCurve;
  private _baselineSmoothing = 0;
  private _ends: Ends | null = null;
  private _zoom: Range | null = null;
}

/** The first and the last place of some curves; null when they have no point. */
function endsOf(curves: readonly ReducedCurve[]): Ends | null {
  const ends = curves.map(curve => curve.ends).filter(found => found !== null);
  return ends.length === 0
    ? null
    : [Math.min(...ends.map(([first]) => first)), Math.max(...ends.map(([, last]) => last))];
}
