import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IFollower, IRunsFact, Period, Run } from '../../api';
import { followAll, messageOf } from '../../api';
import type { ICompared } from '../../components/compare/comparison';
import type { Subject } from '../../components/compare/subject';
import type { ICurvesView } from '../../components/curves/view';
import { PLAIN_VIEW } from '../../components/curves/view';
import type { IShownFacts } from '../../tokens/facts';
import type { IMetrics } from '../../tokens/metrics';
import { IMetricsOfJobs, IMetricsOfRuns } from '../../tokens/metrics';
import { IRuns } from '../../tokens/runs';
import { IJobs } from '../../tokens/jobs';
import type { IHandle, IWorkbench } from '../../tokens/workbench';

/** How the reader left the page; it comes back with the layout. */
export interface ICompareView extends ICurvesView {
  onlyDifferences: boolean;
  /** The job from which the others are told apart; empty is none. */
  baseline: string;
  /** Whether curves are drawn as distances from the baseline. */
  isDelta: boolean;
}

const PLAIN: ICompareView = { ...PLAIN_VIEW, onlyDifferences: false, baseline: '', isDelta: false };

/** What a page compares. */
export interface ICompareSubject {
  /** The ids of jobs and runs. */
  ids: readonly string[];
  /** Those of them that no job made. */
  outside?: readonly string[];
  /** The one metric that the page shows; everything where none is named. */
  metric?: string;
}

/** Some jobs and runs with their curves, for as long as they are looked at side by side. */
export class CompareModel implements IShownFacts {
  constructor(
    readonly workbench: IWorkbench,
    { ids, outside = [], metric }: ICompareSubject,
    view: Partial<ICompareView> = {}
  ) {
    this.ids = ids;
    this.outside = ids.filter(id => outside.includes(id));
    this.metric = metric;
    this._view = { ...PLAIN, ...view };
    this._curves = ids.map(id =>
      workbench.get(this.outside.includes(id) ? IMetricsOfRuns : IMetricsOfJobs).acquire(id)
    );
    this._curves.forEach(({ model }) => model.changed.connect(this._emit, this));
    workbench.get(IJobs).changed.connect(this._onJobs, this);
    if (this.outside.length > 0) {
      workbench.get(IRuns).told.connect(this._onRun, this);
    }
    void this._find();
  }

  readonly ids: readonly string[];
  readonly outside: readonly string[];
  readonly metric: string | undefined;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted when the reader changed the view. */
  get viewChanged(): ISignal<this, ICompareView> {
    return this._viewChanged;
  }

  get view(): ICompareView {
    return this._view;
  }

  /** Whether points may still come for some of them. */
  get isLive(): boolean {
    return this._curves.some(({ model }) => !model.isEnded);
  }

  setView(change: Partial<ICompareView>): void {
    this._view = { ...this._view, ...change };
    this._viewChanged.emit(this._view);
  }

  get isReady(): boolean {
    return this._isReady;
  }

  get error(): string {
    return this._error;
  }

  /** The jobs and runs that are there, in the order in which they were asked for. */
  get compared(): readonly ICompared[] {
    return this.ids.flatMap((id, at) => {
      const subject = this._runs.get(id) ?? this.workbench.get(IJobs).get(id);
      const { model: metrics } = this._curves[at];
      return subject ? [{ subject, series: metrics.series, metrics }] : [];
    });
  }

  /** What opens the same page again, or, with a metric, one of it alone. */
  asked(metric = this.metric): { ids: string[]; outside?: string[]; metric?: string } {
    const outside = this.outside.length > 0 && { outside: [...this.outside] };
    return { ids: [...this.ids], ...outside, ...(metric !== undefined && { metric }) };
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Have the curves of all of them come. */
  show(period: Period = null): IFollower {
    const curves = this._curves.map(({ model }) => model.show(period));
    const isTold = this.outside.length > 0;
    return followAll(isTold ? [...curves, this.workbench.get(IRuns).show()] : curves);
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._curves.forEach(({ model }) => model.changed.disconnect(this._emit, this));
      this._curves.forEach(lease => lease.dispose());
      Signal.clearData(this);
    }
  }

  /** Look up runs, and jobs that are not in the list: it holds only the newest. */
  private async _find(): Promise<void> {
    const find = async (id: string): Promise<void> => {
      if (this.outside.includes(id)) {
        this._runs.set(id, await this.workbench.get(IRuns).get(id));
      } else {
        await this.workbench.get(IJobs).find(id);
      }
    };
    const found = await Promise.allSettled(this.ids.map(find));
    const refused = found.find(outcome => outcome.status === 'rejected');
    this._error = this.compared.length === 0 && refused ? messageOf(refused.reason) : '';
    this._isReady = true;
    this._emit();
  }

  private _onRun(_: IRuns, { run, deleted = '' }: IRunsFact): void {
    if (run !== undefined && this.outside.includes(run.id)) {
      this._runs.set(run.id, run);
      this._emit();
    } else if (this._runs.delete(deleted)) {
      this._emit();
    }
  }

  private _onJobs(): void {
    const jobs = this.compared.map(({ subject }) => subject);
    if (jobs.length !== this._seen.length || jobs.some((job, at) => job !== this._seen[at])) {
      this._seen = jobs;
      this._emit();
    }
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _viewChanged = new Signal<this, ICompareView>(this);
  private _view: ICompareView;
  private readonly _curves: readonly IHandle<IMetrics>[];
  private readonly _runs = new Map<string, Run>();
  private _seen: readonly Subject[] = [];
  private _isReady = false;
  private _error = '';
  private _isDisposed = false;
}
