import { Signal } from '@lumino/signaling';
import type {
  Figures,
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
} from '../../../../src/api';
import type { IRunQuery } from '../../../../src/api/runs';
import { RunsOfThen } from '../../../../src/managers/runs/ofthen';
import type { IRuns } from '../../../../src/tokens/runs';
import { FakeShown } from '../../live';
import { aJob, FakeJobs } from '../../support';

/** What is told of a metric of which low is better. */
export function figures(last: number, change: Partial<Figures> = {}): Figures {
  return { last, step: 9, min: last, max: 2 * last, count: 10, ...change };
}

/** A run of a job. */
export function aRun(change: Partial<Run> = {}): Run {
  return {
    id: 'a',
    kind: 'job',
    name: 'train',
    state: 'succeeded',
    owner: 'ana',
    created: '2026-11-21T11:00:00Z',
    started: '2026-11-21T11:00:01Z',
    ended: '2026-11-21T11:30:01Z',
    duration: 1800,
    environment: 'server',
    points: 20,
    metrics: { loss: figures(0.5, { goal: 'low', best: 0.4, best_step: 7 }) },
    system: {},
    parameters: { lr: 0.1, net: { depth: 4 } },
    tags: ['paper'],
    group: '',
    note: '',
    favourite: false,
    inputs: { code: 'c0ffee00', commit: 'c0ffee0012345678', environment: 'e1', data: 'd1' },
    lineage: {},
    folder: '',
    reason: '',
    trouble: '',
    ...change
  };
}

/** What runs can be sorted and filtered by. */
export function someFields(): RunFields {
  const field = { runs: 3, kind: 'number', goal: null, min: 0, max: 1 } as const;
  return {
    metrics: [
      { ...field, name: 'loss', goal: 'low' },
      { ...field, name: 'grad norm' }
    ],
    parameters: [{ ...field, name: 'lr' }],
    system: [{ ...field, name: 'memory_bytes' }],
    tags: ['paper'],
    groups: [],
    owners: ['ana'],
    environments: ['server']
  };
}

/** Runs that a test sets, and what was asked of them. */
export class FakeRuns implements IRuns {
  constructor(public list: Run[] = []) {}
  readonly told = new Signal<this, IRunsFact>(this);
  /** The job `b1` among them builds environments. */
  readonly jobs = Object.assign(new FakeJobs(), { list: [aJob({ id: 'b1', state: 'running' })] });
  readonly ofThen = new RunsOfThen(this, this.jobs, null);
  readonly views_: SavedRunView[] = [];
  readonly shown = new FakeShown();
  readonly queries: IRunQuery[] = [];
  readonly commands: unknown[][] = [];
  total: number | null = null;
  pending = 0;
  known: RunFields = someFields();
  failure: Error | null = null;
  /** Never answer: a server that is slow. */
  isSilent = false;
  made: RunAgain = {
    job: aJob({ id: 'again', name: 'train' }),
    inputs: [
      { input: 'code', state: 'restored', reason: 'train.py was changed.', details: ['train.py'] },
      { input: 'parameters', state: 'same', reason: '', details: [] }
    ]
  };
  show(): IFollower {
    return this.shown.show();
  }
  find(query: IRunQuery): Promise<RunList> {
    this.queries.push(query);
    if (this.isSilent) {
      return new Promise(() => undefined);
    }
    const { list, pending } = this;
    const runs = list.slice(0, query.limit);
    return this._answer({ runs, total: this.total ?? list.length, next: null, pending });
  }
  fields(): Promise<RunFields> {
    return Promise.resolve(this.known);
  }
  get(id: string): Promise<Run> {
    const run = this.list.find(one => one.id === id);
    return run ? this._answer(run) : Promise.reject(new Error(`There is no run '${id}'.`));
  }
  merge(ids: readonly string[], name: string): Promise<Run> {
    this.commands.push(['merge', [...ids], name]);
    const run = aRun({ id: 'merged', kind: 'merged', state: 'ended', name });
    return this._answer(run).then(made => {
      this.list = [made, ...this.list];
      this.told.emit({ run: made });
      return made;
    });
  }
  remove(id: string): Promise<void> {
    this.commands.push(['remove', id]);
    return this._answer(undefined).then(() => {
      this.list = this.list.filter(run => run.id !== id);
      this.told.emit({ deleted: id });
    });
  }
  change(id: string, change: RunChange): Promise<Run> {
    this.commands.push(['change', id, change]);
    const run = { ...this.list.find(one => one.id === id)!, ...(change as Partial<Run>) };
    return this._answer(run).then(changed => {
      this.told.emit({ run: changed });
      return changed;
    });
  }
  /** What is answered of the environment that a run had. */
  old: RunEnvironment = { id: 'study-e1-id', name: 'study-e1', ready: false, job: 'b1' };
  again(id: string, how: RunAgainWish): Promise<RunAgain> {
    this.commands.push(['again', id, how]);
    return this._answer(this.made);
  }
  environment(id: string): Promise<RunEnvironment> {
    this.commands.push(['environment', id]);
    return this._answer(this.old);
  }
  views(): Promise<readonly SavedRunView[]> {
    return Promise.resolve([...this.views_]);
  }
  view(name: string): Promise<SavedRunView> {
    const found = this.views_.find(one => one.name === name);
    return found
      ? Promise.resolve(found)
      : Promise.reject(new Error(`There is no view '${name}'.`));
  }
  addressOf(name: string): string {
    return `/lab?runs=${encodeURIComponent(name)}`;
  }
  saveView(name: string, view: RunView): Promise<SavedRunView> {
    this.commands.push(['saveView', name, view]);
    const saved = { name, view, saved: '2026-11-21T12:00:00Z', by: 'ana' };
    return this._answer(saved).then(kept => {
      this.views_.push(kept);
      return kept;
    });
  }
  removeView(name: string): Promise<void> {
    this.commands.push(['removeView', name]);
    return this._answer(undefined).then(() => {
      this.views_.splice(0, this.views_.length, ...this.views_.filter(one => one.name !== name));
    });
  }
  private _answer<T>(value: T): Promise<T> {
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(value);
  }
}
