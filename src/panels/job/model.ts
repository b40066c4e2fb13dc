import type { IDraft } from '../../components/job/inputline';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { Throttler } from '@lumino/polling';
import type { Artifact, IFollower, Job, Submission } from '../../api';
import { isFinal, messageOf } from '../../api';
import type { ICurvesView } from '../../components/curves/view';
import { PLAIN_VIEW } from '../../components/curves/view';
import type { IShownFacts } from '../../tokens/facts';
import type { ILog } from '../../tokens/logs';
import { ILogs } from '../../tokens/logs';
import type { IDiagnosis } from '../../tokens/diagnosis';
import { IDiagnosisOfJobs } from '../../tokens/diagnosis';
import type { IMedia, IMetrics } from '../../tokens/metrics';
import { IMediaOfJobs, IMetricsOfJobs } from '../../tokens/metrics';
import { IJobs } from '../../tokens/jobs';
import type { IHandle, IWorkbench } from '../../tokens/workbench';
import { Viewers } from '../basics/viewers';

const ARTIFACTS_PAUSE = 5000;

/** The parts of a job page. */
export type Tab = 'overview' | 'log' | 'curves' | 'media' | 'parameters' | 'files';

/** How the reader left the page; it comes back with the layout. */
export interface IJobView extends ICurvesView {
  tab: Tab;
}

/** One job with its log, curves and files, for as long as its page is open. */
export class JobPageModel implements IShownFacts {
  constructor(
    readonly workbench: IWorkbench,
    readonly id: string,
    view: Partial<IJobView> = {},
    private _isPreview = false
  ) {
    this._view = { tab: 'overview', ...PLAIN_VIEW, ...view };
    this._log = workbench.get(ILogs).acquire(id);
    this._metrics = workbench.get(IMetricsOfJobs).acquire(id);
    this._diagnosis = workbench.get(IDiagnosisOfJobs).acquire(id);
    this._media = workbench.get(IMediaOfJobs).acquire(id);
    workbench.get(IJobs).changed.connect(this._onJobs, this);
    void this._find();
    void this._readSubmission();
    void this._readArtifacts();
  }

  /** What was typed for the job and not sent yet. */
  readonly draft: IDraft = { text: '' };

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted when the reader changed the view. */
  get viewChanged(): ISignal<this, IJobView> {
    return this._viewChanged;
  }

  get isReady(): boolean {
    return this._job !== null;
  }

  get error(): string {
    return this._error;
  }

  /** Whether the job was deleted while its page was open. */
  get isDeleted(): boolean {
    return this._isDeleted;
  }

  /** The newest that is known of the job; null until it is found. */
  get job(): Job | null {
    return this._job;
  }

  /** How the job was asked for; null until it is known. */
  get submission(): Submission | null {
    return this._submission;
  }

  get log(): ILog {
    return this._log.model;
  }

  get metrics(): IMetrics {
    return this._metrics.model;
  }

  get diagnosis(): IDiagnosis {
    return this._diagnosis.model;
  }

  get artifacts(): readonly Artifact[] {
    return this._artifacts;
  }

  /** What the job kept with a step: pictures, histograms, texts, tables, figures. */
  get media(): IMedia {
    return this._media.model;
  }

  /** Whether the next job that somebody looks at takes the place of this page. */
  get isPreview(): boolean {
    return this._isPreview;
  }

  get view(): IJobView {
    return this._view;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Keep the page: it is a preview no longer. */
  keep(): void {
    if (this._isPreview) {
      this._isPreview = false;
      this._viewChanged.emit(this._view);
      this._changed.emit();
    }
  }

  /** Show the page otherwise. Who arranges the curves of a job wants to keep them; another tab is only a look. */
  setView(change: Partial<IJobView>): void {
    const { tab, ...curves } = change;
    this._view = { ...this._view, ...change };
    this._isPreview &&= Object.keys(curves).length === 0;
    if (tab === 'files') {
      void this._artifactsLater.invoke();
    }
    this._viewChanged.emit(this._view);
    this._changed.emit();
  }

  /** Keep the list of files up to date, while somebody looks. */
  show(): IFollower {
    return this._viewers.show();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._artifactsLater.dispose();
    this._log.dispose();
    this._metrics.dispose();
    this._diagnosis.dispose();
    this._media.dispose();
    Signal.clearData(this);
  }

  private _onJobs(): void {
    const jobs = this.workbench.get(IJobs);
    const job = jobs.get(this.id);
    const isPending = jobs.isPending(this.id);
    const isGone = !job && this._wasListed;
    const isNews = isGone || isPending !== this._wasPending || (job && job !== this._job);
    this._wasListed = job !== undefined;
    this._wasPending = isPending;
    this._isDeleted ||= isGone;
    if (job) {
      this._take(job);
    }
    if (isNews) {
      this._changed.emit();
    }
  }

  private _take(job: Job): void {
    const wasRunning = this._job !== null && !isFinal(this._job.state);
    this._job = job;
    this._hasNewArtifacts ||= wasRunning || !isFinal(job.state);
    this._look();
  }

  /** Ask for the files of a job that may have made some, when somebody looks. */
  private _look(): void {
    if (this._viewers.isSeen && this._hasNewArtifacts) {
      this._hasNewArtifacts = false;
      void this._artifactsLater.invoke();
    }
  }

  private async _find(): Promise<void> {
    try {
      this._job ??= await this.workbench.get(IJobs).find(this.id);
    } catch (error) {
      this._error = messageOf(error);
    }
    this._emit();
  }

  private async _readSubmission(): Promise<void> {
    try {
      this._submission = await this.workbench.get(IJobs).submission(this.id);
    } catch {
      // The page tells already when the job or the server is gone.
      return;
    }
    this._emit();
  }

  private async _readArtifacts(): Promise<void> {
    const jobs = this.workbench.get(IJobs);
    try {
      this._artifacts = await jobs.artifacts(this.id);
    } catch {
      // The page tells already when the job or the server is gone.
      return;
    }
    this._emit();
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _artifactsLater = new Throttler(() => this._readArtifacts(), {
    limit: ARTIFACTS_PAUSE,
    edge: 'trailing'
  });
  private readonly _viewers = new Viewers(() => this._look());
  private readonly _changed = new Signal<this, void>(this);
  private readonly _viewChanged = new Signal<this, IJobView>(this);
  private readonly _log: IHandle<ILog>;
  private readonly _metrics: IHandle<IMetrics>;
  private readonly _diagnosis: IHandle<IDiagnosis>;
  private readonly _media: IHandle<IMedia>;
  private _view: IJobView;
  private _job: Job | null = null;
  private _artifacts: readonly Artifact[] = [];
  private _submission: Submission | null = null;
  private _error = '';
  private _isDeleted = false;
  private _hasNewArtifacts = false;
  private _wasListed = false;
  private _wasPending = false;
  private _isDisposed = false;
}
