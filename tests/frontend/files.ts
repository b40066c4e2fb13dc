import type { IDisposable } from '@lumino/disposable';
import { isWithin, joined, nameOf, parentOf } from '../../src/api/files/paths';
import type { Folder, FolderEntry, Preview, Space, Trashed } from '../../src/api/files/files';
import type {
  Conflict,
  IFiles,
  IHeld,
  IListing,
  ILocalFile,
  IUpload,
  IUploads
} from '../../src/tokens/files';
import { FakeFacts } from './facts';

export const HOME: Folder = { path: 'people/ann', name: 'ann', access: 'write', kind: 'home' };
export const SHARED: Folder = { path: 'data', name: 'data', access: 'read', kind: 'shared' };
export const ROOT: Folder = { path: '', name: '', access: 'write', kind: 'root' };

/** A file in somebody's home; a path that ends with a slash is a folder's. */
export function anEntry(path: string, change: Partial<FolderEntry> = {}): FolderEntry {
  const plain = path.replace(/\/$/, '');
  const isFolder = plain !== path;
  return {
    path: plain,
    name: nameOf(plain),
    kind: isFolder ? 'folder' : plain.endsWith('.ipynb') ? 'notebook' : 'file',
    size: isFolder ? null : 2048,
    modified: Date.parse('2026-11-20T09:30:00Z'),
    ...change
  };
}

export function aTrashed(path: string, change: Partial<Trashed> = {}): Trashed {
  return {
    id: `t-${path}`,
    path,
    name: nameOf(path),
    kind: 'file',
    bytes: 2048,
    trashed: '2026-11-21T11:00:00Z',
    ...change
  };
}

export function aPreview(change: Partial<Preview> = {}): Preview {
  return {
    path: '',
    size: 10,
    modified: 0,
    note: '',
    separator: '',
    encoding: '',
    width: null,
    height: null,
    kind: 'text',
    columns: [],
    rows: [],
    total: null,
    text: '',
    cells: [],
    truncated: false,
    ...change
  };
}

/** Files that a test sets, and the commands that a view gave. */
export class FakeFiles extends FakeFacts implements IFiles {
  folders: readonly Folder[] = [HOME, SHARED];
  space: Space = { free: 10 * 2 ** 30, quota: null, used: 0 };
  held: IHeld | null = null;
  trashed: readonly Trashed[] | null = null;
  entries = new Map<string, readonly FolderEntry[]>();
  errors = new Map<string, string>();
  pending = new Set<string>();
  previews = new Map<string, Preview>();
  commands: unknown[][] = [];
  failure: Error | null = null;
  shown: string[] = [];

  /** What folders hold; those named with a slash at the end are folders. */
  put(...paths: string[]): this {
    const entries = paths.map(path => anEntry(path));
    entries.forEach(entry => {
      const folder = parentOf(entry.path);
      this.entries.set(folder, [...(this.entries.get(folder) ?? []), entry]);
      if (entry.kind === 'folder' && !this.entries.has(entry.path)) {
        this.entries.set(entry.path, []);
      }
    });
    return this;
  }

  folderOf(path: string): Folder | undefined {
    return this.folders
      .filter(folder => isWithin(path, folder.path))
      .sort((a, b) => b.path.length - a.path.length)[0];
  }
  canWrite(path: string): boolean {
    return this.folderOf(path)?.access === 'write';
  }
  listing(path: string): IListing {
    return { entries: this.entries.get(path) ?? null, error: this.errors.get(path) ?? '' };
  }
  show(path: string): IDisposable {
    this.shown.push(path);
    const dispose = (): void => void this.shown.splice(this.shown.indexOf(path), 1);
    return { isDisposed: false, dispose };
  }
  changedIn(folder: string): Promise<void> {
    return this._note(undefined, 'changedIn', folder);
  }
  refresh(): Promise<void> {
    return this._note(undefined, 'refresh');
  }
  isPending(path: string): boolean {
    return this.pending.has(path);
  }
  createFolder(folder: string, name: string): Promise<void> {
    return this._note(undefined, 'createFolder', folder, name);
  }
  createFile(folder: string, name: string): Promise<void> {
    return this._note(undefined, 'createFile', folder, name);
  }
  rename(path: string, name: string): Promise<string> {
    return this._note(joined(parentOf(path), name), 'rename', path, name);
  }
  move(paths: readonly string[], to: string): Promise<string[]> {
    return this._note(placed(paths, to), 'move', paths, to);
  }
  copy(paths: readonly string[], to: string): Promise<string[]> {
    return this._note(placed(paths, to), 'copy', paths, to);
  }
  hold(held: IHeld | null): void {
    this.held = held;
    this.changed.emit();
  }
  paste(to: string): Promise<string[]> {
    return this._note(placed(this.held?.paths ?? [], to), 'paste', to);
  }
  discard(paths: readonly string[]): Promise<string[]> {
    return this._note(
      paths.map(path => `t-${path}`),
      'discard',
      paths
    );
  }
  restore(ids: readonly string[]): Promise<string[]> {
    return this._note(
      ids.map(id => id.slice(2)),
      'restore',
      ids
    );
  }
  emptyTrash(): Promise<void> {
    return this._note(undefined, 'emptyTrash');
  }
  deleteForever(ids: readonly string[]): Promise<void> {
    return this._note(undefined, 'deleteForever', ids);
  }
  lookIntoTrash(): Promise<void> {
    return this._note(undefined, 'lookIntoTrash');
  }
  preview(path: string): Promise<Preview> {
    const known = this.previews.get(path);
    return known ? Promise.resolve(known) : Promise.reject(new Error('It cannot be read.'));
  }
  urlOf(path: string): string {
    return `/files/${path}`;
  }
  downloadUrl(entries: readonly FolderEntry[]): string {
    return `/download?${entries.map(({ path }) => path).join('&')}`;
  }

  private _note<T>(answer: T, ...command: unknown[]): Promise<T> {
    this.commands.push(command);
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(answer);
  }
}

export function anUpload(change: Partial<IUpload> = {}): IUpload {
  return {
    id: 'u1',
    name: 'scan.png',
    folder: 'people/ann',
    size: 4 * 2 ** 20,
    sent: 2 ** 20,
    speed: 2 ** 19,
    state: 'sending',
    error: '',
    ...change
  };
}

/** Uploads that a test sets. `taken` are the names that are taken until somebody says what then. */
export class FakeUploads extends FakeFacts implements IUploads {
  list: readonly IUpload[] = [];
  taken: readonly string[] = [];
  commands: unknown[][] = [];

  add(
    files: readonly ILocalFile[],
    folder: string,
    conflict?: Conflict
  ): Promise<readonly string[]> {
    this.commands.push(['add', files.map(({ path }) => path), folder, conflict]);
    return Promise.resolve(conflict ? [] : this.taken);
  }
  pause(id: string): void {
    this.commands.push(['pause', id]);
  }
  resume(id: string): void {
    this.commands.push(['resume', id]);
  }
  cancel(id: string): void {
    this.commands.push(['cancel', id]);
  }
  pauseAll(): void {
    this.commands.push(['pauseAll']);
  }
  resumeAll(): void {
    this.commands.push(['resumeAll']);
  }
  cancelAll(): void {
    this.commands.push(['cancelAll']);
  }
  clear(): void {
    this.commands.push(['clear']);
  }
}

/** A file of the reader's computer. */
export function localFile(path: string, size = 10): ILocalFile {
  return { file: new File(['x'.repeat(size)], nameOf(path), { lastModified: 1 }), path };
}

function placed(paths: readonly string[], to: string): string[] {
  return paths.map(path => joined(to, nameOf(path)));
}
