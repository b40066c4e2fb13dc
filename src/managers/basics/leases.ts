import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import type { ILease } from '../../tokens/workbench';

/** Models by key, made when the first view asks for one, disposed of when the last lets go. */
export class Leases<T extends IDisposable> {
  constructor(private readonly _make: (key: string) => T) {}

  take(key: string): ILease<T> {
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
