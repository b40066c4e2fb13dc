import type { ApiClient, KeptLayout, KeptVersion } from '../../api';
import { HistoryApi } from '../../api/history';
import type { Comparison, IHistory, IPresentFile } from '../../tokens/history';

/** Bytes above which a file is not compared: the page would stand still meanwhile. */
export const MOST_COMPARED = 2 * 1024 * 1024;

/** What files were when they were saved, and the last layouts of Lab, as the server keeps them. */
export class HistoryManager implements IHistory {
  constructor(api: ApiClient) {
    this._api = new HistoryApi(api);
  }

  versions(path: string): Promise<readonly KeptVersion[]> {
    return this._api.versions(path);
  }

  async compare(
    version: KeptVersion,
    file: () => Promise<IPresentFile | null>
  ): Promise<Comparison> {
    const present = await file();
    if (present === null) {
      return { kind: 'gone' };
    }
    if (Math.max(version.size, present.size) > MOST_COMPARED) {
      return { kind: 'too-large' };
    }
    const [before, after, { compareContents }] = await Promise.all([
      this._api.content(version.id),
      present.read(),
      import('./compare')
    ]);
    return compareContents(before, after, /\.ipynb$/i.test(version.path));
  }

  restore(id: number): Promise<KeptVersion> {
    return this._api.restore(id);
  }

  layouts(): Promise<readonly KeptLayout[]> {
    return this._api.layouts();
  }

  restoreLayout(id: number): Promise<KeptLayout> {
    return this._api.restoreLayout(id);
  }

  private readonly _api: HistoryApi;
}
