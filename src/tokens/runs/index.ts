import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type {
  IFollower,
  IRunsFact,
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
import type { IRunQuery } from '../../api/runs';

/** A run on its way again in the environment that it had; neither `again` nor `trouble` while that is built. */
export interface IRunOfThen {
  /** The environment; `job` builds it, or built it. */
  readonly environment: RunEnvironment;
  /** What it runs again as. */
  readonly again?: RunAgain;
  /** Why it does not: the build failed, or, where the environment is `ready`, the server refused. */
  readonly trouble?: string;
}

/** Runs that go again in the environment that they had. */
export interface IRunsOfThen {
  readonly changed: ISignal<IRunsOfThen, void>;
  get(id: string): IRunOfThen | undefined;
  /** Run it again: at once where its environment is there, else once it is built. Rejects with what speaks against it. */
  begin(id: string): Promise<void>;
}

/** The runs of the server: those of jobs, and those of programs outside jobs. */
export interface IRuns {
  /** Emitted with a run that changed or was deleted; where nothing is named, any of them may be another. */
  readonly told: ISignal<IRuns, IRunsFact>;
  readonly ofThen: IRunsOfThen;
  /** Have changes told until the answer is disposed of. */
  show(): IFollower;
  find(query: IRunQuery, signal?: AbortSignal): Promise<RunList>;
  /** What runs can be filtered and sorted by. */
  fields(): Promise<RunFields>;
  /** One run; rejected where there is none of that id. */
  get(id: string): Promise<Run>;
  /** Make one run of several: of each metric, from the first step of a later run on, that run holds alone. */
  merge(ids: readonly string[], name: string): Promise<Run>;
  /** Delete a merged run; those that it was made of stay. */
  remove(id: string): Promise<void>;
  change(id: string, change: RunChange): Promise<Run>;
  /** Run it again, with the code of then unless it is told otherwise. */
  again(id: string, how: RunAgainWish): Promise<RunAgain>;
  /** Begin to build the environment that it had, unless it is there. */
  environment(id: string): Promise<RunEnvironment>;
  /** Ways to look at the table, which everybody can open. */
  views(): Promise<readonly SavedRunView[]>;
  view(name: string): Promise<SavedRunView>;
  /** Lab's address that opens the view of a name: the plugin of links reads it. */
  addressOf(name: string): string;
  saveView(name: string, view: RunView): Promise<SavedRunView>;
  removeView(name: string): Promise<void>;
}

export const IRuns = new Token<IRuns>('jupyter-crispdm:IRuns', 'The runs of the server.');

/** The commands for runs. */
export namespace RunCommands {
  export const openTable = 'jupyter-crispdm:open-runs';
  export const followLink = 'jupyter-crispdm:follow-runs-link';
}
