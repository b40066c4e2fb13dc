import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type { LoadedWork, NewWork, Work } from '../api';

/** How the saving of a page stands. */
export type SaveState =
  | { readonly kind: 'saved' }
  | { readonly kind: 'saving' }
  /** `reason` says why; what could not be saved is sent again, but for fields that the server refused. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Saves the fields of one page as they change: at most one request a second, the last value of each always. */
export interface IPageSaver extends IDisposable {
  readonly state: SaveState;
  /** What another tab of the same person saved meanwhile, by field. */
  readonly others: ReadonlyMap<string, unknown>;
  readonly changed: ISignal<this, void>;
  /** Save a value, soon. */
  change(field: string, value: unknown): void;
  /** Save what is left now. `isLeaving`: the page may be gone before the answer comes. */
  flush(isLeaving?: boolean): void;
  /** Those of another tab were looked at. */
  dismissOthers(): void;
}

/** Work that saves itself, and work that people save under names. */
export interface ISnapshots {
  /** A saver of a page whose newest known revision is given; null where nothing was saved yet. */
  open(page: string, revision: number | null): IPageSaver;
  /** Keep the page's connection, so that its loss is told, until this is disposed of. */
  watch(page: string): IDisposable;
  /** The name of whoever looks, as saved work bears it. */
  me(): Promise<string>;
  /** What of a page was saved by itself. */
  values(page: string): Promise<Record<string, unknown>>;
  works(page: string): Promise<readonly Work[]>;
  load(page: string, name: string, by: string): Promise<LoadedWork>;
  save(page: string, name: string, work: NewWork): Promise<Work>;
  describe(page: string, name: string, change: { note?: string; shared?: boolean }): Promise<Work>;
  rename(page: string, name: string, to: string): Promise<Work>;
  remove(page: string, name: string): Promise<void>;
  /** Forget all that was saved by itself. */
  forget(): Promise<void>;
}

export const ISnapshots = new Token<ISnapshots>(
  'jupyter-crispdm:ISnapshots',
  'Work that saves itself, and work that people save under names.'
);
