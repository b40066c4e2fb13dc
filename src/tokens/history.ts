import { Token } from '@lumino/coreutils';
import type { KeptLayout, KeptVersion } from '../api';

/** What differs between a kept version of a file and the file as it is. */
export type Comparison =
  | { readonly kind: 'same' }
  /** Of a notebook only outputs, counts or metadata differ. */
  | { readonly kind: 'same-cells' }
  /** There is no such file any more. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'binary' }
  | { readonly kind: 'too-large' }
  /** So many lines differ that it takes too long to tell which. */
  | { readonly kind: 'too-different' }
  | { readonly kind: 'parts'; readonly parts: readonly IPart[]; readonly left: number };

/** A cell of a notebook, or a whole text, in which something differs. */
export interface IPart {
  /** Of a cell: its number from one on, what it is and what it was; null for a text. */
  readonly cell: { readonly number: number; readonly type: string; readonly was: string } | null;
  readonly kind: 'changed' | 'added' | 'removed';
  readonly lines: readonly ILine[];
}

/**
 * A line: of the version only (`-`), of the file only (`+`), or of both; a gap where equal lines are left out; or that the
 * text ends here without a line break.
 */
export interface ILine {
  readonly kind: '-' | '+' | ' ' | 'gap' | 'end';
  readonly text: string;
  /** The line's number in the version, and in the file; null where it is not. */
  readonly before: number | null;
  readonly after: number | null;
}

/** What files were when they were saved, and the last layouts of Lab. */
export interface IHistory {
  /** Newest first. */
  versions(path: string): Promise<readonly KeptVersion[]>;
  /** `file` reads the file as it is; null where there is none any more. */
  compare(version: KeptVersion, file: () => Promise<IPresentFile | null>): Promise<Comparison>;
  /** Save a version as its file again; what the file is now is kept too. */
  restore(id: number): Promise<KeptVersion>;
  /** Newest first. */
  layouts(): Promise<readonly KeptLayout[]>;
  restoreLayout(id: number): Promise<KeptLayout>;
}

/** A file as it is. Its content is read when it is not too large. */
export interface IPresentFile {
  readonly size: number;
  read(): Promise<Uint8Array>;
}

export const IHistory = new Token<IHistory>(
  'jupyter-crispdm:IHistory',
  'What files were when they were saved, and the last layouts of Lab.'
);

/** The commands for kept versions and layouts. */
export namespace HistoryCommands {
  export const versions = 'jupyter-crispdm:show-versions';
  export const layouts = 'jupyter-crispdm:show-layouts';
}
