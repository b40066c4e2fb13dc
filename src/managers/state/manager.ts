import type { IDisposable } from '@lumino/disposable';
import type { ApiClient, LiveClient } from '../../api';
import type { StateContent, StateValue } from '../../api/state';
import { newId, StateApi } from '../../api/state';
import type { ISetting, ISharedText, IState, IStates } from '../../tokens/state';
import type { IHandle } from '../../tokens/workbench';
import { SharedModels } from '../basics/shared';
import { StateModel } from './value';

type Texts = SharedModels<ISharedText & IDisposable>;

/** Values and texts that all share, each followed once by a page. */
export class StatesManager implements IStates {
  constructor(
    api: ApiClient,
    private readonly _live: LiveClient,
    readonly session: string = newId()
  ) {
    this._api = new StateApi(api);
    this._values = new SharedModels(key => new StateModel(this._api, _live, key, session));
  }

  state<T = unknown>(key: string): IHandle<IState<T>> {
    return this._values.acquire(key) as unknown as IHandle<IState<T>>;
  }

  async text(key: string): Promise<IHandle<ISharedText>> {
    this._texts ??= this._loadTexts();
    return (await this._texts).acquire(key);
  }

  contentUrl(key: string, content: StateContent): string {
    return this._api.contentUrl(key, content);
  }

  async putContent(
    key: string,
    content: Blob,
    meta: object = {},
    { notify = true, ifVersion }: ISetting = {}
  ): Promise<StateValue> {
    const write = { session: this.session, notify };
    return await this._api.putContent(key, content, meta, write, ifVersion);
  }

  /** Yjs comes with the first text. */
  private async _loadTexts(): Promise<Texts> {
    const { SharedTextModel } = await import(/* webpackChunkName: "text" */ './text');
    return new SharedModels(key => new SharedTextModel(this._api, this._live, key, this.session));
  }

  private readonly _api: StateApi;
  private readonly _values: SharedModels<StateModel>;
  private _texts: Promise<Texts> | undefined;
}
