import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { Job, RunEnvironment } from '../../api';
import { ApiError, isFinal, messageOf } from '../../api';
import type { IJobs } from '../../tokens/jobs';
import type { IRunOfThen, IRuns, IRunsOfThen } from '../../tokens/runs';

const REMEMBERED = 'jupyter-crispdm:runs-of-then';

/** Runs that go again in their environment of then: where it is built first, by themselves after that. */
export class RunsOfThen implements IRunsOfThen {
  constructor(
    private readonly _runs: Pick<IRuns, 'again' | 'environment'>,
    private readonly _jobs: IJobs,
    private readonly _storage: Storage | null = storageOfTab()
  ) {
    this._building = remembered(_storage);
    this._building.forEach((environment, id) => this._told.set(id, { environment }));
    this._follow();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get(id: string): IRunOfThen | undefined {
    return this._told.get(id);
  }

  async begin(id: string): Promise<void> {
    this._tell(id, undefined);
    const environment = await this._runs.environment(id);
    if (environment.ready) {
      const again = await this._runs.again(id, { environment: 'then' });
      this._tell(id, { environment, again });
    } else {
      this._building.set(id, environment);
      this._tell(id, { environment });
      this._remember();
      this._follow();
    }
  }

  /** Hear of the jobs that build, for as long as there are any; how they are now is asked for. */
  private _follow(): void {
    if (this._building.size === 0) {
      return;
    }
    if (this._watch === null) {
      this._watch = this._jobs.watch();
      this._jobs.changed.connect(this._look, this);
    }
    this._building.forEach((environment, id) => void this._find(id, environment));
  }

  private async _find(id: string, environment: RunEnvironment): Promise<void> {
    try {
      await this._jobs.find(environment.job ?? '');
      this._look();
    } catch (error) {
      // A server that does not answer tells of the job when it does.
      if (error instanceof ApiError && error.status === 404) {
        this._end(id);
        this._tell(id, { environment, trouble: messageOf(error) });
      }
    }
  }

  private _look(): void {
    [...this._building].forEach(([id, environment]) => {
      const job = this._jobs.get(environment.job ?? '');
      if (job && isFinal(job.state)) {
        this._end(id);
        void this._goOn(id, environment, job);
      }
    });
  }

  private async _goOn(id: string, environment: RunEnvironment, job: Job): Promise<void> {
    if (job.state !== 'succeeded') {
      this._tell(id, { environment, trouble: job.reason || job.state });
      return;
    }
    const built = { ...environment, ready: true };
    try {
      const again = await this._runs.again(id, { environment: 'then' });
      this._tell(id, { environment: built, again });
    } catch (error) {
      this._tell(id, { environment: built, trouble: messageOf(error) });
    }
  }

  /** Forgotten before anything follows: a page that is loaded in between does not run it twice. */
  private _end(id: string): void {
    this._building.delete(id);
    this._remember();
    if (this._building.size === 0) {
      this._jobs.changed.disconnect(this._look, this);
      this._watch?.dispose();
      this._watch = null;
    }
  }

  private _tell(id: string, run: IRunOfThen | undefined): void {
    if (run) {
      this._told.set(id, run);
    } else {
      this._told.delete(id);
    }
    this._changed.emit();
  }

  private _remember(): void {
    try {
      this._storage?.setItem(REMEMBERED, JSON.stringify([...this._building]));
    } catch {
      // Storage that is full: a reload then forgets what was waited for.
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _told = new Map<string, IRunOfThen>();
  private readonly _building: Map<string, RunEnvironment>;
  private _watch: IDisposable | null = null;
}

/** What this tab waited for before it was loaded anew. */
function remembered(storage: Storage | null): Map<string, RunEnvironment> {
  try {
    const kept = JSON.parse(storage?.getItem(REMEMBERED) ?? '[]') as [string, RunEnvironment][];
    return new Map(kept);
  } catch {
    return new Map();
  }
}

/** The tab's own storage: no other tab runs it, too. Null where the browser keeps it shut. */
function storageOfTab(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}
