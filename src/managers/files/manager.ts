import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import type { ApiClient } from '../../api';
import { messageOf } from '../../api';
import { isWithin, parentOf } from '../../api/files/paths';
import type { Folder, FolderEntry, Preview, Space, Trashed } from '../../api/files/files';
import { FilesApi } from '../../api/files/files';
import type { IFiles, IHeld, IListing } from '../../tokens/files';
import { Facts } from '../basics/facts';
import { PendingCommands } from '../basics/pending';
import { KnownFolders } from './folders';

const UNKNOWN: Space = { free: 0, quota: null, used: 0 };

/**
 * The folders and files that the reader may see.
 *
 * Nobody tells of changes that others make: what is shown is read again after each command of one's own, and when
 * the reader comes back to the page.
 */
export class FilesManager extends Facts implements IFiles {
  constructor(api: ApiClient) {
    super();
    this._api = new FilesApi(api);
    this._known = new KnownFolders(
      path => this._api.list(path),
      () => this.emitChanged()
    );
    this.own(
      whenBack(
        () => this._known.isShown,
        () => void this.refresh()
      )
    );
    void this._readFolders();
  }

  get folders(): readonly Folder[] {
    return this._folders;
  }

  get space(): Space {
    return this._space;
  }

  get held(): IHeld | null {
    return this._held;
  }

  get trashed(): readonly Trashed[] | null {
    return this._trashed;
  }

  folderOf(path: string): Folder | undefined {
    const around = this._folders.filter(folder => isWithin(path, folder.path));
    return around.reduce<Folder | undefined>(
      (best, one) => (best && best.path.length >= one.path.length ? best : one),
      undefined
    );
  }

  canWrite(path: string): boolean {
    return this.folderOf(path)?.access === 'write';
  }

  listing(path: string): IListing {
    return this._known.listing(path);
  }

  show(path: string): IDisposable {
    return this._known.show(path);
  }

  /** Whoever asks while it goes on gets what is true after that. */
  refresh(): Promise<void> {
    this._isStale = this._refreshing !== null;
    this._refreshing ??= this._readUntilFresh().finally(() => {
      this._refreshing = null;
    });
    return this._refreshing;
  }

  /** Read a folder again, if anybody looked at it. */
  async changedIn(folder: string): Promise<void> {
    await this._known.refresh([folder]);
  }

  isPending(path: string): boolean {
    return this._pending.has(path);
  }

  createFolder(folder: string, name: string): Promise<void> {
    return this._run([folder], [folder], () => this._api.create(folder, name, 'directory'));
  }

  createFile(folder: string, name: string): Promise<void> {
    return this._run([folder], [folder], () => this._api.create(folder, name, 'file'));
  }

  rename(path: string, name: string): Promise<string> {
    return this._run([path], [parentOf(path)], () => this._api.rename(path, name));
  }

  move(paths: readonly string[], to: string): Promise<string[]> {
    return this._run(paths, [...paths.map(parentOf), to], () => this._api.move(paths, to));
  }

  copy(paths: readonly string[], to: string): Promise<string[]> {
    return this._run(paths, [to], () => this._api.copy(paths, to));
  }

  hold(held: IHeld | null): void {
    this._held = held;
    this.emitChanged();
  }

  async paste(to: string): Promise<string[]> {
    const held = this._held;
    if (!held) {
      return [];
    }
    if (!held.isCut) {
      return this.copy(held.paths, to);
    }
    const moved = await this.move(held.paths, to);
    this.hold(null);
    return moved;
  }

  discard(paths: readonly string[]): Promise<string[]> {
    return this._run(paths, paths.map(parentOf), () => this._api.discard(paths));
  }

  async restore(ids: readonly string[]): Promise<string[]> {
    const places = await this._run(ids, [], () => inTurn(ids, id => this._api.restore(id)));
    await this._known.refresh(places.map(parentOf));
    return places;
  }

  async deleteForever(ids: readonly string[]): Promise<void> {
    await this._run(ids, [], () => inTurn(ids, id => this._api.deleteForever(id)));
  }

  emptyTrash(): Promise<void> {
    return this._run(this._trashed?.map(({ id }) => id) ?? [], [], () => this._api.emptyTrash());
  }

  async lookIntoTrash(): Promise<void> {
    const look = ++this._looks;
    const trashed = await this._api.trashed();
    if (look === this._looks) {
      this._trashed = trashed; // a look that began before the last one may see less
      this.emitChanged();
    }
  }

  preview(path: string, rows: number): Promise<Preview> {
    return this._api.preview(path, rows);
  }

  urlOf(path: string): string {
    return this._api.urlOf(path);
  }

  downloadUrl(entries: readonly FolderEntry[]): string {
    const paths = entries.map(({ path }) => path);
    const isPlain = entries.length === 1 && entries[0].kind !== 'folder';
    return isPlain ? this._api.downloadUrl(paths[0]) : this._api.archiveUrl(paths);
  }

  /** One command; then what it changed is read again, also when it was refused half way. */
  private async _run<T>(
    keys: readonly string[],
    folders: readonly string[],
    command: () => Promise<T>
  ): Promise<T> {
    try {
      return await this._pending.runAll(keys, command);
    } finally {
      await Promise.all([this._known.refresh(folders), this._lookAgain()]);
      keys.forEach(key => this._pending.settle(key));
      this.emitChanged();
    }
  }

  private async _readUntilFresh(): Promise<void> {
    do {
      this._isStale = false;
      await this._readAll();
    } while (this._isStale);
  }

  private async _readAll(): Promise<void> {
    await Promise.all([this._readFolders(), this._known.refresh(), this._lookAgain()]);
  }

  /** Look into the trash where somebody has, or is about to. */
  private async _lookAgain(): Promise<void> {
    if (this._looks > 0) {
      await this.lookIntoTrash();
    }
  }

  private async _readFolders(): Promise<void> {
    try {
      const { folders, ...space } = await this._api.folders();
      this._folders = folders;
      this._space = space;
      this.arrived();
    } catch (error) {
      this.refused({ message: messageOf(error), reason: '', code: '', details: {} });
    }
  }

  private readonly _api: FilesApi;
  private readonly _known: KnownFolders;
  private readonly _pending = new PendingCommands(() => this.emitChanged());
  private _refreshing: Promise<void> | null = null;
  /** Whether somebody asked anew while it was read. */
  private _isStale = false;
  private _folders: readonly Folder[] = [];
  private _space = UNKNOWN;
  private _held: IHeld | null = null;
  private _trashed: readonly Trashed[] | null = null;
  private _looks = 0;
}

/** Calls once when the reader comes back to the page, if that is wanted then, until the answer is disposed of. */
function whenBack(isWanted: () => boolean, call: () => void): IDisposable {
  let timer = 0;
  const onBack = (): void => {
    if (document.visibilityState === 'visible' && isWanted()) {
      window.clearTimeout(timer); // one return is told twice: of the page and of its window
      timer = window.setTimeout(call);
    }
  };
  window.addEventListener('focus', onBack);
  document.addEventListener('visibilitychange', onBack);
  return new DisposableDelegate(() => {
    window.clearTimeout(timer);
    window.removeEventListener('focus', onBack);
    document.removeEventListener('visibilitychange', onBack);
  });
}

/** One after the other: who restores a folder and then a file in it needs that order. */
async function inTurn<T>(
  ids: readonly string[],
  command: (id: string) => Promise<T>
): Promise<T[]> {
  const answers: T[] = [];
  for (const id of ids) {
    answers.push(await command(id));
  }
  return answers;
}
