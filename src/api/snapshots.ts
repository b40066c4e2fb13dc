import type { ApiClient } from './client';
import { at } from './paths';
import type { LoadedWork, Merged, NewWork, Snapshot, SnapshotChange, Work } from './types';

/** How a change is sent: so that it arrives although the page goes, and so that it can be broken off. */
export interface ISending {
  keepalive: boolean;
  signal: AbortSignal;
}

/** What can be asked about work that saves itself, and about work that people save under names. */
export class SnapshotsApi {
  constructor(private readonly _client: ApiClient) {}

  /** The name of whoever asks, as saved work bears it. */
  async me(): Promise<string> {
    return (await this._client.json(at('GET', 'users/me'))).name;
  }

  get(page: string): Promise<Snapshot> {
    return this._client.json(at('GET', 'snapshots/{page}', { page }));
  }

  patch(page: string, change: SnapshotChange, sending: ISending): Promise<Merged> {
    return this._client.json(at('PATCH', 'snapshots/{page}', { page }), {
      body: change,
      ...sending
    });
  }

  /** Forget all that was saved by itself, of every page. */
  forget(): Promise<void> {
    return this._client.send(at('DELETE', 'snapshots'));
  }

  async works(page: string): Promise<readonly Work[]> {
    return (await this._client.json(at('GET', 'snapshots/{page}/saved', { page }))).saved;
  }

  load(page: string, name: string, by: string): Promise<LoadedWork> {
    return this._client.json(at('GET', 'snapshots/{page}/saved/{name}', { page, name }), {
      query: { by }
    });
  }

  save(page: string, name: string, work: NewWork): Promise<Work> {
    return this._client.json(at('PUT', 'snapshots/{page}/saved/{name}', { page, name }), {
      body: work
    });
  }

  describe(page: string, name: string, change: { note?: string; shared?: boolean }): Promise<Work> {
    return this._client.json(at('PATCH', 'snapshots/{page}/saved/{name}', { page, name }), {
      body: change
    });
  }

  rename(page: string, name: string, to: string): Promise<Work> {
    return this._client.json(at('POST', 'snapshots/{page}/saved/{name}/rename', { page, name }), {
      body: { name: to }
    });
  }

  remove(page: string, name: string): Promise<void> {
    return this._client.send(at('DELETE', 'snapshots/{page}/saved/{name}', { page, name }));
  }
}
