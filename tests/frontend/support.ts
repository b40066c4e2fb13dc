import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { nullTranslator } from '@jupyterlab/translation';
import type { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type {
  Alert,
  AlertRule,
  Deployment,
  Grace,
  Keep,
  Job,
  LiveState,
  Model,
  Submission
} from '../../src/api';
import type { Command } from '../../src/api/live/frames';
import type { IConnection } from '../../src/tokens/connection';
import { IEnvironments } from '../../src/tokens/environments';
import { IJobs } from '../../src/tokens/jobs';
import { ILogs } from '../../src/tokens/logs';
import { IDiagnosisOfJobs } from '../../src/tokens/diagnosis';
import { ILatestMetrics, IMediaOfJobs, IMetricsOfJobs } from '../../src/tokens/metrics';
import { IModels } from '../../src/tokens/models';
import { ISchedules } from '../../src/tokens/schedules';
import { ISnapshots } from '../../src/tokens/snapshots';
import { IPresence, IStates } from '../../src/tokens/state';
import type { ISharedModels, IWorkbench } from '../../src/tokens/workbench';
import { anEnvironment, FakeEnvironments, FakeFacts, FakeLatest, FakeModels } from './facts';
import { FakeDiagnosis, FakeMedia } from './diagnosis';
import { FakeLive, FakeLog, FakeMetrics, FakeShown, aCurve, addPoints } from './live';
import { FakeSchedules } from './schedules';
import { FakePresence, FakeStates } from './shared';
import { FakeSnapshots } from './snapshots';

export {
  anEnvironment,
  FakeEnvironments,
  FakeLatest,
  FakeLive,
  FakeLog,
  FakeMetrics,
  FakeModels,
  FakeShown,
  aCurve,
  addPoints
};

export const trans: TranslationBundle = nullTranslator.load('jupyter_crispdm');

/** A job that runs; `change` replaces what a test is about. */
export function aJob(change: Partial<Job> = {}): Job {
  return {
    id: 'j1',
    name: 'train',
    kind: 'script',
    state: 'running',
    owner: 'ann',
    environment: 'server',
    command: ['python', 'train.py'],
    cwd: '/work',
    created: '2026-11-21T10:00:00Z',
    started: '2026-11-21T10:00:01Z',
    ended: null,
    pid: 7,
    exit_code: null,
    signal: null,
    reason: '',
    attempt: 1,
    progress: null,
    resources: null,
    parameters: {},
    tags: [],
    source: 'train.py',
    cpus: 1,
    gpus: 0,
    memory: null,
    devices: [],
    stalled: null,
    waiting_for_input: null,
    after: [],
    rerun_of: null,
    schedule: null,
    via: '',
    ...change
  };
}

export function aModel(name = 'unet', versions = 1): Model {
  const numbers = Array.from({ length: versions }, (_, index) => versions - index);
  return {
    name,
    latest: versions,
    aliases: {},
    versions: numbers.map(version => ({
      name,
      version,
      format: 'torch',
      task: 'segmentation',
      classes: ['0', '1'],
      signature: {},
      metadata: {},
      job: 'j1',
      environment: 'server',
      created: '2026-11-21T10:00:00Z',
      size: 10,
      sha256: 'x',
      aliases: [],
      owner: 'ada',
      note: '',
      metrics: {},
      input_example: null,
      script: null,
      script_sha256: null,
      types: [],
      trust: null,
      lineage: {
        job: 'j1',
        run: null,
        parameters: {},
        parameters_hash: null,
        data: null,
        data_hash: null,
        environment: 'server',
        lock_hash: null,
        code: { script: null, sha256: null, commit: null, dirty: null }
      }
    }))
  };
}

export function aDeployment(change: Partial<Deployment> = {}): Deployment {
  return {
    id: 'd1',
    model: 'unet',
    version: 1,
    environment: 'server',
    workers: 1,
    state: 'ready',
    reason: '',
    owner: 'ann',
    url: 'http://127.0.0.1:8503',
    created: '2026-11-21T10:00:00Z',
    alias: '',
    coming: null,
    canary: null,
    comparison: null,
    idle_seconds: null,
    sample: 0,
    rate: 0,
    p50: null,
    p99: null,
    queue: 0,
    cpu_percent: null,
    memory_bytes: null,
    requests: 0,
    errors: 0,
    ...change
  };
}

/** One request that reached the fake server. */
export interface IAsked {
  method: string;
  path: string;
  query: string;
  body: unknown;
  headers: Headers;
}

/** Node's Request takes no signal of jsdom's. */
class AnyRequest extends Request {
  constructor(url: string, { signal, ...init }: RequestInit = {}) {
    super(url, init);
    if (signal) {
      Object.defineProperty(this, 'signal', { value: signal });
    }
  }
}

/** Settings whose fetch is answered by `answer`, and the list of what was asked. */
export function fakeServer(answer: (asked: IAsked) => Response | Promise<Response>): {
  settings: ServerConnection.ISettings;
  asked: IAsked[];
} {
  const asked: IAsked[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const text = await request.text();
    const { method, headers } = request;
    const body: unknown = text === '' ? null : JSON.parse(text);
    const one = { method, path: url.pathname, query: url.search, body, headers };
    asked.push(one);
    return answer(one);
  };
  const settings = ServerConnection.makeSettings({
    baseUrl: 'http://here/base/',
    wsUrl: 'ws://here/base/',
    fetch: fetch as typeof window.fetch,
    Request: AnyRequest as typeof Request,
    WebSocket: FakeSocket as unknown as typeof WebSocket
  });
  return { settings, asked };
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}

/** A socket whose other end is the test. */
export class FakeSocket {
  static made: FakeSocket[] = [];

  static get last(): FakeSocket {
    return FakeSocket.made[FakeSocket.made.length - 1];
  }

  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }

  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  sent: Command[] = [];
  isClosed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Command);
  }

  close(): void {
    this.isClosed = true;
  }

  say(topic: string, seq: number, data: unknown): void {
    this.onmessage?.({ data: JSON.stringify({ topic, seq, data }) });
  }
}

/** Jobs that a test sets, and the commands that a view gave. */
export class FakeJobs extends FakeFacts implements IJobs {
  readonly ended = new Signal<this, Job>(this);
  list: Job[] = [];
  pending = new Set<string>();
  commands: unknown[][] = [];
  failure: Error | null = null;
  hasOlder = false;
  isLoadingOlder = false;
  submitted: Submission = { script: 'train.py' };

  watched = 0;
  watch(): IDisposable {
    this.watched++;
    return { isDisposed: false, dispose: () => void this.watched-- };
  }
  get active(): number {
    return this.list.filter(job => job.ended === null).length;
  }
  get(id: string): Job | undefined {
    return this.list.find(job => job.id === id);
  }
  find(id: string): Promise<Job> {
    const job = this.get(id);
    return job ? Promise.resolve(job) : Promise.reject(new Error('There is no such job.'));
  }
  isPending(id: string): boolean {
    return this.pending.has(id);
  }
  submit(job: Submission): Promise<Job> {
    return this._note(aJob({ id: 'new' }), 'submit', job);
  }
  submission(): Promise<Submission> {
    return Promise.resolve(this.submitted);
  }
  rerun(id: string, changes?: Submission): Promise<Job> {
    return this._note(aJob({ id: 'again' }), 'rerun', id, changes);
  }
  stop(id: string, grace?: Grace, ...keep: Keep[]): Promise<void> {
    return this._note(undefined, 'stop', id, grace, ...keep);
  }
  stopMany(ids: readonly string[], grace?: Grace, ...keep: Keep[]): Promise<void> {
    return this._note(undefined, 'stopMany', ids, grace, ...keep);
  }
  removeMany(ids: readonly string[]): Promise<void> {
    return this._note(undefined, 'removeMany', ids);
  }
  loadOlder(): Promise<void> {
    return this._note(undefined, 'loadOlder');
  }
  stopAll(): Promise<void> {
    return this._note(undefined, 'stopAll');
  }
  remove(id: string): Promise<void> {
    return this._note(undefined, 'remove', id);
  }
  send(id: string, text: string): Promise<void> {
    return this._note(undefined, 'send', id, text);
  }
  endInput(id: string): Promise<void> {
    return this._note(undefined, 'endInput', id);
  }
  watchedFor: Alert[] = [];
  alerts(): Promise<Alert[]> {
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(this.watchedFor);
  }
  setAlerts(id: string, rules: readonly AlertRule[]): Promise<Alert[]> {
    const made = rules.map(rule => ({ rule, raised: false, reason: '', time: null, evidence: [] }));
    return this._note(made, 'setAlerts', id, rules);
  }
  artifacts(): Promise<never[]> {
    return Promise.resolve([]);
  }
  logUrl(id: string): string {
    return `/log/${id}`;
  }
  artifactUrl(id: string, path: string): string {
    return `/artifacts/${id}/${path}`;
  }

  private _note<T>(answer: T, ...command: unknown[]): Promise<T> {
    this.commands.push(command);
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(answer);
  }
}

export class FakeConnection implements IConnection {
  readonly stateChanged = new Signal<this, LiveState>(this);
  state: LiveState = 'open';
  tries = 0;
  reconnect(): void {
    this.tries++;
  }
  become(state: LiveState): void {
    this.state = state;
    this.stateChanged.emit(state);
  }
}

/** A workbench with these jobs; `share` replaces a part, `released` names the handles that were let go. */
export function fakeWorkbench(jobs: FakeJobs): {
  workbench: IWorkbench;
  released: string[];
  share: <T>(token: Token<T>, made: T) => void;
} {
  const released: string[] = [];
  const shared = <T>(name: string, model: T): ISharedModels<T> => ({
    acquire: () => ({ model, isDisposed: false, dispose: () => void released.push(name) })
  });
  const parts = new Map<Token<unknown>, unknown>();
  const share = <T>(token: Token<T>, made: T): void => void parts.set(token, made);
  share(IJobs, jobs);
  share(IEnvironments, new FakeEnvironments());
  share(IModels, new FakeModels());
  share(ILatestMetrics, new FakeLatest());
  share(ISchedules, new FakeSchedules());
  share(ISnapshots, new FakeSnapshots());
  share(IStates, new FakeStates());
  share(IPresence, new FakePresence());
  share(ILogs, shared('log', new FakeLog()));
  share(IMetricsOfJobs, shared('metrics', new FakeMetrics()));
  share(IDiagnosisOfJobs, shared('diagnosis', new FakeDiagnosis()));
  share(IMediaOfJobs, shared('media', new FakeMedia()));
  const get = <T>(token: Token<T>): T => parts.get(token) as T;
  return { workbench: { connection: new FakeConnection(), get }, released, share };
}

/** Give every element a size, so that a list knows what is visible. */
export function giveSize(height: number): void {
  const size = { configurable: true, value: height };
  Object.defineProperty(HTMLElement.prototype, 'offsetHeight', size);
  Object.defineProperty(HTMLElement.prototype, 'offsetWidth', { ...size, value: 300 });
}
