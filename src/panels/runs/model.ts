import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IFollower, IRunsFact, Run, RunFields, RunView, SavedRunView } from '../../api';
import { messageOf } from '../../api';
import type { ISelection } from '../../components/basics/selection';
import { NOTHING } from '../../components/basics/selection';
import { firstColumns } from '../../components/runs/fields';
import { Pointed } from '../../components/runs/plots/pointed';
import type { IShownFacts } from '../../tokens/facts';
import { IMetricsOfJobs, IMetricsOfRuns } from '../../tokens/metrics';
import { IRuns } from '../../tokens/runs';
import type { IWorkbench } from '../../tokens/workbench';
import { ChosenCurves } from './chosencurves';

/** Rows that are asked for at once, and the most that the server answers. */
const ROWS = 1000;
const MOST_ROWS = 10_000;
/** Milliseconds: what is typed is asked for after a pause, and news move the rows at most once in a while. */
const TYPED = 250;
const SETTLED = 5000;

/** What other runs are shown for, or more of them. */
const KEYS = ['filter', 'sort', 'group_by'] as const;

/** What to look at where nothing was chosen. */
export const PLAIN_RUNS: RunView = {
  filter: '',
  sort: '-created',
  columns: [],
  widths: {},
  group_by: '',
  chosen: [],
  baseline: null,
  axes: [],
  x: '',
  y: '',
  colour: '',
  curves: '',
  smoothing: 0,
  note: ''
};

/** The table of runs: what is asked of the server, what came, and which of it is chosen. */
export class RunsPageModel implements IShownFacts {
  constructor(
    readonly workbench: IWorkbench,
    view: Partial<RunView> = {}
  ) {
    this._view = { ...PLAIN_RUNS, ...view };
    this._limit = limitOf(this._view);
    this._selection = { ...NOTHING, marked: new Set(this._view.chosen) };
    this.runs = workbench.get(IRuns);
    this.runs.told.connect(this._onTold, this);
    this.curves = new ChosenCurves(id => {
      const isJob = this._list.find(run => run.id === id)?.kind === 'job';
      return workbench.get(isJob ? IMetricsOfJobs : IMetricsOfRuns).acquire(id);
    });
  }

  readonly runs: IRuns;
  readonly pointed = new Pointed();
  readonly curves: ChosenCurves;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted when the reader asked for something else to be shown. */
  get viewChanged(): ISignal<this, RunView> {
    return this._viewChanged;
  }

  get isReady(): boolean {
    return this._isReady;
  }

  /** Why there are no runs at all. */
  get error(): string {
    return this._isReady ? '' : this._trouble;
  }

  /** Why what was asked for last could not be had; what came before still stands. */
  get trouble(): string {
    return this._isReady ? this._trouble : '';
  }

  get view(): RunView {
    return this._view;
  }

  /** The runs in the order asked for. */
  get list(): readonly Run[] {
    return this._list;
  }

  /** How many fit, of which the list holds the first. */
  get total(): number {
    return this._total;
  }

  /** Jobs whose figures the server has not read yet. */
  get pending(): number {
    return this._pending;
  }

  get fields(): RunFields | null {
    return this._fields;
  }

  get views(): readonly SavedRunView[] {
    return this._views;
  }

  /** The columns beside the name: those that were chosen, or the first ones. */
  get columns(): readonly string[] {
    return this._view.columns.length > 0 ? this._view.columns : firstColumns(this._fields);
  }

  get selection(): ISelection {
    return this._selection;
  }

  set selection(selection: ISelection) {
    this._selection = selection;
    this._view = { ...this._view, chosen: [...selection.marked] };
    this._viewChanged.emit(this._view);
    this._emit();
  }

  /** The run that was chosen elsewhere than in the table, which scrolls to it. */
  get revealed(): string | null {
    return this._revealed;
  }

  reveal(id: string | null): void {
    this._revealed = id;
    this._emit();
  }

  /** Choose for a moment, as while somebody drags: it is kept with the view when `selection` is set. */
  look(selection: ISelection): void {
    this._selection = selection;
    this._emit();
  }

  /** The chosen runs among those that are shown. */
  get chosen(): readonly Run[] {
    return this._list.filter(run => this._selection.marked.has(run.id));
  }

  /** Whether the server would answer more of those that fit. */
  get hasMore(): boolean {
    return this._list.length < Math.min(this._total, MOST_ROWS);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  setView(change: Partial<RunView>): void {
    const before = this._view;
    this._view = { ...before, ...change };
    if (change.chosen !== undefined) {
      this._selection = { ...NOTHING, marked: new Set(change.chosen) };
    }
    const isOther = KEYS.some(key => this._view[key] !== before[key]);
    if (isOther) {
      this._limit = limitOf(this._view);
      this._later(this._view.filter === before.filter ? 0 : TYPED);
    }
    this._viewChanged.emit(this._view);
    this._emit();
  }

  more(): void {
    this._limit = Math.min(MOST_ROWS, this._limit + ROWS);
    this._later(0);
  }

  /** Keep what is shown right while somebody looks. */
  show(): IFollower {
    this._seen++;
    const follower = this.runs.show();
    void this._ask();
    void this._learn();
    void this.readViews();
    let isDisposed = false;
    return {
      get isDisposed() {
        return isDisposed;
      },
      change: need => follower.change(need),
      dispose: () => {
        this._seen -= isDisposed ? 0 : 1;
        isDisposed = true;
        follower.dispose();
      }
    };
  }

  /** Look up which views are saved; the answer to the newest question counts, whichever comes first. */
  async readViews(): Promise<void> {
    const asked = ++this._viewsAsked;
    const views = await this.runs.views().catch(() => this._views);
    if (asked === this._viewsAsked) {
      this._views = views;
      this._emit();
    }
  }

  /** Save how the table is looked at, for everybody; rejected with what the server says against it. */
  async saveView(name: string): Promise<void> {
    await this.runs.saveView(name, this._view);
    await this.readViews();
  }

  /** Make one run of the chosen ones, and choose it in their place; rejected with what the server says against it. */
  async merge(name: string): Promise<void> {
    const ids = this.chosen.map(({ id }) => id);
    const { id } = await this.runs.merge(ids, name);
    this.selection = { marked: new Set([id]), active: id, anchor: id };
  }

  async removeView(name: string): Promise<void> {
    await this.runs.removeView(name);
    await this.readViews();
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      window.clearTimeout(this._timer);
      this._asking?.abort();
      this.runs.told.disconnect(this._onTold, this);
      this.curves.dispose();
      Signal.clearData(this.pointed);
      Signal.clearData(this);
    }
  }

  private async _ask(): Promise<void> {
    window.clearTimeout(this._timer);
    this._timer = 0;
    this._asking?.abort();
    const asking = new AbortController();
    this._asking = asking;
    const { filter, sort } = this._view;
    try {
      const found = await this.runs.find({ filter, sort, limit: this._limit }, asking.signal);
      if (this._asking === asking) {
        [this._list, this._total, this._pending] = [found.runs, found.total, found.pending];
        [this._isReady, this._trouble] = [true, ''];
      }
    } catch (error) {
      if (this._asking === asking && !asking.signal.aborted) {
        this._trouble = messageOf(error);
      }
    }
    this._emit();
  }

  private async _learn(): Promise<void> {
    this._fields = await this.runs.fields().catch(() => this._fields);
    this._emit();
  }

  /** News: shown at once in their rows; order, and what fits, are asked for again after a while. */
  private _onTold(_: IRuns, { run, deleted }: IRunsFact): void {
    if (run !== undefined) {
      this._list = this._list.map(one => (one.id === run.id ? run : one));
    } else if (deleted !== undefined) {
      this._list = this._list.filter(({ id }) => id !== deleted);
    }
    if (this._seen > 0 && this._timer === 0) {
      const isNew = run !== undefined && !this._list.some(({ id }) => id === run.id);
      // Many rows take their time on the way: they are asked for less often.
      const pages = Math.max(1, this._list.length / ROWS);
      this._later((isNew ? TYPED : SETTLED) * pages, true);
    }
    this._emit();
  }

  private _later(pause: number, withFields = false): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => {
      void this._ask();
      if (withFields) {
        void this._learn();
      }
    }, pause);
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _viewChanged = new Signal<this, RunView>(this);
  private _view: RunView;
  private _selection: ISelection;
  private _list: readonly Run[] = [];
  private _fields: RunFields | null = null;
  private _views: readonly SavedRunView[] = [];
  private _viewsAsked = 0;
  private _total = 0;
  private _pending = 0;
  private _revealed: string | null = null;
  private _limit: number;
  private _seen = 0;
  private _timer = 0;
  private _asking: AbortController | null = null;
  private _isReady = false;
  private _trouble = '';
  private _isDisposed = false;
}

/** How many runs are asked for at first: of groups all, since their figures would mean nothing else. */
function limitOf(view: RunView): number {
  return view.group_by === '' ? ROWS : MOST_ROWS;
}
