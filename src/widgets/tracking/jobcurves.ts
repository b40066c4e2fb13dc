import type { DOMWidgetView, IWidgetManager, WidgetModel } from '@jupyter-widgets/base';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel, Widget } from '@lumino/widgets';
import type { IFollower } from '../../api';
import { messageOf } from '../../api';
import { Sight } from '../../components/basics/sight';
import { groupSeries } from '../../components/curves/groups';
import type { IMetrics } from '../../tokens/metrics';
import type { IHandle } from '../../tokens/workbench';
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

/**
 * The figures of one job, for as long as it is shown.
 *
 * Another job gets another one of these. So what comes late for a job finds its own disposed of, and never the
 * figures of the next.
 */
export class JobCurves extends Panel {
  constructor(
    private readonly _handle: IHandle<IMetrics>,
    private readonly _options: IJobCurvesOptions
  ) {
    super();
    this.addClass('crispdm-TrainingPlot-job');
    this._note.addClass('crispdm-TrainingPlot-note');
    this._note.node.setAttribute('role', 'status');
    this.addWidget(this._note);
    this._metrics.changed.connect(this._schedule, this);
    this._sight.visibility.changed.connect(this._look, this);
    this._say();
    this._look();
  }

  set period(seconds: number | null) {
    this._period = seconds;
    this._follower?.change({ period: seconds });
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    cancelAnimationFrame(this._frame);
    this._metrics.changed.disconnect(this._schedule, this);
    this._sight.visibility.changed.disconnect(this._look, this);
    this._sight.dispose();
    this._follower?.dispose();
    this._handle.dispose();
    super.dispose();
  }

  /** Follow the curves while they can be seen. */
  private _look(): void {
    this._follower?.dispose();
    this._follower = this._isVisible ? this._metrics.show(this._period) : null;
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
    const names = this._names();
    const shape = names.join('\n');
    if (shape !== this._shape) {
      this._shape = shape;
      await this._build(names, shape);
    }
    if (!this.isDisposed) {
      this._figures.forEach(figure => figure.draw(this._metrics.series));
      this._say();
    }
  }

  /**
   * Make the figures of these names; they are dropped when others are wanted meanwhile.
   *
   * Where the page was hidden meanwhile they are made anew when it is seen: bqplot cannot draw where there is no room.
   */
  private async _build(names: readonly string[], shape: string): Promise<void> {
    const made: FigurePanel[] = [];
    for (const group of groupSeries(names)) {
      made.push(await this._make(group.name, group.series));
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

  private async _make(title: string, names: readonly string[]): Promise<FigurePanel> {
    const { manager, versions, viewOf, height, trans } = this._options;
    const figure = await MetricFigure.make(manager, versions, trans.__('step'), names);
    try {
      return new FigurePanel({ title, names, height, figure, view: await viewOf(figure.model) });
    } catch (error) {
      figure.dispose();
      throw error;
    }
  }

  private _names(): string[] {
    const { wanted } = this._options;
    const fits = (name: string) => (pattern: string) =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
    return [...this._metrics.series.keys()]
      .filter(name => wanted.length === 0 || wanted.some(fits(name)))
      .sort();
  }

  /** Say in words what there is no figure for. */
  private _say(): void {
    const { trans } = this._options;
    const { isReady, isEnded, error, series } = this._metrics;
    if (error) {
      this._complain(error);
    } else if (!isReady) {
      this._write(trans.__('Loading…'));
    } else if (this._shape !== '') {
      this._write('');
    } else if (series.size > 0) {
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

  private get _metrics(): IMetrics {
    return this._handle.model;
  }

  private readonly _note = new Widget({ node: document.createElement('p') });
  private _figures: readonly FigurePanel[] = [];
  private readonly _sight = new Sight(this.node);
  private _follower: IFollower | null = null;
  private _period: number | null = null;
  private _shape = '';
  private _frame = 0;
}
