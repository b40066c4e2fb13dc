import type { ApiClient, Environment, EnvironmentsData, LiveClient } from '../api';
import type { IEnvironments } from '../tokens';
import { Facts } from './facts';

/** The environments of the server, kept up to date by the topic `environments`. */
export class EnvironmentsManager extends Facts implements IEnvironments {
  constructor(
    private readonly _api: ApiClient,
    live: LiveClient
  ) {
    super();
    this.own(
      live.subscribe<EnvironmentsData>('environments', {
        onData: data => this._receive(data.environments),
        onError: this.refused
      })
    );
  }

  get list(): readonly Environment[] {
    return this._list;
  }

  nameOf(id: string): string {
    return this._list.find(environment => environment.id === id)?.name ?? id;
  }

  async refresh(): Promise<void> {
    this._receive(await this._api.environments.list(true));
  }

  makeKernel(id: string): Promise<void> {
    return this._api.environments.makeKernel(id);
  }

  private _receive(list: readonly Environment[]): void {
    this._list = list;
    this.arrived();
  }

  private _list: readonly Environment[] = [];
}
