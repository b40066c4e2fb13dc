import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type {
  ApiClient,
  IFollower,
  IRunsFact,
  LiveClient,
  Run,
  RunAgain,
  RunAgainWish,
  RunChange,
  RunEnvironment,
  RunFields,
  RunList,
  RunView,
  SavedRunView
} from '../../api';
import { TableFold } from '../../api';
import type { IRunQuery } from '../../api/runs';
import { RunsApi } from '../../api/runs';
import type { IJobs } from '../../tokens/jobs';
import type { IRuns, IRunsOfThen } from '../../tokens/runs';
import { RunsOfThen } from './ofthen';

/** Asks the server about runs, and tells what the topic `runs` says while somebody looks. */
export class RunsManager implements IRuns {
  constructor(
    api: ApiClient,
    private readonly _live: LiveClient,
    jobs: IJobs
  ) {
    this._api = new RunsApi(api);
    this.ofThen = new RunsOfThen(this, jobs);
  }

  readonly ofThen: IRunsOfThen;

  get told(): ISignal<this, IRunsFact> {
    return this._told;
  }

  show(): IFollower {
    return this._live.follow('runs', {
      fold: () =>
        new TableFold<Run, IRunsFact>(
          run => run.id,
          ({ runs, run, deleted }) => ({ whole: runs, changed: run, deleted })
        ),
      onData: (_, data) => this._told.emit(data ?? {})
    });
  }

  find(query: IRunQuery, signal?: AbortSignal): Promise<RunList> {
    return this._api.find(query, signal);
  }

  fields(): Promise<RunFields> {
    return this._api.fields();
  }

  get(id: string): Promise<Run> {
    return this._api.get(id);
  }

  async merge(ids: readonly string[], name: string): Promise<Run> {
    const run = await this._api.merge(ids, name);
    this._told.emit({ run });
    return run;
  }

  async remove(id: string): Promise<void> {
    await this._api.remove(id);
    this._told.emit({ deleted: id });
  }

  async change(id: string, change: RunChange): Promise<Run> {
    const run = await this._api.change(id, change);
    this._told.emit({ run });
    return run;
  }

  again(id: string, how: RunAgainWish): Promise<RunAgain> {
    return this._api.again(id, how);
  }

  environment(id: string): Promise<RunEnvironment> {
    return this._api.environment(id);
  }

  views(): Promise<readonly SavedRunView[]> {
    return this._api.views();
  }

  view(name: string): Promise<SavedRunView> {
    return this._api.view(name);
  }

  addressOf(name: string): string {
    return this._api.addressOf(name);
  }

  saveView(name: string, view: RunView): Promise<SavedRunView> {
    return this._api.saveView(name, view);
  }

  removeView(name: string): Promise<void> {
    return this._api.removeView(name);
  }

  private readonly _api: RunsApi;
  private readonly _told = new Signal<this, IRunsFact>(this);
}
