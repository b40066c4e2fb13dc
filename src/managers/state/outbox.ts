import { mergeUpdates } from 'yjs';

/**
 * What was written here and is not known to have arrived.
 *
 * Updates wait in the order in which they were written. What is on its way stays until it is `settled`, so what is lost
 * underway is sent again with the next; a document takes it twice without harm.
 */
export class Outbox {
  get isEmpty(): boolean {
    return this._waiting.length === 0;
  }

  add(update: Uint8Array): void {
    this._waiting.push(update);
  }

  /** All that waits as one update, and what to call once it has arrived. */
  take(): { readonly update: Uint8Array; readonly settled: () => void } {
    const update = mergeUpdates(this._waiting);
    this._waiting = [update];
    return { update, settled: () => (this._waiting = this._waiting.filter(one => one !== update)) };
  }

  private _waiting: Uint8Array[] = [];
}
