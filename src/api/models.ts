import type { ApiClient } from './client';
import { at } from './paths';
import type { Deployment } from './types';

/** What can be asked about models and their deployments. */
export class ModelsApi {
  constructor(private readonly _client: ApiClient) {}

  /** Deploy a model: `name/version`. */
  deploy(model: string): Promise<Deployment> {
    return this._client.json(at('POST', 'deployments'), { body: { model } });
  }

  undeploy(id: string): Promise<void> {
    return this._client.send(at('DELETE', 'deployments/{id}', { id }));
  }
}
