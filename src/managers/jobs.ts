import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { ApiClient, Artifact, Job, JobsData, LiveClient, Submission } from '../api';
import { isFinal } from '../api';
import type { IJobs } from '../tokens';
import { Facts } from './facts';
import { Pending } from './pending';

/** The jobs of the server, kept up to date by the topic `jobs`. */
export class JobsManager extends Facts implements IJobs {
  constructor(
    private readonly _api: ApiClient,
    live: LiveClient
  ) {
    super();
    this.own(
      live.subscribe<JobsData>('jobs', {
        onData: data => this._receive(data),
        onError: this.refused
      })
    );
  }

  get list(): readonly Job[] {
    this._sorted ??= [...this._jobs.values()].sort(newestFirst);
    return this._sorted;
  }

  get active(): number {
    return this.list.filter(job => !isFinal(job.state)).length;
  }

  get ended(): ISignal<this, Job> {
    return this._ended;
  }

  get(id: string): Job | undefined {
    return this._jobs.get(id);
  }

  async find(id: string): Promise<Job> {
    return this.get(id) ?? (await this._api.jobs.get(id));
  }

  isPending(id: string): boolean {
    return this._pending.has(id);
  }

  submit(job: Submission): Promise<Job> {
    return this._api.jobs.submit(job);
  }

  async rerun(id: string): Promise<Job> {
    return this.submit(asSubmission(await this.find(id)));
  }

  stop(id: string): Promise<void> {
    return this._pending.run(id, () => this._api.jobs.stop(id));
  }

  stopAll(): Promise<void> {
    return this._api.jobs.stopAll();
  }

  remove(id: string): Promise<void> {
    return this._pending.run(id, () => this._api.jobs.remove(id));
  }

  send(id: string, text: string): Promise<void> {
    return this._api.jobs.send(id, { text });
  }

  endInput(id: string): Promise<void> {
    return this._api.jobs.send(id, { eof: true });
  }

  artifacts(id: string): Promise<Artifact[]> {
    return this._api.jobs.artifacts(id);
  }

  logUrl(id: string): string {
    return this._api.jobs.logUrl(id);
  }

  artifactUrl(id: string, path: string): string {
    return this._api.jobs.artifactUrl(id, path);
  }

  private _receive(data: JobsData): void {
    this._sorted = null;
    if (data.jobs) {
      this._replace(data.jobs);
    }
    if (data.job) {
      this._put(data.job);
    }
    if (data.deleted) {
      this._jobs.delete(data.deleted);
      this._pending.settle(data.deleted);
    }
    this.arrived();
  }

  private _replace(jobs: readonly Job[]): void {
    const held = new Set(jobs.map(job => job.id));
    [...this._jobs.keys()].filter(id => !held.has(id)).forEach(id => this._jobs.delete(id));
    jobs.forEach(job => this._put(job));
  }

  private _put(job: Job): void {
    const before = this._jobs.get(job.id);
    this._jobs.set(job.id, job);
    if (before?.state !== job.state) {
      this._pending.settle(job.id);
    }
    if (before && !isFinal(before.state) && isFinal(job.state)) {
      this._sorted = null;
      this._ended.emit(job);
    }
  }

  private readonly _jobs = new Map<string, Job>();
  private readonly _pending = new Pending(() => this.emitChanged());
  private readonly _ended = new Signal<this, Job>(this);
  private _sorted: Job[] | null = null;
}

function newestFirst(a: Job, b: Job): number {
  return b.created.localeCompare(a.created) || b.id.localeCompare(a.id);
}

/** What must be sent to get the same job again. */
function asSubmission(job: Job): Submission {
  const { command, cwd, environment, name, parameters, tags } = job;
  return { command, cwd, environment, name, parameters, tags };
}
