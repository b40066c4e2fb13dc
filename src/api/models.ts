import type { ApiClient } from './client';
import { at } from './client';
import type { Deployment } from './types';

/** What can be asked about models and their deployments. */
export class ModelsApi {
  constructor(private readonly _client: ApiClient) {}

  /** Deploy a model: `name/version`. */
  deploy(model: string): Promise<Deployment> {
    return this._client.json<Deployment>('deployments', { method: 'POST', body: { model } });
  }

  undeploy(id: string): Promise<void> {
    return this._client.send(at('deployments', id), { method: 'DELETE' });
  }
}
