import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IFollower, Job, Period } from '../../api';
import { followAll, messageOf } from '../../api';
import type { ICompared } from '../../components/compare/comparison';
import type { ICurvesView } from '../../components/curves/view';
import { PLAIN_VIEW } from '../../components/curves/view';
import type { IShownFacts } from '../../tokens/facts';
import type { IMetrics } from '../../tokens/metrics';
import { IMetricsOfJobs } from '../../tokens/metrics';
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

/** Some jobs with their curves, for as long as they are looked at side by side. */
export class CompareModel implements IShownFacts {
  constructor(
    readonly workbench: IWorkbench,
    readonly ids: readonly string[],
    view: Partial<ICompareView> = {}
  ) {
    this._view = { ...PLAIN, ...view };
    this._curves = ids.map(id => workbench.get(IMetricsOfJobs).acquire(id));
    this._curves.forEach(({ model }) => model.changed.connect(this._emit, this));
    workbench.get(IJobs).changed.connect(this._onJobs, this);
    void this._find();
  }

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

  /** The jobs that are there, in the order in which they were asked for. */
  get compared(): readonly ICompared[] {
    return this.ids.flatMap((id, at) => {
      const job = this.workbench.get(IJobs).get(id);
      const { model: metrics } = this._curves[at];
      return job ? [{ job, series: metrics.series, metrics }] : [];
    });
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Have the curves of all of them come. */
  show(period: Period = null): IFollower {
    return followAll(this._curves.map(({ model }) => model.show(period)));
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._curves.forEach(({ model }) => model.changed.disconnect(this._emit, this));
      this._curves.forEach(lease => lease.dispose());
      Signal.clearData(this);
    }
  }

  /** Look up those that are not in the list: it holds only the newest. */
  private async _find(): Promise<void> {
    const found = await Promise.allSettled(this.ids.map(id => this.workbench.get(IJobs).find(id)));
    const refused = found.find(outcome => outcome.status === 'rejected');
    this._error = this.compared.length === 0 && refused ? messageOf(refused.reason) : '';
    this._isReady = true;
    this._emit();
  }

  private _onJobs(): void {
    const jobs = this.compared.map(({ job }) => job);
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
  private _seen: readonly Job[] = [];
  private _isReady = false;
  private _error = '';
  private _isDisposed = false;
}
