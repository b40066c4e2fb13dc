import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { AliasHistory, Model } from '../../api';
import { messageOf } from '../../api';
import type { IAsking } from '../../tokens/models';
import { IModels } from '../../tokens/models';
import type { IWorkbench } from '../../tokens/workbench';

export type ModelTab = 'versions' | 'history' | 'try';

/** How the reader left the page; it comes back with the layout. */
export interface IModelView {
  readonly tab: ModelTab;
  /** The versions that are shown side by side; without any, the newest. */
  readonly chosen: readonly number[];
}

const MOST_CHOSEN = 6;
const PLAIN: IModelView = { tab: 'versions', chosen: [] };

/** One model of the registry, for as long as its page is open. */
export class ModelPageModel implements IDisposable {
  constructor(
    readonly workbench: IWorkbench,
    readonly name: string,
    view: Partial<IModelView> = {}
  ) {
    this._view = { ...PLAIN, ...view };
    this.models = workbench.get(IModels);
    this.models.changed.connect(this._onFacts, this);
    this._onFacts();
  }

  readonly models: IModels;

  get model(): Model | undefined {
    return this.models.find(this.name);
  }

  get view(): IModelView {
    return this._view;
  }

  /** The history of the aliases; null as long as nobody told. */
  get history(): AliasHistory | null {
    return this._history;
  }

  /** Why there is no history. */
  get trouble(): string {
    return this._trouble;
  }

  /** Where to ask the newest chosen version that is deployed, or else the newest deployed; null where none is. */
  get asking(): IAsking | null {
    const there = this.model?.versions.map(({ version }) => version) ?? [];
    const version = [...this.chosen, ...there].find(
      one => this.models.deploymentOf(this.name, one)?.state === 'ready'
    );
    if (version !== undefined && version !== this._asked) {
      this._asked = version;
      this._asking = this.models.asking(this.name, version);
    }
    return version === undefined ? null : this._asking;
  }

  /** The versions that are shown side by side, the newest first. */
  get chosen(): readonly number[] {
    const there = this.model?.versions.map(({ version }) => version) ?? [];
    const chosen = there.filter(version => this._view.chosen.includes(version));
    return chosen.length > 0 ? chosen : there.slice(0, 1);
  }

  /** Emitted when the reader changed the view, or the history came. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  setTab(tab: ModelTab): void {
    this._view = { ...this._view, tab };
    this._changed.emit();
  }

  /** Show a version: alone, or beside those that are shown; once more, it goes. */
  choose(version: number, isToo: boolean): void {
    const chosen = this.chosen;
    const others = chosen.filter(one => one !== version);
    const beside = chosen.includes(version) ? others : [...others, version].slice(-MOST_CHOSEN);
    this._view = { ...this._view, chosen: isToo ? beside : [version] };
    this._changed.emit();
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.models.changed.disconnect(this._onFacts, this);
      Signal.clearData(this);
    }
  }

  /** The history is asked for anew when the aliases or the versions are others. */
  private _onFacts(): void {
    const { model } = this;
    const seen = model && JSON.stringify([model.aliases, model.versions.length]);
    if (seen !== undefined && seen !== this._seen) {
      this._seen = seen;
      void this._read();
    }
  }

  private async _read(): Promise<void> {
    const mine = this._seen;
    let history: AliasHistory | null = null;
    let trouble = '';
    try {
      history = await this.models.history(this.name);
    } catch (error) {
      trouble = messageOf(error);
    }
    if (mine === this._seen && !this._isDisposed) {
      this._history = history;
      this._trouble = trouble;
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _view: IModelView;
  private _history: AliasHistory | null = null;
  private _trouble = '';
  private _seen = '';
  private _asked = 0;
  private _asking: IAsking | null = null;
  private _isDisposed = false;
}
