import type { ApiClient } from './client';
import { at } from './client';
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
    return this._client.send(at('environments', id, 'kernel'), { method: 'POST' });
  }

  create(wish: Creation): Promise<Accepted> {
    return this._client.json<Accepted>('environments', { method: 'POST', body: wish });
  }

  remove(id: string): Promise<Accepted> {
    return this._client.json<Accepted>(at('environments', id), { method: 'DELETE' });
  }

  install(id: string, packages: readonly string[]): Promise<Accepted> {
    const path = at('environments', id, 'packages');
    return this._client.json<Accepted>(path, { method: 'POST', body: { packages } });
  }

  async packages(id: string): Promise<Package[]> {
    const path = at('environments', id, 'packages');
    return (await this._client.json<{ packages: Package[] }>(path)).packages;
  }

  difference(id: string, other: string): Promise<Difference> {
    return this._client.json<Difference>(at('environments', id, 'diff'), { query: { other } });
  }

  exportUrl(id: string, format: 'requirements' | 'conda'): string {
    return this._client.url(at('environments', id, 'export'), { format, download: '1' });
  }

  private async _find(query: Record<string, string>): Promise<Environment[]> {
    const answer = this._client.json<{ environments: Environment[] }>('environments', { query });
    return (await answer).environments;
  }
}
