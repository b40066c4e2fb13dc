import { Signal } from '@lumino/signaling';
import type {
  Accepted,
  AliasHistory,
  Creation,
  Deployment,
  Difference,
  Environment,
  Job,
  Model,
  Package,
  TrustReport
} from '../../src/api';
import type { IEnvironments } from '../../src/tokens/environments';
import type { IFacts } from '../../src/tokens/facts';
import type { ILatestMetrics, Latest } from '../../src/tokens/metrics';
import type { IModelMetadata, InferReply, IRequestTensor, Prediction } from '../../src/api/serving';
import type { IAskedText, IPiece } from '../../src/api/text/writing';
import type { IAsking, IModels } from '../../src/tokens/models';

/** Facts that are there at once. */
export class FakeFacts implements IFacts {
  readonly changed = new Signal<this, void>(this);
  isReady = true;
  error = '';
  isDisposed = false;
  dispose(): void {
    this.isDisposed = true;
  }
}

/** A model that takes two numbers and a text, and answers with their sum and a class. */
export class FakeAsking implements IAsking {
  name = 'unet';
  version = 2;
  asked: (readonly unknown[])[] = [];
  found: Prediction[] = [];
  pieces: readonly IPiece[] = [];
  url = 'http://here/crispdm/serving/v2/models/unet/versions/2/infer';
  described: IModelMetadata | Error = {
    name: 'unet',
    versions: ['2'],
    platform: 'crispdm_mlp',
    inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 3] }],
    outputs: [{ name: 'scores', datatype: 'FP32', shape: [-1, 2] }],
    parameters: { algorithm: 'mlp', dataset: 'irises', classes: ['setosa', 'virginica'] }
  };
  reply: (inputs: readonly IRequestTensor[]) => Promise<InferReply> = inputs =>
    Promise.resolve({
      id: '',
      model_name: 'unet',
      model_version: '2',
      outputs: [
        {
          name: 'scores',
          datatype: 'FP32',
          parameters: {},
          shape: [inputs[0].shape[0], 2],
          data: inputs[0].data.slice(0, 2 * inputs[0].shape[0]).map(value => Number(value) / 3)
        }
      ]
    });
  describe(): Promise<IModelMetadata> {
    const { described } = this;
    return described instanceof Error ? Promise.reject(described) : Promise.resolve(described);
  }
  infer(inputs: readonly IRequestTensor[]): Promise<InferReply> {
    return this.reply(inputs);
  }
  predict(images: readonly string[], weight: string): Promise<Prediction[]> {
    this.asked.push([images, weight]);
    return Promise.resolve(this.found);
  }
  async *write(asked: IAskedText): AsyncGenerator<IPiece, void, void> {
    this.asked.push([asked.prompt]);
    await Promise.resolve();
    yield* this.pieces;
  }
}

export class FakeModels extends FakeFacts implements IModels {
  list: Model[] = [];
  deployments: Deployment[] = [];
  isServingKnown = true;
  pending = false;
  deploymentOf(model: string, version: number): Deployment | undefined {
    return this.deployments.find(d => d.model === model && d.version === version);
  }
  isPending(): boolean {
    return this.pending;
  }
  /** What was asked of the registry, one entry a call. */
  asked: unknown[][] = [];
  told: AliasHistory | Error = { name: 'unet', history: [], back: {} };
  report: TrustReport = { types: [], untrusted: [], imports: [], trust: null };
  find(name: string): Model | undefined {
    return this.list.find(model => model.name === name);
  }
  deploy(): Promise<void> {
    return Promise.resolve();
  }
  undeploy(): Promise<void> {
    return Promise.resolve();
  }
  history(name: string): Promise<AliasHistory> {
    this.asked.push(['history', name]);
    return this.told instanceof Error ? Promise.reject(this.told) : Promise.resolve(this.told);
  }
  setAlias(...given: [string, string, number]): Promise<void> {
    return this._done('setAlias', ...given);
  }
  removeAlias(...given: [string, string]): Promise<void> {
    return this._done('removeAlias', ...given);
  }
  rollBack(...given: [string, string, number]): Promise<void> {
    return this._done('rollBack', ...given);
  }
  remove(...given: [string, number]): Promise<void> {
    return this._done('remove', ...given);
  }
  trustReport(): Promise<TrustReport> {
    return Promise.resolve(this.report);
  }
  async trust(...given: [string, number, readonly string[], string]): Promise<TrustReport> {
    await this._done('trust', ...given);
    return this.report;
  }
  fileUrl(name: string, version: number): string {
    return `/models/${name}/${version}`;
  }
  logUrl(id: string): string {
    return `/deployments/${id}/log`;
  }
  asking(): IAsking {
    return this.answering;
  }
  answering: IAsking = new FakeAsking();
  private _done(...given: unknown[]): Promise<void> {
    this.asked.push(given);
    return Promise.resolve();
  }
}

/** The newest metrics that a test sets. */
export class FakeLatest extends FakeFacts implements ILatestMetrics {
  known = new Map<string, Latest>();
  wanted: string[] = [];
  of(id: string): Latest | undefined {
    return this.known.get(id);
  }
  want(jobs: readonly Job[]): void {
    this.wanted = jobs.map(job => job.id);
  }
}

export function anEnvironment(change: Partial<Environment> = {}): Environment {
  return {
    id: 'server',
    name: 'server',
    kind: 'server',
    prefix: '/opt/lab',
    python: '/opt/lab/bin/python',
    version: '3.11.7',
    kernel: { name: 'python3', ready: true, reason: '', old: false },
    usable: true,
    reason: '',
    removable: false,
    ...change
  };
}

export class FakeEnvironments extends FakeFacts implements IEnvironments {
  list: Environment[] = [anEnvironment()];
  nameOf(id: string): string {
    return this.list.find(one => one.id === id)?.name ?? id;
  }
  refresh(): Promise<void> {
    return Promise.resolve();
  }
  failure: Error | null = null;
  commands: unknown[] = [];
  nearest(): Promise<string> {
    return Promise.resolve('server');
  }
  isPending(): boolean {
    return false;
  }
  makeKernel(): Promise<void> {
    return Promise.resolve();
  }
  create(wish: Creation): Promise<Accepted> {
    return this._begin('create', wish);
  }
  remove(id: string): Promise<Accepted> {
    return this._begin('remove', id);
  }
  install(id: string, packages: readonly string[]): Promise<Accepted> {
    return this._begin('install', id, packages);
  }
  packages(): Promise<Package[]> {
    return Promise.resolve([]);
  }
  difference(): Promise<Difference> {
    return Promise.resolve({ only_here: [], only_there: [], different: [], same: 0 });
  }
  exportUrl(id: string, format: string): string {
    return `/environments/${id}/export?format=${format}`;
  }
  private _begin(...command: unknown[]): Promise<Accepted> {
    this.commands.push(command);
    const accepted = { job: 'j1', id: 'e1', environment: 'e1', prefix: '/e1' };
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(accepted);
  }
}
