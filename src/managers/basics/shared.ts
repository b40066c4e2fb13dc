import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import type { IHandle, ISharedModels } from '../../tokens/workbench';

/** Counts who uses each model: made for the first, disposed of after the last. */
export class SharedModels<T extends IDisposable> implements ISharedModels<T> {
  constructor(private readonly _make: (key: string) => T) {}

  acquire(key: string): IHandle<T> {
    const entry = this._entries.get(key) ?? { model: this._make(key), users: 0 };
    this._entries.set(key, entry);
    entry.users++;
    const release = new DisposableDelegate(() => this._release(key));
    return Object.assign(release, { model: entry.model });
  }

  private _release(key: string): void {
    const entry = this._entries.get(key);
    if (entry && --entry.users === 0) {
      this._entries.delete(key);
      entry.model.dispose();
    }
  }

  private readonly _entries = new Map<string, { model: T; users: number }>();
}
