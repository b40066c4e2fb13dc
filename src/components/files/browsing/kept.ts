import { BY_NAME, type FileSortKey, type IFileSort } from '../list/order';

/** How somebody likes to look at files: what is kept of a browser besides its place. */
export interface IKept {
  readonly sort: IFileSort;
  readonly isTreeShown: boolean;
  readonly isPreviewShown: boolean;
  /** The folders that are open in the tree. */
  readonly expanded: readonly string[];
}

export const USUAL: IKept = {
  sort: BY_NAME,
  isTreeShown: true,
  isPreviewShown: true,
  expanded: []
};

const KEYS: readonly string[] = ['name', 'size', 'modified'] satisfies FileSortKey[];
const MOST_EXPANDED = 200;

/** What was kept, from what a snapshot holds; what does not fit is as usual. */
export function readKept(value: unknown): IKept {
  const { sort, isTreeShown, isPreviewShown, expanded } = recordOf(value);
  const { key, descending } = recordOf(sort);
  const isSort = typeof key === 'string' && KEYS.includes(key);
  const open = Array.isArray(expanded) ? expanded.filter(path => typeof path === 'string') : [];
  return {
    sort: isSort ? { key: key as FileSortKey, descending: descending === true } : USUAL.sort,
    isTreeShown: typeof isTreeShown === 'boolean' ? isTreeShown : USUAL.isTreeShown,
    isPreviewShown: typeof isPreviewShown === 'boolean' ? isPreviewShown : USUAL.isPreviewShown,
    expanded: open.slice(0, MOST_EXPANDED)
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
