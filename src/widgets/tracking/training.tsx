import { DOMWidgetView as View } from '@jupyter-widgets/base';
import { nullTranslator } from '@jupyterlab/translation';
import { PanelLayout, Widget } from '@lumino/widgets';
import React from 'react';
import type { Root } from 'react-dom/client';
import { createRoot } from 'react-dom/client';
import type { Period } from '../../api';
import { DOMAIN } from '../../components/basics/context';
import { Sight } from '../../components/basics/sight';
import { VisibilityContext } from '../../components/basics/visibility';
import { labelled } from '../../components/curves/groups';
import type { AxisKind, ICurvesView } from '../../components/curves/view';
import { PLAIN_VIEW } from '../../components/curves/view';
import { IJobs } from '../../tokens/jobs';
import { IMetricsOfJobs } from '../../tokens/metrics';
import type { IWorkbench } from '../../tokens/workbench';
import { page } from '../basics/react';
import type { IHeldRun } from './jobcurves';
import { JobCurves } from './jobcurves';
import { PlotTools } from './tools';

/** The values of the model that make other figures, and those that show the same otherwise. */
const OTHER = ['job', 'jobs', 'metrics', 'height'];
const LOOK = ['period', 'smoothing', 'log_scale', 'axis', 'range'];

const changes = (names: readonly string[]): string => names.map(name => `change:${name}`).join(' ');

/** The metrics of one job as bqplot figures, one for each group; or of several, one for each metric. */
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
    this._layout.addWidget(this._tools);
    this._sight = new Sight(this._tools.node);
    this._root = createRoot(this._tools.node);
    this.listenTo(this.model, changes(OTHER), () => this._follow());
    this.listenTo(this.model, changes(LOOK), () => this._look());
    this.listenTo(this.model, 'change:tools change:controls', () => this._drawTools());
    void this.displayed.then(() => this._follow());
  }

  override remove(): unknown {
    this._curves?.dispose();
    this._curves = null;
    this._isRemoved = true;
    this._root?.unmount();
    this._root = null;
    this._sight?.dispose();
    return super.remove();
  }

  /** Follow the jobs that the model names now, and forget those before. */
  private _follow(): void {
    this._curves?.dispose();
    this._curves = null;
    this._runs = [];
    const jobs = this._jobs();
    this._hint.hidden = jobs.length > 0;
    if (jobs.length > 0 && page.workbench && !this._isRemoved) {
      this._runs = heldRuns(page.workbench, jobs);
      const options = {
        manager: this.model.widget_manager,
        versions: this.model.get('_versions') as Record<string, string>,
        viewOf: (figure: Parameters<View['create_child_view']>[0]) =>
          this.create_child_view(figure),
        wanted: this.model.get('metrics') as string[],
        height: this.model.get('height') as number,
        trans: this._trans
      };
      this._curves = new JobCurves(this._runs, options, this._view());
      this._layout.addWidget(this._curves);
    }
    this._drawTools();
  }

  /** The jobs that are shown, each once. */
  private _jobs(): readonly string[] {
    const job = this.model.get('job') as string;
    const others = (this.model.get('jobs') as string[] | undefined) ?? [];
    return [...new Set([job, ...others])].filter(Boolean);
  }

  private _look(): void {
    if (this._curves) {
      this._curves.view = this._view();
    }
    this._drawTools();
  }

  /** How the model wants curves to be shown. */
  private _view(): ICurvesView {
    const value = <T,>(name: string, plain: T): T =>
      (this.model.get(name) as T | undefined) ?? plain;
    const range = value<[number, number] | null>('range', null);

    return {
      ...PLAIN_VIEW,
      period: value<Period>('period', null),
      smoothing: value('smoothing', 0),
      logScale: value('log_scale', false),
      axis: value<AxisKind>('axis', 'step'),
      range: range && { begin: range[0], end: range[1], isLive: this._isLive }
    };
  }

  /** What somebody chose by the tools: the values of the model change, and its kernel hears of it. */
  private _choose({ range, logScale, ...others }: Partial<ICurvesView>): void {
    const { smoothing, axis, period } = others;
    this._isLive = range === undefined ? this._isLive : (range?.isLive ?? false);
    this.model.set({
      ...(smoothing !== undefined && { smoothing }),
      ...(axis !== undefined && { axis }),
      ...(period !== undefined && { period }),
      ...(logScale !== undefined && { log_scale: logScale }),
      ...(range !== undefined && { range: range && [range.begin, range.end] })
    });
    this.model.save_changes();
    this._look();
  }

  private _drawTools(): void {
    const isShown = this.model.get('tools') !== false;
    const { workbench } = page;
    this._tools.setHidden(!isShown || this._runs.length === 0);
    if (workbench && this._root && this._sight) {
      this._root.render(
        <VisibilityContext.Provider value={this._sight.visibility}>
          {isShown && (
            <PlotTools
              workbench={workbench}
              jobs={this._jobs()}
              metrics={this._runs.map(({ handle }) => handle.model)}
              view={this._view()}
              onView={change => this._choose(change)}
              hasControls={this.model.get('controls') === true}
            />
          )}
        </VisibilityContext.Provider>
      );
    }
  }

  /** Whether the range moves with the newest points. */
  private _isLive = false;
  private readonly _trans = nullTranslator.load(DOMAIN);
  private readonly _layout = new PanelLayout();
  private readonly _tools = new Widget();
  private _hint!: HTMLElement;
  private _runs: readonly IHeldRun[] = [];
  private _curves: JobCurves | null = null;
  private _root: Root | null = null;
  private _sight: Sight | null = null;
  private _isRemoved = false;
}

/** The curves of jobs under the names that the jobs have. */
function heldRuns(workbench: IWorkbench, ids: readonly string[]): readonly IHeldRun[] {
  const jobs = workbench.get(IJobs);
  const labels = labelled(ids.map(id => jobs.get(id)?.name ?? id));
  const metrics = workbench.get(IMetricsOfJobs);
  return ids.map((id, at) => ({ label: labels[at], handle: metrics.acquire(id) }));
}
