import type { FolderEntry } from '../../../api/files/files';

/** What a list of files can be sorted by. */
export type FileSortKey = 'name' | 'size' | 'modified';

/** How a list of files is sorted. */
export interface IFileSort {
  readonly key: FileSortKey;
  readonly descending: boolean;
}

export const BY_NAME: IFileSort = { key: 'name', descending: false };

const COLLATOR = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

const COMPARE: Readonly<Record<FileSortKey, (a: FolderEntry, b: FolderEntry) => number>> = {
  name: byName,
  size: (a, b) => (a.size ?? 0) - (b.size ?? 0) || byName(a, b),
  modified: (a, b) => (a.modified ?? 0) - (b.modified ?? 0) || byName(a, b)
};

/** Names as people sort them: "img 9" before "img 10"; those that differ in case alone have an order of their own. */
function byName(a: FolderEntry, b: FolderEntry): number {
  return COLLATOR.compare(a.name, b.name) || (a.name < b.name ? -1 : 1);
}

/** Entries whose names hold a text, sorted; folders come first whichever way. */
export function ordered(
  entries: readonly FolderEntry[],
  sort: IFileSort,
  filter = ''
): readonly FolderEntry[] {
  const wanted = filter.trim().toLocaleLowerCase();
  const found = wanted
    ? entries.filter(({ name }) => name.toLocaleLowerCase().includes(wanted))
    : [...entries];
  const compare = COMPARE[sort.key];
  const sign = sort.descending ? -1 : 1;
  return found.sort((a, b) => rank(a) - rank(b) || sign * compare(a, b));
}

/** The sorting after a click on the head of a column: the same one turns round. */
export function sortedBy(sort: IFileSort, key: FileSortKey): IFileSort {
  return { key, descending: sort.key === key ? !sort.descending : key !== 'name' };
}

function rank({ kind }: FolderEntry): number {
  return kind === 'folder' ? 0 : 1;
}
