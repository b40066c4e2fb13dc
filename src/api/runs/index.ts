import { URLExt } from '@jupyterlab/coreutils';
import type { ApiClient } from '../client';
import { at } from '../paths';
import type {
  Run,
  RunAgain,
  RunAgainWish,
  RunChange,
  RunDetail,
  RunEnvironment,
  RunFields,
  RunList,
  RunView,
  SavedRunView
} from '../types';

/** Which runs to list, and in which order. */
export interface IRunQuery {
  readonly filter: string;
  readonly sort: string;
  readonly limit: number;
}

/** What can be asked about runs. */
export class RunsApi {
  constructor(private readonly _client: ApiClient) {}

  find({ filter, sort, limit }: IRunQuery, signal?: AbortSignal): Promise<RunList> {
    const query = { filter, sort, limit: String(limit) };
    return this._client.json(at('GET', 'runs'), { query, ...(signal && { signal }) });
  }

  fields(): Promise<RunFields> {
    return this._client.json(at('GET', 'runs/fields'));
  }

  get(id: string): Promise<RunDetail> {
    return this._client.json(at('GET', 'runs/{id}', { id }));
  }

  /** Make one run of several. */
  merge(ids: readonly string[], name: string): Promise<Run> {
    return this._client.json(at('POST', 'runs/merge'), { body: { ids: [...ids], name } });
  }

  /** Delete a merged run; those that it was made of stay. */
  remove(id: string): Promise<void> {
    return this._client.send(at('DELETE', 'runs/{id}', { id }));
  }

  change(id: string, change: RunChange): Promise<Run> {
    return this._client.json(at('PATCH', 'runs/{id}', { id }), { body: change });
  }

  /** Run a run again with the code and in the environment of then, or as they stand now. */
  again(id: string, how: RunAgainWish): Promise<RunAgain> {
    return this._client.json(at('POST', 'runs/{id}/again', { id }), { body: how });
  }

  /** Begin to build the environment that a run had, unless it is there. */
  environment(id: string): Promise<RunEnvironment> {
    return this._client.json(at('POST', 'runs/{id}/environment', { id }));
  }

  async views(): Promise<SavedRunView[]> {
    return (await this._client.json(at('GET', 'runs/views'))).views;
  }

  view(name: string): Promise<SavedRunView> {
    return this._client.json(at('GET', 'runs/views/{name}', { name }));
  }

  /** Lab's address that opens a view, as a path from the server's root. */
  addressOf(name: string): string {
    const lab = URLExt.join(this._client.settings.baseUrl, 'lab');
    return `${lab}?runs=${encodeURIComponent(name)}`;
  }

  saveView(name: string, view: RunView): Promise<SavedRunView> {
    return this._client.json(at('PUT', 'runs/views/{name}', { name }), { body: view });
  }

  removeView(name: string): Promise<void> {
    return this._client.send(at('DELETE', 'runs/views/{name}', { name }));
  }
}
