import type { ApiClient } from '../client';
import { ApiError } from '../errors';
import { joined, parentOf } from './paths';
import { at, contentsAt } from '../paths';
import type { Received } from '../types';

/** A folder to begin in. */
export type Folder = Readonly<Received<'Folder'>>;

/** Bytes of the disk and of the reader's share of it; null where there is no limit. */
export type Space = Readonly<Pick<Received<'FolderList'>, 'free' | 'quota' | 'used'>>;

type Listed = Received<'Listed'>;
type Done = Received<'Done'>;

/** What a folder holds: a file or another folder. */
export interface IEntryRow {
  path: string;
  name: string;
  kind: Listed['kind'];
  /** Bytes; null of folders. */
  size: number | null;
  /** Milliseconds since the epoch; null where it is not known. */
  modified: number | null;
}
export type FolderEntry = Readonly<IEntryRow>;

/** Something in the trash; `path` is where it was. */
export type Trashed = Readonly<Received<'Trashed'>>;

/** The beginning of a file, as far as one can look into it. */
export type Preview = Readonly<Received<'FilePreview'>>;

/** What can be asked about files: of Jupyter where it answers, of ours for the rest. */
export class FilesApi {
  constructor(private readonly _client: ApiClient) {}

  folders(): Promise<{ folders: Folder[] } & Space> {
    return this._client.json(at('GET', 'files/folders'));
  }

  async list(path: string): Promise<FolderEntry[]> {
    const { entries } = await this._client.json(at('GET', 'files/list'), { query: { path } });
    return entries.map(({ name, kind, size, modified }) => ({
      path: joined(path, name),
      name,
      kind,
      size,
      modified: modified === null ? null : modified * 1000
    }));
  }

  /** Make an empty file or folder. It is made under a name of its own first, so that it can replace nothing. */
  async create(folder: string, name: string, type: 'directory' | 'file'): Promise<void> {
    const made = await this._client.json(contentsAt<{ path: string }>('POST', folder), {
      body: { type }
    });
    try {
      await this.rename(made.path, name);
    } catch (error) {
      await this._client.send(contentsAt('DELETE', made.path));
      throw error;
    }
  }

  /** Give a file or folder another name; answers its path. */
  async rename(path: string, name: string): Promise<string> {
    const to = joined(parentOf(path), name);
    await this._client.send(contentsAt('PATCH', path), { body: { path: to } });
    return to;
  }

  /** Move into a folder, under other names where theirs are taken. Answers where they are now. */
  async move(paths: readonly string[], to: string): Promise<string[]> {
    return placesOf(
      await this._client.json(at('POST', 'files/move'), { body: { paths, to, conflict: 'rename' } })
    );
  }

  async copy(paths: readonly string[], to: string): Promise<string[]> {
    return placesOf(
      await this._client.json(at('POST', 'files/copy'), { body: { paths, to, conflict: 'rename' } })
    );
  }

  /** Put into the trash. Answers what they are called there. */
  async discard(paths: readonly string[]): Promise<string[]> {
    return placesOf(await this._client.json(at('POST', 'files/trash'), { body: { paths } }));
  }

  async trashed(): Promise<Trashed[]> {
    return (await this._client.json(at('GET', 'files/trash'))).items;
  }

  /** Bring back to where it was. Answers where it is now. */
  async restore(id: string): Promise<string> {
    const address = at('POST', 'files/trash/{id}/restore', { id });
    return placesOf({ items: [await this._client.json(address, { body: {} })] })[0];
  }

  deleteForever(id: string): Promise<void> {
    return this._client.send(at('DELETE', 'files/trash/{id}', { id }));
  }

  emptyTrash(): Promise<void> {
    return this._client.send(at('DELETE', 'files/trash'));
  }

  preview(path: string, rows: number): Promise<Preview> {
    return this._client.json(at('GET', 'files/preview'), { query: { path, rows: String(rows) } });
  }

  urlOf(path: string): string {
    return this._client.url(at('GET', 'files/content'), { path });
  }

  downloadUrl(path: string): string {
    return this._client.url(at('GET', 'files/content'), { path, download: '1' });
  }

  /** Where several files, and folders, are sent from as one zip. */
  archiveUrl(paths: readonly string[]): string {
    const query = new URLSearchParams(paths.map(path => ['path', path]));
    return `${this._client.url(at('GET', 'files/archive'))}?${query.toString()}`;
  }
}

/** Where things are now. Rejects with what is said of those that stayed. */
function placesOf({ items }: { items: readonly Done[] }): string[] {
  const stayed = items.filter(({ to }) => to === null);
  if (stayed.length > 0) {
    const reasons = [...new Set(stayed.map(({ reason }) => reason))];
    throw new ApiError(stayed[0].status, { message: reasons.slice(0, MOST_REASONS).join(' ') });
  }
  return items.map(({ to }) => to!);
}

const MOST_REASONS = 3;
