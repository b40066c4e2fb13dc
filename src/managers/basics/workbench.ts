import { ServerConnection } from '@jupyterlab/services';
import type { Token } from '@lumino/coreutils';
import { ApiClient, LiveClient } from '../../api';
import type { IWorkbench } from '../../tokens/workbench';

const pages = new Map<string, Workbench>();

/** Something that a room shares: its token, and how it is made. */
export interface IProvider {
  readonly token: Token<unknown>;
  readonly make: (workbench: Workbench) => unknown;
}

/** Say what is shared under a token; it is made when somebody first asks for it. */
export function provide<T>(token: Token<T>, make: (workbench: Workbench) => T): IProvider {
  return { token, make };
}

/**
 * All that the views of a page share, each part made when it is first asked for.
 *
 * Lab's panels and the widgets of notebooks and dashboards take it from `shared`, so that a page has one
 * socket and one copy of each fact. It lives as long as the page. What it holds is said by the rooms.
 */
export class Workbench implements IWorkbench {
  constructor(
    providers: readonly IProvider[],
    settings: ServerConnection.ISettings = ServerConnection.makeSettings()
  ) {
    this.api = new ApiClient(settings);
    this.connection = new LiveClient(settings);
    for (const { token, make } of providers) {
      if (this._makers.has(token)) {
        throw new Error(`${token.name} is provided twice.`);
      }
      this._makers.set(token, make);
    }
  }

  /** The workbench of this page for a server; made when it is first asked for. */
  static shared(
    providers: readonly IProvider[],
    settings: ServerConnection.ISettings = ServerConnection.makeSettings()
  ): Workbench {
    const found = pages.get(settings.baseUrl) ?? new Workbench(providers, settings);
    pages.set(settings.baseUrl, found);
    return found;
  }

  readonly api: ApiClient;
  readonly connection: LiveClient;

  get<T>(token: Token<T>): T {
    if (!this._made.has(token)) {
      const make = this._makers.get(token);
      if (!make) {
        throw new Error(`No room provides ${token.name}.`);
      }
      this._made.set(token, make(this));
    }
    return this._made.get(token) as T;
  }

  private readonly _makers = new Map<Token<unknown>, IProvider['make']>();
  private readonly _made = new Map<Token<unknown>, unknown>();
}
