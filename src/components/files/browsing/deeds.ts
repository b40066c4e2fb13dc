import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { messageOf } from '../../../api';
import { isWithin, joined, nameOf, outermost, parentOf } from '../../../api/files/paths';
import type { FolderEntry } from '../../../api/files/files';
import type { Conflict, IFiles, ILocalFile, IUploads } from '../../../tokens/files';
import type { Browsing } from './browsing';

/** What is said about the last thing that was done. */
export interface INotice {
  readonly text: string;
  readonly isBad: boolean;
  /** Takes it back, where that is possible. */
  readonly undo?: () => void;
}

/** Files whose names are taken, and what is asked about them. */
export interface IQuestion {
  readonly taken: readonly string[];
  readonly count: number;
  readonly answer: (conflict: Conflict | null) => void;
}

/** What somebody does with files: each thing says how it went. */
export class Deeds implements IDisposable {
  constructor(
    private readonly _browsing: Browsing,
    private readonly _uploads: IUploads,
    private readonly _trans: TranslationBundle
  ) {
    this._files = _browsing.files;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get notice(): INotice | null {
    return this._notice;
  }

  get question(): IQuestion | null {
    return this._question;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  /** Open a folder; a form chooses a file by it. */
  open(entry: FolderEntry, choose: (paths: readonly string[]) => void): void {
    if (entry.kind === 'folder') {
      this._browsing.go(entry.path);
      this._browsing.focus();
    } else if (this._browsing.choice.pick === 'file') {
      choose([entry.path]);
    }
  }

  /** The name that was typed is meant. */
  async finish(name: string): Promise<void> {
    const { edit, path } = this._browsing;
    this._browsing.type(null);
    if (!edit || (edit.kind === 'rename' && name === nameOf(edit.path))) {
      this._browsing.focus();
      return;
    }
    await this._do(async () => {
      if (edit.kind === 'rename') {
        this._reveal(path, [await this._files.rename(edit.path, name)]);
      } else {
        await (edit.kind === 'folder'
          ? this._files.createFolder(path, name)
          : this._files.createFile(path, name));
        this._reveal(path, [joined(path, name)]);
      }
    });
  }

  /** Cut or copy what is marked. */
  hold(isCut: boolean): void {
    const paths = this._paths();
    if (paths.length > 0) {
      this._files.hold({ paths, isCut });
      const said = isCut
        ? this._trans._n('One item is cut.', '%1 items are cut.', paths.length)
        : this._trans._n('One item is copied.', '%1 items are copied.', paths.length);
      this._say({ text: said, isBad: false });
    }
  }

  async paste(): Promise<void> {
    const { path } = this._browsing;
    if (this._files.held) {
      await this._do(async () => this._reveal(path, await this._files.paste(path)));
    }
  }

  /** Move files into a folder, or copy them: what a drag does. */
  async drop(paths: readonly string[], to: string, isCopy: boolean): Promise<void> {
    const moved = outermost(paths).filter(path => isCopy || parentOf(path) !== to);
    if (moved.some(path => isWithin(to, path))) {
      this._say({ text: this._trans.__('A folder cannot be put into itself.'), isBad: true });
    } else if (moved.length > 0) {
      await this._do(async () => {
        const now = await (isCopy ? this._files.copy(moved, to) : this._files.move(moved, to));
        const said = isCopy
          ? this._trans._n(
              'One item was copied to “%2”.',
              '%1 items were copied to “%2”.',
              now.length,
              nameOf(to)
            )
          : this._trans._n(
              'One item was moved to “%2”.',
              '%1 items were moved to “%2”.',
              now.length,
              nameOf(to)
            );
        this._reveal(to, now);
        this._say({ text: said, isBad: false });
      });
    }
  }

  /** Put what is marked into the trash; it can be taken back. */
  async discard(): Promise<void> {
    const paths = outermost(this._paths());
    if (paths.length === 0) {
      return;
    }
    const folder = this._browsing.path;
    const at = this._browsing.rows.findIndex(({ path }) => path === paths[0]);
    await this._do(async () => {
      const ids = await this._files.discard(paths);
      this._say({
        text: this._trans._n(
          '“%2” is in the trash.',
          '%1 items are in the trash.',
          paths.length,
          nameOf(paths[0])
        ),
        isBad: false,
        undo: () => void this._undo(ids)
      });
      if (folder === this._browsing.path) {
        this._browsing.rest(at);
      }
    });
  }

  /** Take the last thing back. */
  undo(): void {
    this._notice?.undo?.();
  }

  async restore(ids: readonly string[]): Promise<void> {
    await this._do(async () => {
      await this._files.restore(ids);
      const text = this._trans._n(
        'One item is back in its place.',
        '%1 items are back in their places.',
        ids.length
      );
      this._say({ text, isBad: false });
    });
  }

  deleteForever(ids: readonly string[]): Promise<void> {
    return this._do(() => this._files.deleteForever(ids));
  }

  emptyTrash(): Promise<void> {
    return this._do(() => this._files.emptyTrash());
  }

  lookIntoTrash(): Promise<void> {
    return this._do(() => this._files.lookIntoTrash());
  }

  /** Send files; where names are taken it is asked first, once for all. */
  async upload(files: readonly ILocalFile[], to: string, conflict?: Conflict): Promise<void> {
    if (files.length === 0) {
      return;
    }
    await this._do(async () => {
      const taken = await this._uploads.add(files, to, conflict);
      if (taken.length > 0) {
        this._ask({
          taken,
          count: files.length,
          answer: chosen => {
            this._ask(null);
            void (chosen && this.upload(files, to, chosen));
          }
        });
      }
    });
  }

  /** What was said was read. */
  dismiss(): void {
    this._say(null);
  }

  private async _undo(ids: readonly string[]): Promise<void> {
    await this._do(async () => {
      const places = await this._files.restore(ids);
      this._reveal(parentOf(places[0]), places);
    });
  }

  /** Mark what has come into a folder, if it is open still. */
  private _reveal(folder: string, paths: readonly string[]): void {
    if (folder === this._browsing.path) {
      this._browsing.reveal(paths);
    }
  }

  private _paths(): string[] {
    return this._browsing.marked.map(({ path }) => path);
  }

  private async _do(deed: () => Promise<void>): Promise<void> {
    this._say(null);
    try {
      await deed();
    } catch (error) {
      this._say({ text: messageOf(error), isBad: true });
    }
  }

  private _say(notice: INotice | null): void {
    this._notice = notice;
    this._emit();
  }

  private _ask(question: IQuestion | null): void {
    this._question = question;
    this._emit();
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _files: IFiles;
  private _notice: INotice | null = null;
  private _question: IQuestion | null = null;
  private _isDisposed = false;
}
