import { DOMWidgetView as View } from '@jupyter-widgets/base';
import { nullTranslator } from '@jupyterlab/translation';
import { PanelLayout } from '@lumino/widgets';
import { DOMAIN } from '../../components/basics/context';
import { IMetricsOfJobs } from '../../tokens/metrics';
import { JobCurves } from './jobcurves';
import { page } from '../basics/react';

/** The metrics of one job as bqplot figures, one for each group. */
export class TrainingPlotView extends View {
  override render(): void {
    super.render();
    this.el.classList.add('crispdm-Widget', 'crispdm-TrainingPlot');
    this.el.setAttribute('role', 'group');
    this.el.setAttribute('aria-label', this._trans.__('Training curves'));
    this._hint = this.el.appendChild(document.createElement('p'));
    this._hint.className = 'crispdm-TrainingPlot-note';
    this._hint.textContent = this._trans.__('Choose a job to see its curves.');
    this.luminoWidget.layout = this._layout;
    this.listenTo(this.model, 'change:job change:metrics change:height', () => this._follow());
    this.listenTo(this.model, 'change:period', () => this._setPeriod());
    void this.displayed.then(() => this._follow());
  }

  override remove(): unknown {
    this._curves?.dispose();
    this._curves = null;
    this._isRemoved = true;
    return super.remove();
  }

  /** Follow the job that the model names now, and forget the one before. */
  private _follow(): void {
    this._curves?.dispose();
    this._curves = null;
    const job = this.model.get('job') as string;
    this._hint.hidden = job !== '';
    if (job && page.workbench && !this._isRemoved) {
      this._curves = new JobCurves(page.workbench.get(IMetricsOfJobs).acquire(job), {
        manager: this.model.widget_manager,
        versions: this.model.get('_versions') as Record<string, string>,
        viewOf: figure => this.create_child_view(figure),
        wanted: this.model.get('metrics') as string[],
        height: this.model.get('height') as number,
        trans: this._trans
      });
      this._setPeriod();
      this._layout.addWidget(this._curves);
    }
  }

  private _setPeriod(): void {
    if (this._curves) {
      this._curves.period = this.model.get('period') as number | null;
    }
  }

  private readonly _trans = nullTranslator.load(DOMAIN);
  private readonly _layout = new PanelLayout();
  private _hint!: HTMLElement;
  private _curves: JobCurves | null = null;
  private _isRemoved = false;
}
