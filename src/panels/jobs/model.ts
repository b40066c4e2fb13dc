import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { Job } from '../../api';
import { filterJobs } from '../../components/jobs/filter';
import type { IEnvironments } from '../../tokens/environments';
import type { IJobs } from '../../tokens/jobs';

/** What the jobs section shows: the jobs that match the filter, and which one is open. */
export class JobsPanelModel implements IDisposable {
  constructor(
    readonly jobs: IJobs,
    readonly environments: IEnvironments
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get filter(): string {
    return this._filter;
  }

  set filter(text: string) {
    this._filter = text;
    this._changed.emit();
  }

  /** The job that is open in the main area. */
  get selected(): string | null {
    return this._selected;
  }

  set selected(id: string | null) {
    if (id !== this._selected) {
      this._selected = id;
      this._changed.emit();
    }
  }

  get shown(): readonly Job[] {
    return filterJobs(this.jobs.list, this._filter, id => this.environments.nameOf(id));
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private readonly _changed = new Signal<this, void>(this);
  private _filter = '';
  private _selected: string | null = null;
  private _isDisposed = false;
}
