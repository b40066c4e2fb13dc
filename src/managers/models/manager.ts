import type {
  AliasHistory,
  ApiClient,
  Deployment,
  DeploymentsFact,
  LiveClient,
  Model,
  ModelsFact,
  TrustReport
} from '../../api';
import { ModelsApi } from '../../api/models';
import { DeployedModel } from '../../api/serving';
import type { IAsking, IModels } from '../../tokens/models';
import { Facts } from '../basics/facts';
import { PendingCommands } from '../basics/pending';

/** The registry and the deployments, kept up to date by the topics `models` and `deployments`. */
export class ModelsManager extends Facts implements IModels {
  constructor(api: ApiClient, live: LiveClient) {
    super();
    this._api = new ModelsApi(api);
    this._settings = api.settings;
    this.followValue<ModelsFact>(live, 'models', data => this._receiveModels(data.models));
    this.followValue<DeploymentsFact>(live, 'deployments', data =>
      this._receiveDeployments(data.deployments)
    );
  }

  get list(): readonly Model[] {
    return this._models;
  }

  get deployments(): readonly Deployment[] {
    return this._deployments;
  }

  get isServingKnown(): boolean {
    return this._isServingKnown;
  }

  deploymentOf(model: string, version: number): Deployment | undefined {
    const same = this._deployments.filter(d => d.model === model && d.version === version);
    return same.find(d => d.state !== 'stopped' && d.state !== 'failed') ?? same.at(-1);
  }

  isPending(model: string, version: number): boolean {
    return this._pending.has(keyOf(model, version));
  }

  find(name: string): Model | undefined {
    return this._models.find(model => model.name === name);
  }

  async deploy(model: string, version: number, workers = 1): Promise<void> {
    const key = keyOf(model, version);
    await this._pending.run(key, () => this._api.deploy(key, workers));
  }

  undeploy(id: string): Promise<void> {
    return this._api.undeploy(id);
  }

  history(name: string): Promise<AliasHistory> {
    return this._api.history(name);
  }

  async setAlias(name: string, alias: string, version: number): Promise<void> {
    await this._api.setAlias(name, alias, version);
  }

  removeAlias(name: string, alias: string): Promise<void> {
    return this._api.removeAlias(name, alias);
  }

  async rollBack(name: string, alias: string, current: number): Promise<void> {
    await this._api.rollBack(name, alias, current);
  }

  remove(name: string, version: number): Promise<void> {
    return this._api.remove(name, version);
  }

  trustReport(name: string, version: number): Promise<TrustReport> {
    return this._api.trustReport(name, version);
  }

  trust(
    name: string,
    version: number,
    types: readonly string[],
    reason: string
  ): Promise<TrustReport> {
    return this._api.trust(name, version, types, reason);
  }

  fileUrl(name: string, version: number): string {
    return this._api.fileUrl(name, version);
  }

  logUrl(id: string): string {
    return this._api.logUrl(id);
  }

  asking(name: string, version: number): IAsking {
    return new DeployedModel(name, version, this._settings);
  }

  private _receiveModels(models: readonly Model[]): void {
    this._models = models;
    this.arrived();
  }

  private _receiveDeployments(deployments: readonly Deployment[]): void {
    this._deployments = deployments;
    this._isServingKnown = true;
    deployments.forEach(d => this._pending.settle(keyOf(d.model, d.version)));
    this.arrived();
  }

  private readonly _api: ModelsApi;
  private readonly _settings;
  private readonly _pending = new PendingCommands(() => this.emitChanged());
  private _isServingKnown = false;
  private _models: readonly Model[] = [];
  private _deployments: readonly Deployment[] = [];
}

/** A version of a model, as the API names it. */
function keyOf(model: string, version: number): string {
  return `${model}/${version}`;
}
