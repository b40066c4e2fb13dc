import type { ISignal } from '@lumino/signaling';
import type { Work } from '../../api';

/** A value that did not fit, and why: a sentence, or one of the words that `reasonText` knows. */
export interface IMisfit {
  readonly name: string;
  readonly reason: string;
}

/** What somebody did with saved work. */
export type Action =
  | 'list'
  | 'save'
  | 'load'
  | 'undo'
  | 'rename'
  | 'copy'
  | 'delete'
  | 'export'
  | 'import'
  | 'share'
  | 'unshare';

/** What has become of the last action. */
export type Said =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'busy'; readonly action: Action }
  | {
      readonly kind: 'done';
      readonly action: Action;
      readonly name: string;
      readonly misfits: readonly IMisfit[];
      /** How many values will be there when their page is opened. */
      readonly waiting: number;
    }
  | {
      readonly kind: 'failed';
      readonly action: Action;
      readonly name: string;
      readonly reason: string;
    };

/** What must be answered before something is lost. */
export interface IQuestion {
  readonly about: 'replace' | 'delete';
  readonly name: string;
  readonly yes: () => void;
}

/** The work that is saved of a page, and all that can be done with it. Nothing rejects: `said` tells. */
export interface IShelf {
  /** Own work and what colleagues share, saved last first; null until it came. */
  readonly works: readonly Work[] | null;
  readonly said: Said;
  readonly question: IQuestion | null;
  /** Under which name the work was saved or loaded last; empty for none. */
  readonly current: string;
  readonly canUndo: boolean;
  readonly changed: ISignal<unknown, void>;
  isOwn(work: Work): boolean;
  save(name: string, note: string): void;
  load(work: Work): void;
  undo(): void;
  rename(work: Work, name: string): void;
  copy(work: Work): void;
  remove(work: Work): void;
  share(work: Work, isShared: boolean): void;
  exportWork(work: Work): void;
  importWork(file: File): void;
  refresh(): void;
  /** The question was answered with no. */
  dismiss(): void;
}

/** One of several works; names of two people may be equal. */
export function keyOf({ by, name }: Work): string {
  return JSON.stringify([by, name]);
}
