import type { ApiClient } from './client';
import { at } from './paths';
import type { Accepted, Creation, Difference, Environment, Package } from './types';

/** What can be asked about environments. */
export class EnvironmentsApi {
  constructor(private readonly _client: ApiClient) {}

  /** All of them, looked for anew. */
  async refresh(): Promise<Environment[]> {
    return this._find({ refresh: '1' });
  }

  /** All of them, those of the projects around a file first, the nearest one at the top. */
  async near(path: string): Promise<Environment[]> {
    return this._find({ near: path });
  }

  makeKernel(id: string): Promise<void> {
    return this._client.send(at('POST', 'environments/{id}/kernel', { id }));
  }

  create(wish: Creation): Promise<Accepted> {
    return this._client.json(at('POST', 'environments'), { body: wish });
  }

  remove(id: string): Promise<Accepted> {
    return this._client.json(at('DELETE', 'environments/{id}', { id }));
  }

  install(id: string, packages: readonly string[]): Promise<Accepted> {
    const address = at('POST', 'environments/{id}/packages', { id });
    return this._client.json(address, { body: { packages } });
  }

  async packages(id: string): Promise<Package[]> {
    return (await this._client.json(at('GET', 'environments/{id}/packages', { id }))).packages;
  }

  difference(id: string, other: string): Promise<Difference> {
    return this._client.json(at('GET', 'environments/{id}/diff', { id }), { query: { other } });
  }

  exportUrl(id: string, format: 'requirements' | 'conda'): string {
    return this._client.url(at('GET', 'environments/{id}/export', { id }), {
      format,
      download: '1'
    });
  }

  private async _find(query: Record<string, string>): Promise<Environment[]> {
    return (await this._client.json(at('GET', 'environments'), { query })).environments;
  }
}
