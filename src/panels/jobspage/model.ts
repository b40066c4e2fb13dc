import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { Job, JobState } from '../../api';
import type { IColumnChoice } from '../../components/datagrid/columnlayout';
import { asChoice } from '../../components/datagrid/columnlayout';
import { filterJobs } from '../../components/jobs/filter';
import type { ISort } from '../../components/jobgrid/sort';
import { NEWEST_FIRST, sortJobs } from '../../components/jobgrid/sort';
import type { ISelection } from '../../components/basics/selection';
import { NOTHING } from '../../components/basics/selection';
import type { IFollower } from '../../api';
import type { IShownFacts } from '../../tokens/facts';
import type { IJobSelection } from '../../tokens/jobs';
import { IJobs } from '../../tokens/jobs';
import type { Latest } from '../../tokens/metrics';
import { ILatestMetrics } from '../../tokens/metrics';
import { IEnvironments } from '../../tokens/environments';
import type { IWorkbench } from '../../tokens/workbench';
import { Viewers } from '../basics/viewers';

/** Milliseconds between two sortings: rows that change places many times a second cannot be read or clicked. */
const SETTLED = 1000;
const MOST_NAMES = 200;

/** What the reader asked to see; it comes back with the layout. */
export interface IJobsView {
  text: string;
  states: readonly JobState[];
  sort: ISort;
  columns: IColumnChoice;
}

/** The wide table: which jobs it shows in which order, and which of them are marked. */
export class JobsPageModel implements IShownFacts, IJobSelection {
  constructor(
    readonly workbench: IWorkbench,
    view: Partial<IJobsView> = {}
  ) {
    this._view = {
      text: '',
      states: [],
      sort: NEWEST_FIRST,
      ...view,
      columns: asChoice(view.columns)
    };
    workbench.get(ILatestMetrics).changed.connect(this._onFacts, this);
    workbench.get(IJobs).changed.connect(this._onFacts, this);
    workbench.get(IEnvironments).changed.connect(this._onFacts, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted when the reader did something: searched, sorted, marked. */
  get asked(): ISignal<this, void> {
    return this._asked;
  }

  /** Emitted when the reader asked for something else to be shown. */
  get viewChanged(): ISignal<this, IJobsView> {
    return this._viewChanged;
  }

  get isReady(): boolean {
    return this.workbench.get(IJobs).isReady;
  }

  get error(): string {
    return this.workbench.get(IJobs).error;
  }

  get view(): IJobsView {
    return this._view;
  }

  /** The jobs that fit, in order. */
  get shown(): readonly Job[] {
    this._order ??= this._arrange();
    this._shown ??= this._order.flatMap(id => this.workbench.get(IJobs).get(id) ?? []);
    return this._shown;
  }

  /** The names of the metrics and parameters that the jobs shown have, as far as it is known. */
  get names(): { metrics: readonly string[]; parameters: readonly string[] } {
    const jobs = this.shown;
    return {
      metrics: some(jobs.flatMap(job => [...(this.latestOf(job.id)?.keys() ?? [])])),
      parameters: some(jobs.flatMap(job => Object.keys(job.parameters)))
    };
  }

  /** How many of those that fit the search line are in each state. */
  get counts(): ReadonlyMap<JobState, number> {
    const counts = new Map<JobState, number>();
    this._fitting().forEach(({ state }) => counts.set(state, (counts.get(state) ?? 0) + 1));
    return counts;
  }

  get selection(): ISelection {
    return this._selection;
  }

  set selection(selection: ISelection) {
    this._selection = selection;
    this._asked.emit();
  }

  /** The marked jobs among those that are shown: what nobody sees is not acted on. */
  get marked(): readonly Job[] {
    return this.shown.filter(job => this._selection.marked.has(job.id));
  }

  get ids(): readonly string[] {
    return this.marked.map(job => job.id);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  readonly latestOf = (id: string): Latest | undefined => this.workbench.get(ILatestMetrics).of(id);

  /** Ask for the newest values of the metrics of the first jobs shown, to know which metrics there are. */
  wantLatest(most = 50): void {
    this.workbench.get(ILatestMetrics).want(this.shown.slice(0, most));
  }

  readonly nameOf = (id: string): string => this.workbench.get(IEnvironments).nameOf(id);

  setView(change: Partial<IJobsView>): void {
    this._view = { ...this._view, ...change };
    this._forget();
    this._keepLatest();
    this._viewChanged.emit(this._view);
    this._asked.emit();
  }

  /** Keep the rows in order and the newest values coming, while somebody looks. */
  show(): IFollower {
    return this._viewers.show();
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      window.clearTimeout(this._timer);
      Signal.clearData(this);
    }
  }

  private _fitting(): readonly Job[] {
    return filterJobs(this.workbench.get(IJobs).list, this._view.text, this.nameOf);
  }

  private _arrange(): readonly string[] {
    const { states, sort } = this._view;
    const fits = (job: Job): boolean => states.length === 0 || states.includes(job.state);
    this._arranged = Date.now();
    const jobs = this._fitting().filter(fits);
    return sortJobs(jobs, sort, this.nameOf, this._arranged, this.latestOf).map(job => job.id);
  }

  /** Facts came: show them at once in their rows, and move the rows at most once in a while. */
  private _onFacts(): void {
    this._shown = null;
    if (!this._viewers.isSeen) {
      this._order = null;
      return;
    }
    this._keepLatest();
    const left = Math.min(SETTLED, this._arranged + SETTLED - Date.now());
    if (left <= 0) {
      this._forget();
    } else {
      this._timer ||= window.setTimeout(() => {
        this._timer = 0;
        this._forget();
        this._changed.emit();
      }, left);
    }
    this._changed.emit();
  }

  /** Where a column shows a metric, its values are followed. */
  private _keepLatest(): void {
    if (!this._viewers.isSeen) {
      return;
    }
    const { shown } = this._view.columns;
    if (Object.entries(shown).some(([key, isShown]) => isShown && key.startsWith('metric:'))) {
      this.workbench.get(ILatestMetrics).want(this.shown);
    }
  }

  private _forget(): void {
    this._order = null;
    this._shown = null;
  }

  private readonly _viewers = new Viewers(() => this._onFacts());
  private readonly _changed = new Signal<this, void>(this);
  private readonly _asked = new Signal<this, void>(this);
  private readonly _viewChanged = new Signal<this, IJobsView>(this);
  private _view: IJobsView;
  private _selection = NOTHING;
  private _order: readonly string[] | null = null;
  private _shown: readonly Job[] | null = null;
  private _arranged = 0;
  private _timer = 0;
  private _isDisposed = false;
}

/** The names in order, no more than one can choose from. */
function some(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort().slice(0, MOST_NAMES);
}
