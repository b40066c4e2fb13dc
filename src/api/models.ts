import type { ApiClient } from './client';
import { at } from './paths';
import type { AliasHistory, Deployment, ModelVersion, TrustReport } from './types';

/** What can be asked about models and their deployments. */
export class ModelsApi {
  constructor(private readonly _client: ApiClient) {}

  /** Deploy a model: `name/version` or `name@alias`. */
  deploy(model: string, workers = 1): Promise<Deployment> {
    return this._client.json(at('POST', 'deployments'), { body: { model, workers } });
  }

  undeploy(id: string): Promise<void> {
    return this._client.send(at('DELETE', 'deployments/{id}', { id }));
  }

  /** Which version bore which alias from when until when. */
  history(name: string): Promise<AliasHistory> {
    return this._client.json(at('GET', 'models/{name}/history', { name }));
  }

  setAlias(name: string, alias: string, version: number): Promise<ModelVersion> {
    return this._client.json(at('PUT', 'models/{name}/aliases/{alias}', { name, alias }), {
      body: { version }
    });
  }

  removeAlias(name: string, alias: string): Promise<void> {
    return this._client.send(at('DELETE', 'models/{name}/aliases/{alias}', { name, alias }));
  }

  /** Point an alias to the version before; refused where it is not `current`'s any more. */
  rollBack(name: string, alias: string, current: number): Promise<ModelVersion> {
    const address = at('POST', 'models/{name}/aliases/{alias}/rollback', { name, alias });
    return this._client.json(address, { body: { if_version: current } });
  }

  remove(name: string, version: number): Promise<void> {
    return this._client.send(
      at('DELETE', 'models/{name}/versions/{number}', { name, number: String(version) })
    );
  }

  /** What a version's file would build, and what of it nobody has trusted. */
  trustReport(name: string, version: number): Promise<TrustReport> {
    return this._client.json(
      at('GET', 'models/{name}/versions/{number}/trust', { name, number: String(version) })
    );
  }

  /** Trust types that a version's file would build, for a reason. */
  trust(
    name: string,
    version: number,
    types: readonly string[],
    reason: string
  ): Promise<TrustReport> {
    const address = at('POST', 'models/{name}/versions/{number}/trust', {
      name,
      number: String(version)
    });
    return this._client.json(address, { body: { types, reason } });
  }

  /** Where a version's file can be read. */
  fileUrl(name: string, version: number): string {
    return this._client.url(
      at('GET', 'models/{name}/versions/{number}/file', { name, number: String(version) })
    );
  }

  /** Where the log of a deployment can be read. */
  logUrl(id: string): string {
    return this._client.url(at('GET', 'deployments/{id}/log', { id }));
  }
}
