import type { Folder } from '../../../api/files/files';
import type { IListing } from '../../../tokens/files';
import { BY_NAME, ordered } from '../list/order';

/** One folder in the tree. */
export interface ITreeRow {
  /** Tells it from others of its path: a folder to begin in may lie in another one. */
  readonly key: string;
  readonly path: string;
  readonly name: string;
  /** How deep it lies; the folders to begin in have 0. */
  readonly depth: number;
  readonly isExpanded: boolean;
  /** Whether there are folders in it; they are taken to be until it was looked into. */
  readonly hasFolders: boolean;
  /** The row that it lies in, by its key. */
  readonly parent: string | null;
}

/** The folders of the tree that can be seen, from above to below. */
export function treeRows(
  folders: readonly Folder[],
  isExpanded: (path: string) => boolean,
  listing: (path: string) => IListing
): ITreeRow[] {
  const rows: ITreeRow[] = [];
  const add = (path: string, name: string, depth: number, parent: string | null): void => {
    const { entries, error } = listing(path);
    const below = entries?.filter(({ kind }) => kind === 'folder') ?? [];
    const isOpen = isExpanded(path);
    const hasFolders = entries === null ? error === '' : below.length > 0;
    const key = `${parent ?? ''}>${path}`;
    rows.push({ key, path, name, depth, isExpanded: isOpen, hasFolders, parent });
    if (isOpen) {
      ordered(below, BY_NAME).forEach(entry => add(entry.path, entry.name, depth + 1, key));
    }
  };
  folders.forEach(({ path, name }) => add(path, name, 0, null));
  return rows;
}

/** What a key does from a row of the tree: the row it leads to, or that it opens or closes this one. */
export function treeStep(
  rows: readonly ITreeRow[],
  at: number,
  pressed: string
): { to: number } | { isExpanded: boolean } | null {
  const row = rows[at];
  if (pressed === 'ArrowRight') {
    return row.isExpanded ? { to: Math.min(rows.length - 1, at + 1) } : { isExpanded: true };
  }
  if (pressed === 'ArrowLeft') {
    if (row.isExpanded) {
      return { isExpanded: false };
    }
    const above = rows.findIndex(({ key }) => key === row.parent);
    return above < 0 ? null : { to: above };
  }
  return null;
}
