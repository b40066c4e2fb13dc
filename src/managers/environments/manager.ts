import type {
  Accepted,
  ApiClient,
  Creation,
  Difference,
  Environment,
  EnvironmentsFact,
  LiveClient,
  Package
} from '../../api';
import { EnvironmentsApi } from '../../api/environments';
import type { IEnvironments } from '../../tokens/environments';
import { Facts } from '../basics/facts';
import { PendingCommands } from '../basics/pending';

/** Interpreters without packages: they are chosen, never proposed. */
const BARE: ReadonlySet<string> = new Set(['system', 'pyenv']);

/** The environments of the server, kept up to date by the topic `environments`. */
export class EnvironmentsManager extends Facts implements IEnvironments {
  constructor(api: ApiClient, live: LiveClient) {
    super();
    this._api = new EnvironmentsApi(api);
    this.followValue<EnvironmentsFact>(live, 'environments', data =>
      this._receive(data.environments)
    );
  }

  get list(): readonly Environment[] {
    return this._list;
  }

  nameOf(id: string): string {
    return this._list.find(environment => environment.id === id)?.name ?? id;
  }

  async refresh(): Promise<void> {
    this._receive(await this._api.refresh());
  }

  async nearest(path: string): Promise<string> {
    const near = await this._api.near(path);
    return near.find(one => one.usable && !BARE.has(one.kind))?.id ?? 'server';
  }

  isPending(id: string): boolean {
    return this._pending.has(id);
  }

  async makeKernel(id: string): Promise<void> {
    await this._pending.run(id, () => this._api.makeKernel(id));
    this._pending.settle(id);
    this.emitChanged();
  }

  create(wish: Creation): Promise<Accepted> {
    return this._api.create(wish);
  }

  remove(id: string): Promise<Accepted> {
    return this._api.remove(id);
  }

  install(id: string, packages: readonly string[]): Promise<Accepted> {
    return this._api.install(id, packages);
  }

  packages(id: string): Promise<Package[]> {
    return this._api.packages(id);
  }

  difference(id: string, other: string): Promise<Difference> {
    return this._api.difference(id, other);
  }

  exportUrl(id: string, format: 'requirements' | 'conda'): string {
    return this._api.exportUrl(id, format);
  }

  private _receive(list: readonly Environment[]): void {
    this._list = list;
    this.arrived();
  }

  private readonly _api: EnvironmentsApi;
  private readonly _pending = new PendingCommands(() => this.emitChanged());
  private _list: readonly Environment[] = [];
}
