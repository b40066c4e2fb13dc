import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { KeptVersion } from '../../api';
import { messageOf } from '../../api';
import type { Comparison, IHistory, IPresentFile } from '../../tokens/history';

/** The kept versions of one file: which is looked at, what differs, and what was restored. */
export class VersionsModel implements IDisposable {
  constructor(private readonly _options: VersionsModel.IOptions) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get path(): string {
    return this._options.path;
  }

  /** Newest first; null until they have come. */
  get versions(): readonly KeptVersion[] | null {
    return this._versions;
  }

  /** Why they did not come. */
  get error(): string {
    return this._error;
  }

  get selected(): KeptVersion | null {
    return this._versions?.find(({ id }) => id === this._selected) ?? null;
  }

  /** What differs between the selected version and the file as it is; null until that is known. */
  get comparison(): Comparison | null {
    return this._comparison;
  }

  get comparisonError(): string {
    return this._comparisonError;
  }

  /** The version that was restored here last. */
  get restored(): KeptVersion | null {
    return this._restored;
  }

  /** Whether a version is on its way back. */
  get isBusy(): boolean {
    return this._isBusy;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Ask for the versions again, and compare again. */
  async load(): Promise<void> {
    try {
      this._versions = await this._options.history.versions(this.path);
      this._error = '';
    } catch (error) {
      this._error = messageOf(error);
    }
    if (this.selected === null) {
      // The newest is most often what the file is: the one before tells more.
      const [newest, before = newest] = this._versions ?? [];
      this._selected = before?.id ?? null;
      this._comparison = null;
    }
    this._emit();
    await this._compare();
  }

  select(id: number): void {
    if (id !== this._selected) {
      this._selected = id;
      this._comparison = null;
      this._comparisonError = '';
      this._emit();
      void this._compare();
    }
  }

  /** Restore the selected version, when the user is sure. */
  async restore(): Promise<void> {
    const version = this.selected;
    if (version) {
      await this._bringBack(version, false);
    }
  }

  /** Restore what the file was before the last restoring; that was kept. */
  async undo(): Promise<void> {
    const before = this._before;
    if (before) {
      await this._bringBack(before, true);
    }
  }

  /** Whether what the file was before the last restoring is among the versions. */
  get canUndo(): boolean {
    return this._before !== null;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private async _bringBack(version: KeptVersion, isUndo: boolean): Promise<void> {
    if (this._isBusy) {
      return;
    }
    this._isBusy = true;
    this._emit();
    const made = await this._options.restore(version, isUndo);
    this._isBusy = false;
    if (!made) {
      this._emit();
      return;
    }
    this._restored = version;
    await this.load();
    const [newest, before] = this._versions ?? [];
    this._before = newest?.id === made.id && !isUndo ? (before ?? null) : null;
    this._emit();
  }

  /** Compare, unless another version was chosen by the time of the answer. */
  private async _compare(): Promise<void> {
    const version = this.selected;
    if (!version) {
      return;
    }
    const turn = ++this._turn;
    const settle = (comparison: Comparison | null, error: string): void => {
      if (turn === this._turn) {
        this._comparison = comparison;
        this._comparisonError = error;
        this._emit();
      }
    };
    try {
      settle(await this._options.history.compare(version, this._options.file), '');
    } catch (error) {
      settle(null, messageOf(error));
    }
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _versions: readonly KeptVersion[] | null = null;
  private _error = '';
  private _selected: number | null = null;
  private _comparison: Comparison | null = null;
  private _comparisonError = '';
  private _restored: KeptVersion | null = null;
  private _before: KeptVersion | null = null;
  private _isBusy = false;
  private _turn = 0;
  private _isDisposed = false;
}

/** A namespace for the model's statics. */
export namespace VersionsModel {
  /** What the model needs. */
  export interface IOptions {
    history: IHistory;
    path: string;
    /** The file as it is; null where there is none any more. */
    file: () => Promise<IPresentFile | null>;
    /** Restores a version, after a question unless it is an undo; undefined when nothing was restored. */
    restore: (version: KeptVersion, isUndo: boolean) => Promise<KeptVersion | undefined>;
  }
}
