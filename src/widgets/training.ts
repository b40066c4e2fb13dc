import type { DOMWidgetView } from '@jupyter-widgets/base';
import { DOMWidgetView as View } from '@jupyter-widgets/base';
import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { DOMAIN } from '../components/context';
import { groupSeries } from '../components/groups';
import type { ILease, IMetrics } from '../tokens';
import { MetricFigure } from './figure';
import { page } from './react';

/** The metrics of one job as bqplot figures, one for each group. */
export class TrainingPlotView extends View {
  override render(): void {
    super.render();
    this.el.classList.add('crispdm-Widget', 'crispdm-TrainingPlot');
    this.el.setAttribute('role', 'group');
    this.el.setAttribute('aria-label', this._trans.__('Training curves'));
    this._note = this.el.appendChild(document.createElement('p'));
    this._note.className = 'crispdm-Empty-title';
    this.listenTo(this.model, 'change:job change:metrics', () => this._follow());
    this.listenTo(this.model, 'change:period', () => this._setPeriod());
    void this.displayed.then(() => this._follow());
  }

  override remove(): unknown {
    this._release();
    return super.remove();
  }

  /** Follow the job that the model names now. */
  private _follow(): void {
    this._release();
    const job = this.model.get('job') as string;
    if (job && page.workbench) {
      this._lease = page.workbench.metrics(job);
      this._setPeriod();
      this._metrics?.changed.connect(this._schedule, this);
    }
    this._schedule();
  }

  private _release(): void {
    cancelAnimationFrame(this._frame);
    this._frame = 0;
    this._metrics?.changed.disconnect(this._schedule, this);
    this._lease?.dispose();
    this._lease = null;
    this._clear();
  }

  private _clear(): void {
    this._shape = '';
    this._figures.splice(0).forEach(({ view, figure }) => {
      view.remove();
      figure.dispose();
    });
  }

  private _setPeriod(): void {
    if (this._metrics) {
      this._metrics.period = this.model.get('period') as number | null;
    }
  }

  /** Draw with the next frame, once however many points came. */
  private _schedule(): void {
    this._frame ||= requestAnimationFrame(() => {
      this._frame = 0;
      void this._draw();
    });
  }

  private async _draw(): Promise<void> {
    const metrics = this._metrics;
    const names = [...(metrics?.series.keys() ?? [])].filter(name => this._isWanted(name));
    const shape = names.sort().join('\n');
    if (shape !== this._shape) {
      this._clear();
      this._shape = shape;
      await this._build(names, shape);
    }
    this._say(names.length === 0);
    if (metrics && metrics === this._metrics) {
      this._figures.forEach(({ figure }) => figure.update(metrics.series));
    }
  }

  /** Make the figures; what was made is dropped when other metrics are wanted meanwhile. */
  private async _build(names: readonly string[], shape: string): Promise<void> {
    const versions = this.model.get('_versions') as Record<string, string>;
    for (const group of groupSeries(names)) {
      const figure = await MetricFigure.make(
        this.model.widget_manager,
        versions,
        group.name,
        this._trans.__('step'),
        group.series
      );
      const view = await this.create_child_view(figure.model);
      if (shape !== this._shape) {
        view.remove();
        figure.dispose();
        return;
      }
      const holder = this.el.appendChild(document.createElement('div'));
      holder.className = 'crispdm-TrainingPlot-figure';
      holder.style.height = `${this.model.get('height') as number}px`;
      view.luminoWidget.disposed.connect(() => holder.remove(), this);
      Widget.attach(view.luminoWidget, holder);
      this._figures.push({ figure, view });
    }
  }

  private _isWanted(name: string): boolean {
    const wanted = this.model.get('metrics') as string[];
    const fits = (pattern: string): boolean =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
    return wanted.length === 0 || wanted.some(fits);
  }

  private _say(empty: boolean): void {
    this._note.hidden = !empty;
    this._note.textContent = this._metrics
      ? this._trans.__('No metrics yet. They appear here as the job logs them.')
      : this._trans.__('Choose a job to see its curves.');
  }

  private get _metrics(): IMetrics | undefined {
    return this._lease?.model;
  }

  private readonly _trans = nullTranslator.load(DOMAIN);
  private readonly _figures: { figure: MetricFigure; view: DOMWidgetView }[] = [];
  private _note!: HTMLElement;
  private _lease: ILease<IMetrics> | null = null;
  private _shape = '';
  private _frame = 0;
}
