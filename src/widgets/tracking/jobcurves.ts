import type { DOMWidgetView, IWidgetManager, WidgetModel } from '@jupyter-widgets/base';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel, Widget } from '@lumino/widgets';
import type { IFollower } from '../../api';
import { messageOf } from '../../api';
import { Sight } from '../../components/basics/sight';
import { followAll } from '../../api';
import { axisLabel } from '../../components/curves/axis';
import type { ICurvesView } from '../../components/curves/view';
import { PLAIN_VIEW } from '../../components/curves/view';
import type { IMetrics } from '../../tokens/metrics';
import type { IHandle } from '../../tokens/workbench';
import type { IChartOfRuns } from './charts';
import { chartsOf } from './charts';
import type { Versions } from './figure';
import { MetricFigure } from './figure';
import { FigurePanel } from './figurepanel';

/** How the curves of a job are to be drawn. */
export interface IJobCurvesOptions {
  manager: IWidgetManager;
  versions: Versions;
  /** Makes the view of a figure. */
  viewOf: (figure: WidgetModel) => Promise<DOMWidgetView>;
  /** Names of metrics, which may end in `*`; empty wants all. */
  wanted: readonly string[];
  height: number;
  trans: TranslationBundle;
}

/** A run whose curves are drawn, held as long as that. */
export interface IHeldRun {
  label: string;
  handle: IHandle<IMetrics>;
}

/**
 * The figures of one job, or of several over each other, for as long as they are shown.
 *
 * Another job gets another one of these. So what comes late for a job finds its own disposed of, and never the
 * figures of the next.
 */
export class JobCurves extends Panel {
  constructor(
    private readonly _runs: readonly IHeldRun[],
    private readonly _options: IJobCurvesOptions,
    private _view: ICurvesView = PLAIN_VIEW
  ) {
    super();
    this.addClass('crispdm-TrainingPlot-job');
    this._note.addClass('crispdm-TrainingPlot-note');
    this._note.node.setAttribute('role', 'status');
    this.addWidget(this._note);
    this._metrics.forEach(one => one.changed.connect(this._schedule, this));
    this._sight.visibility.changed.connect(this._look, this);
    this._say();
    this._look();
  }

  /** How the curves are shown. */
  set view(view: ICurvesView) {
    const before = this._view;
    this._view = view;
    if (view.period !== before.period) {
      this._follower?.change({ period: view.period });
    }
    this._schedule();
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    cancelAnimationFrame(this._frame);
    this._metrics.forEach(one => one.changed.disconnect(this._schedule, this));
    this._sight.visibility.changed.disconnect(this._look, this);
    this._sight.dispose();
    this._follower?.dispose();
    this._runs.forEach(({ handle }) => handle.dispose());
    super.dispose();
  }

  /** Follow the curves while they can be seen. */
  private _look(): void {
    this._follower?.dispose();
    const { period } = this._view;
    this._follower = this._isVisible ? followAll(this._metrics.map(one => one.show(period))) : null;
    this._schedule();
  }

  /** Draw with the next frame, once however many points came. */
  private _schedule(): void {
    if (this._isVisible) {
      this._frame ||= requestAnimationFrame(() => {
        this._frame = 0;
        this._draw().catch((reason: unknown) => this._complain(messageOf(reason)));
      });
    }
  }

  private async _draw(): Promise<void> {
    const { wanted } = this._options;
    const runs = this._runs.map(({ label, handle }) => ({ label, metrics: handle.model }));
    const charts = chartsOf(runs, wanted, () => this._schedule());
    const shape = charts.length === 0 ? '' : this._shapeOf(charts);
    if (shape !== this._shape) {
      this._shape = shape;
      await this._build(charts, shape);
    }
    if (!this.isDisposed) {
      this._figures.forEach(figure => figure.draw(this._view));
      this._say();
    }
  }

  /** What makes figures others than they are: their lines, and what bqplot fixes when it makes them. */
  private _shapeOf(charts: readonly IChartOfRuns[]): string {
    const { axis, logScale } = this._view;
    return [axis, logScale, ...charts.flatMap(({ title, names }) => [title, ...names])].join('\n');
  }

  /**
   * Make the figures of these charts; they are dropped when others are wanted meanwhile.
   *
   * Where the page was hidden meanwhile they are made anew when it is seen: bqplot cannot draw where there is no room.
   */
  private async _build(charts: readonly IChartOfRuns[], shape: string): Promise<void> {
    const made: FigurePanel[] = [];
    for (const chart of charts) {
      made.push(await this._make(chart));
      if (this.isDisposed || shape !== this._shape || !this._isVisible) {
        made.forEach(figure => figure.dispose());
        this._shape = shape === this._shape ? '' : this._shape;
        return;
      }
    }
    this._figures.forEach(figure => figure.dispose());
    this._figures = made;
    made.forEach(figure => this.addWidget(figure));
  }

  private async _make(chart: IChartOfRuns): Promise<FigurePanel> {
    const { manager, versions, viewOf, height, trans } = this._options;
    const { _view: look } = this;
    const figure = await MetricFigure.make(manager, versions, {
      names: chart.names,
      xLabel: axisLabel(trans, look.axis),
      logScale: look.logScale
    });
    try {
      return new FigurePanel({ chart, height, figure, view: await viewOf(figure.model) }, look);
    } catch (error) {
      figure.dispose();
      throw error;
    }
  }

  /** Say in words what there is no figure for. */
  private _say(): void {
    const { trans } = this._options;
    const all = this._metrics;
    const isReady = all.every(one => one.isReady);
    const isEnded = all.every(one => one.isEnded);
    const error = all.map(one => one.error).find(Boolean) ?? '';
    const hasSeries = all.some(one => one.series.size > 0);
    if (error) {
      this._complain(error);
    } else if (!isReady) {
      this._write(trans.__('Loading…'));
    } else if (this._shape !== '') {
      this._write('');
    } else if (hasSeries) {
      this._write(trans.__('The job logged none of the metrics that are shown here.'));
    } else if (isEnded) {
      this._write(trans.__('This job logged no metrics.'));
    } else {
      this._write(trans.__('No metrics yet. They appear here as the job logs them.'));
    }
  }

  private _complain(text: string): void {
    if (!this.isDisposed) {
      this._write(text);
      this._note.addClass('crispdm-Error');
    }
  }

  private _write(text: string): void {
    this._note.removeClass('crispdm-Error');
    this._note.setHidden(text === '');
    this._note.node.textContent = text;
  }

  private get _isVisible(): boolean {
    return this._sight.visibility.isVisible;
  }

  private get _metrics(): readonly IMetrics[] {
    return this._runs.map(({ handle }) => handle.model);
  }

  private readonly _note = new Widget({ node: document.createElement('p') });
  private _figures: readonly FigurePanel[] = [];
  private readonly _sight = new Sight(this.node);
  private _follower: IFollower | null = null;
  private _shape = '';
  private _frame = 0;
}
