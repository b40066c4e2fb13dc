import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { Folder, FolderEntry, Preview, Space, Trashed } from '../api/files/files';
import type { IFacts } from './facts';

/** What a folder holds, as far as it is known. */
export interface IListing {
  /** Null until it was read for the first time. */
  readonly entries: readonly FolderEntry[] | null;
  /** Why it cannot be read, in words; empty when all is well. */
  readonly error: string;
}

/** Files that were cut or copied and wait to be pasted. */
export interface IHeld {
  readonly paths: readonly string[];
  readonly isCut: boolean;
}

/** The folders and files that the reader may see, and all that can be done with them. */
export interface IFiles extends IFacts {
  /** The folders to begin in; the reader's own comes first. */
  readonly folders: readonly Folder[];
  readonly space: Space;
  readonly held: IHeld | null;
  /** What is in the trash; null until it was asked for. */
  readonly trashed: readonly Trashed[] | null;
  /** The folder of `folders` that a path lies in, the innermost. */
  folderOf(path: string): Folder | undefined;
  canWrite(path: string): boolean;
  listing(path: string): IListing;
  /** Keep what a folder holds known until the answer is disposed of. */
  show(path: string): IDisposable;
  /** Read a folder again, if anybody looked at it. */
  changedIn(folder: string): Promise<void>;
  /** Read again what is shown, and what there is in all. */
  refresh(): Promise<void>;
  /** Whether a command for this path is on its way. */
  isPending(path: string): boolean;
  createFolder(folder: string, name: string): Promise<void>;
  createFile(folder: string, name: string): Promise<void>;
  rename(path: string, name: string): Promise<string>;
  /** The paths that the moved or copied ones have now. */
  move(paths: readonly string[], to: string): Promise<string[]>;
  copy(paths: readonly string[], to: string): Promise<string[]>;
  hold(held: IHeld | null): void;
  paste(to: string): Promise<string[]>;
  /** Put into the trash; answers their ids there. */
  discard(paths: readonly string[]): Promise<string[]>;
  /** Bring back; answers where they are now. */
  restore(ids: readonly string[]): Promise<string[]>;
  deleteForever(ids: readonly string[]): Promise<void>;
  emptyTrash(): Promise<void>;
  lookIntoTrash(): Promise<void>;
  preview(path: string, rows: number): Promise<Preview>;
  /** Where the content of a file is. */
  urlOf(path: string): string;
  /** Where files are downloaded from: one as it is, folders and several as a zip. */
  downloadUrl(entries: readonly FolderEntry[]): string;
}

export const IFiles = new Token<IFiles>(
  'jupyter-crispdm:IFiles',
  'The folders and files that the reader may see, and all that can be done with them.'
);

/** Where an upload stands. `interrupted` was begun before the page was loaded, and needs its file again. */
export type UploadState =
  'waiting' | 'sending' | 'stalled' | 'paused' | 'failed' | 'interrupted' | 'done';

/** One file on its way to the server. */
export interface IUpload {
  readonly id: string;
  readonly name: string;
  /** The folder it will lie in. */
  readonly folder: string;
  /** Bytes. */
  readonly size: number;
  readonly sent: number;
  /** Bytes a second; 0 when it does not move. */
  readonly speed: number;
  readonly state: UploadState;
  /** Why it failed, in words. */
  readonly error: string;
}

/** A file of the reader's computer, and where it will lie below the folder it is sent to. */
export interface ILocalFile {
  readonly file: File;
  /** With its folders, when a whole folder is sent. */
  readonly path: string;
}

/** What happens to files whose names are taken. */
export type Conflict = 'keep' | 'replace' | 'skip';

/** The files on their way to the server: two at a time, the others wait. */
export interface IUploads extends IFacts {
  readonly list: readonly IUpload[];
  /**
   * Send files to a folder. `conflict` says what happens to those whose names are taken; where it is not said and there
   * are some, nothing is sent, and their paths are answered.
   */
  add(
    files: readonly ILocalFile[],
    folder: string,
    conflict?: Conflict
  ): Promise<readonly string[]>;
  pause(id: string): void;
  resume(id: string): void;
  /** Give up, and have the server forget what it has of the file. */
  cancel(id: string): void;
  pauseAll(): void;
  resumeAll(): void;
  cancelAll(): void;
  /** Take those that are done off the list. */
  clear(): void;
}

export const IUploads = new Token<IUploads>(
  'jupyter-crispdm:IUploads',
  'The files on their way to the server.'
);
