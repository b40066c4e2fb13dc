import type { IDisposable } from '@lumino/disposable';
import { ApiError, ValueFold } from '../../api';
import type { ApiClient, LiveClient, LoadedWork, NewWork, SnapshotFact, Work } from '../../api';
import { SnapshotsApi } from '../../api/snapshots';
import type { ISnapshots } from '../../tokens/snapshots';
import { PageSaver } from './saver';

/** Work that saves itself, and work that people save under names. */
export class SnapshotsManager implements ISnapshots {
  constructor(
    api: ApiClient,
    private readonly _live: LiveClient
  ) {
    this._api = new SnapshotsApi(api);
  }

  open(page: string, revision: number | null): PageSaver {
    return new PageSaver((change, sending) => this._api.patch(page, change, sending), revision);
  }

  watch(page: string): IDisposable {
    return this._live.follow(`snapshots/${page}`, {
      fold: () => new ValueFold<SnapshotFact>(),
      onData: () => undefined
    });
  }

  me(): Promise<string> {
    return this._api.me();
  }

  async values(page: string): Promise<Record<string, unknown>> {
    try {
      return (await this._api.get(page)).values;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) {
        return {};
      }
      throw error;
    }
  }

  works(page: string): Promise<readonly Work[]> {
    return this._api.works(page);
  }

  load(page: string, name: string, by: string): Promise<LoadedWork> {
    return this._api.load(page, name, by);
  }

  save(page: string, name: string, work: NewWork): Promise<Work> {
    return this._api.save(page, name, work);
  }

  describe(page: string, name: string, change: { note?: string; shared?: boolean }): Promise<Work> {
    return this._api.describe(page, name, change);
  }

  rename(page: string, name: string, to: string): Promise<Work> {
    return this._api.rename(page, name, to);
  }

  remove(page: string, name: string): Promise<void> {
    return this._api.remove(page, name);
  }

  forget(): Promise<void> {
    return this._api.forget();
  }

  private readonly _api: SnapshotsApi;
}
