import type { FolderEntry } from '../../../api/files/files';

/** What a form asks for: one file or folder, several, or nothing. */
export interface IChoice {
  readonly pick: 'file' | 'folder' | 'none';
  readonly multiple: boolean;
}

export const NO_CHOICE: IChoice = { pick: 'none', multiple: false };

/**
 * What would be chosen now: the marked ones of the kind that is asked for. Where a folder is asked for and none is
 * marked, it is the one that is open. Empty when nothing fits.
 */
export function fitting(
  choice: IChoice,
  marked: readonly FolderEntry[],
  open: string
): readonly string[] {
  if (choice.pick === 'none') {
    return [];
  }
  const wantsFolder = choice.pick === 'folder';
  if (wantsFolder && marked.length === 0) {
    return open ? [open] : [];
  }
  const isRight = marked.every(({ kind }) => (kind === 'folder') === wantsFolder);
  const isEnough = marked.length === 1 || (choice.multiple && marked.length > 1);
  return isRight && isEnough ? marked.map(({ path }) => path) : [];
}
