import type { ApiClient } from './client';
import { at } from './paths';
import type { KeptLayout, KeptVersion } from './types';

/** What can be asked about kept versions of files, and about one's last layouts of Lab. */
export class HistoryApi {
  constructor(private readonly _client: ApiClient) {}

  async versions(path: string): Promise<readonly KeptVersion[]> {
    return (await this._client.json(at('GET', 'history'), { query: { path } })).versions;
  }

  async content(id: number): Promise<Uint8Array> {
    const answer = await this._client.call(at('GET', 'history/{id}', { id: String(id) }));
    return new Uint8Array(await answer.arrayBuffer());
  }

  restore(id: number): Promise<KeptVersion> {
    return this._client.json(at('POST', 'history/{id}/restore', { id: String(id) }));
  }

  async layouts(): Promise<readonly KeptLayout[]> {
    return (await this._client.json(at('GET', 'layouts'))).layouts;
  }

  restoreLayout(id: number): Promise<KeptLayout> {
    return this._client.json(at('POST', 'layouts/{id}/restore', { id: String(id) }));
  }
}
