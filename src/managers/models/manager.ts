import type {
  ApiClient,
  Deployment,
  DeploymentsFact,
  LiveClient,
  Model,
  ModelsFact
} from '../../api';
import { ModelsApi } from '../../api/models';
import type { IModels } from '../../tokens/models';
import { Facts } from '../basics/facts';
import { PendingCommands } from '../basics/pending';

/** The registry and the deployments, kept up to date by the topics `models` and `deployments`. */
export class ModelsManager extends Facts implements IModels {
  constructor(api: ApiClient, live: LiveClient) {
    super();
    this._api = new ModelsApi(api);
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

  async deploy(model: string, version: number): Promise<void> {
    const key = keyOf(model, version);
    await this._pending.run(key, () => this._api.deploy(key));
  }

  undeploy(id: string): Promise<void> {
    return this._api.undeploy(id);
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
  private readonly _pending = new PendingCommands(() => this.emitChanged());
  private _isServingKnown = false;
  private _models: readonly Model[] = [];
  private _deployments: readonly Deployment[] = [];
}

/** A version of a model, as the API names it. */
function keyOf(model: string, version: number): string {
  return `${model}/${version}`;
}
