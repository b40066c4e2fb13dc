import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type {
  Alert,
  AlertRule,
  ApiClient,
  Artifact,
  Grace,
  IFollower,
  Job,
  JobsFact,
  Keep,
  LiveClient,
  Submission
} from '../../api';
import { JobsApi } from '../../api/jobs';
import { isFinal, JOBS_PAGE, messageOf, TableFold } from '../../api';
import type { IJobs } from '../../tokens/jobs';
import { Facts } from '../basics/facts';
import { PendingCommands } from '../basics/pending';

/** Browsers allow six requests at a time; some are left for others. */
const MOST_AT_ONCE = 4;

type JobsTable = TableFold<Job, JobsFact>;

function jobsTable(): JobsTable {
  return new TableFold<Job, JobsFact>(
    job => job.id,
    ({ jobs, job, deleted }) => ({ whole: jobs, changed: job, deleted })
  );
}

/** The jobs of the server, kept up to date by the topic `jobs`. */
export class JobsManager extends Facts implements IJobs {
  constructor(
    api: ApiClient,
    private readonly _live: LiveClient
  ) {
    super();
    this._api = new JobsApi(api);
    this.own(
      _live.follow('jobs', {
        fold: jobsTable,
        onData: ({ rows }: JobsTable, data) => this._receive(data ?? { jobs: [...rows.values()] }),
        onError: this.refused
      })
    );
  }

  get list(): readonly Job[] {
    this._order ??= [...this._jobs.values()].sort(newestFirst).map(job => job.id);
    this._list ??= this._order.flatMap(id => this._jobs.get(id) ?? []);
    return this._list;
  }

  get active(): number {
    return this.list.filter(job => !isFinal(job.state)).length;
  }

  get ended(): ISignal<this, Job> {
    return this._ended;
  }

  get hasOlder(): boolean {
    return this._hasOlder;
  }

  get isLoadingOlder(): boolean {
    return this._isLoadingOlder;
  }

  watch(): IFollower {
    return this._live.follow('jobs', {
      fold: jobsTable,
      need: { inBackground: true },
      onData: () => undefined
    });
  }

  get(id: string): Job | undefined {
    return this._jobs.get(id) ?? this._found.get(id);
  }

  async find(id: string): Promise<Job> {
    const known = this.get(id);
    if (known) {
      return known;
    }
    const job = await this._api.get(id);
    this._found.set(id, job);
    return job;
  }

  isPending(id: string): boolean {
    return this._pending.has(id);
  }

  async loadOlder(): Promise<void> {
    if (this._isLoadingOlder || !this._hasOlder) {
      return;
    }
    this._isLoadingOlder = true;
    this.emitChanged();
    try {
      const older = await this._api.page(JOBS_PAGE, this._oldest);
      this._oldest = older.at(-1)?.id ?? this._oldest;
      this._hasOlder = older.length === JOBS_PAGE;
      this._hasAll = !this._hasOlder;
      older.forEach(job => this._put(job));
    } finally {
      this._isLoadingOlder = false;
      this.emitChanged();
    }
  }

  submit(job: Submission): Promise<Job> {
    return this._api.submit(job);
  }

  submission(id: string): Promise<Submission> {
    return this._api.submission(id);
  }

  rerun(id: string, changes: Submission = {}): Promise<Job> {
    const key = JSON.stringify([id, changes]);
    const made =
      this._reruns.get(key) ?? this._api.rerun(id, changes).finally(() => this._reruns.delete(key));
    this._reruns.set(key, made);
    return made;
  }

  stop(id: string, grace?: Grace, keep?: Keep): Promise<void> {
    return this._stop([id], () => this._api.stop(id, grace, keep));
  }

  stopMany(ids: readonly string[], grace?: Grace, keep?: Keep): Promise<void> {
    return this._stop(ids, () => this._api.stopMany(ids, grace, keep));
  }

  stopAll(): Promise<void> {
    return this._api.stopAll();
  }

  remove(id: string): Promise<void> {
    return this._pending.run(id, () => this._api.remove(id));
  }

  async removeMany(ids: readonly string[]): Promise<void> {
    const left = [...ids];
    const refused: unknown[] = [];
    const removeNext = async (): Promise<void> => {
      for (let id = left.shift(); id !== undefined; id = left.shift()) {
        await this.remove(id).catch((error: unknown) => refused.push(error));
      }
    };
    await Promise.all(Array.from({ length: MOST_AT_ONCE }, removeNext));
    if (refused.length > 0) {
      throw new Error(messageOf(refused[0]));
    }
  }

  send(id: string, text: string): Promise<void> {
    return this._api.send(id, { text });
  }

  endInput(id: string): Promise<void> {
    return this._api.send(id, { eof: true });
  }

  alerts(id: string): Promise<Alert[]> {
    return this._api.alerts(id);
  }

  setAlerts(id: string, rules: readonly AlertRule[]): Promise<Alert[]> {
    return this._api.setAlerts(id, rules);
  }

  artifacts(id: string): Promise<Artifact[]> {
    return this._api.artifacts(id);
  }

  logUrl(id: string): string {
    return this._api.logUrl(id);
  }

  artifactUrl(id: string, path: string): string {
    return this._api.artifactUrl(id, path);
  }

  /** Stop jobs. One that was stopping already changes its state only at its end: it is not waited for. */
  private async _stop(ids: readonly string[], command: () => Promise<void>): Promise<void> {
    const wasStopping = ids.filter(id => this.get(id)?.state === 'stopping');
    await this._pending.runAll(ids, command);
    wasStopping.forEach(id => this._pending.settle(id));
    this.emitChanged();
  }

  private _receive(data: JobsFact): void {
    this._list = null;
    if (data.jobs) {
      this._replace(data.jobs);
    }
    if (data.job) {
      this._put(data.job);
    }
    if (data.deleted) {
      this._drop(data.deleted);
    }
    this.arrived();
  }

  /** Take over the newest jobs. When there are as many as fit, what is older than they stays. */
  private _replace(jobs: readonly Job[]): void {
    const isFull = jobs.length >= JOBS_PAGE;
    const last = jobs.at(-1);
    const held = new Set(jobs.map(job => job.id));
    for (const job of [...this._jobs.values()]) {
      const isOlder = isFull && last !== undefined && newestFirst(job, last) > 0;
      if (!held.has(job.id) && !isOlder) {
        this._drop(job.id);
      }
    }
    this._hasOlder = isFull && !this._hasAll;
    this._oldest ??= last?.id;
    jobs.forEach(job => this._put(job));
  }

  private _put(job: Job): void {
    const before = this.get(job.id);
    this._order = this._jobs.has(job.id) ? this._order : null;
    this._list = null;
    this._found.delete(job.id);
    this._jobs.set(job.id, job);
    if (before?.state !== job.state) {
      this._pending.settle(job.id);
    }
    if (before && !isFinal(before.state) && isFinal(job.state)) {
      this._ended.emit(job);
    }
  }

  private _drop(id: string): void {
    this._jobs.delete(id);
    this._found.delete(id);
    this._pending.settle(id);
    this._order = null;
    this._list = null;
  }

  private readonly _jobs = new Map<string, Job>();
  /** Jobs that were looked up one by one: known, but not in the list. */
  private readonly _found = new Map<string, Job>();
  private readonly _reruns = new Map<string, Promise<Job>>();
  private readonly _api: JobsApi;
  private readonly _pending = new PendingCommands(() => this.emitChanged());
  private readonly _ended = new Signal<this, Job>(this);
  private _order: string[] | null = null;
  private _list: Job[] | null = null;
  /** Where the list goes on. A change of a still older job may have put it into the list alone. */
  private _oldest?: string;
  private _hasOlder = false;
  private _hasAll = false;
  private _isLoadingOlder = false;
}

function newestFirst(a: Job, b: Job): number {
  if (a.created !== b.created) {
    return a.created < b.created ? 1 : -1;
  }
  return a.id < b.id ? 1 : -1;
}
