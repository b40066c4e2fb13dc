import type { IStateDB } from '@jupyterlab/statedb';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { Job } from '../../api';
import { ApiError, isFinal } from '../../api';
import type { IJobs, ISentJobs } from '../../tokens/jobs';

const REMEMBERED = 'jupyter-crispdm:sent-jobs';

/** The jobs that were sent from a notebook and are not over, kept over reloads of the page. */
export class SentJobs implements ISentJobs {
  constructor(
    private readonly _jobs: IJobs,
    private readonly _state: IStateDB | null
  ) {
    _jobs.ended.connect((_, job) => void this._forget(job.id), this);
  }

  /** Emitted for each that ended while no page was open. */
  get endedMeanwhile(): ISignal<this, Job> {
    return this._endedMeanwhile;
  }

  add(id: string): Promise<void> {
    return this._change(ids => [...ids, id]);
  }

  /** See what became of those that were sent from earlier pages. */
  async look(): Promise<void> {
    for (const id of await this._read()) {
      const job = await this._find(id);
      if (job === null || isFinal(job.state)) {
        await this._forget(id);
      }
      if (job !== null && isFinal(job.state)) {
        this._endedMeanwhile.emit(job);
      }
    }
  }

  /** Null when it was deleted; a server that does not answer is asked when the page is opened again. */
  private async _find(id: string): Promise<Job | null> {
    try {
      return await this._jobs.find(id);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) {
        return null;
      }
      throw error;
    }
  }

  private _forget(id: string): Promise<void> {
    return this._change(ids => ids.filter(one => one !== id));
  }

  private async _read(): Promise<readonly string[]> {
    const saved = await this._state?.fetch(REMEMBERED);
    return Array.isArray(saved) ? saved.filter(id => typeof id === 'string') : [];
  }

  /** One change after the other: each begins with what is saved. */
  private _change(change: (ids: readonly string[]) => readonly string[]): Promise<void> {
    this._last = this._last.then(async () => {
      const before = await this._read();
      const after = change(before);
      if (after.length !== before.length) {
        await this._state?.save(REMEMBERED, [...after]);
      }
    });
    return this._last;
  }

  private readonly _endedMeanwhile = new Signal<this, Job>(this);
  private _last: Promise<void> = Promise.resolve();
}
