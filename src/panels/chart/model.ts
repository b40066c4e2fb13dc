import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IDisposable } from '@lumino/disposable';
import type { IGroup } from '../../components/curves/groups';
import type { ICurvesView } from '../../components/curves/view';
import { PLAIN_VIEW } from '../../components/curves/view';
import type { IMetrics } from '../../tokens/metrics';
import { IMetricsOfJobs } from '../../tokens/metrics';
import { IJobs } from '../../tokens/jobs';
import type { IHandle, IWorkbench } from '../../tokens/workbench';

/** One chart of a job, for as long as its tab is open. */
export class ChartModel implements IDisposable {
  constructor(
    readonly workbench: IWorkbench,
    readonly job: string,
    readonly group: IGroup,
    view: Partial<ICurvesView> = {}
  ) {
    this._view = { ...PLAIN_VIEW, ...view };
    this._metrics = workbench.get(IMetricsOfJobs).acquire(job);
  }

  /** Emitted when the reader changed the view. */
  get viewChanged(): ISignal<this, ICurvesView> {
    return this._viewChanged;
  }

  get view(): ICurvesView {
    return this._view;
  }

  get metrics(): IMetrics {
    return this._metrics.model;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** How the tab is called: the chart, and whose it is. */
  get title(): string {
    const name = this.workbench.get(IJobs).get(this.job)?.name ?? this.job;
    return `${this.group.name} – ${name}`;
  }

  setView(change: Partial<ICurvesView>): void {
    this._view = { ...this._view, ...change };
    this._viewChanged.emit(this._view);
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._metrics.dispose();
      Signal.clearData(this);
    }
  }

  private readonly _viewChanged = new Signal<this, ICurvesView>(this);
  private readonly _metrics: IHandle<IMetrics>;
  private _view: ICurvesView;
  private _isDisposed = false;
}
