import type { ILocalFile } from '../../../tokens/files';

/** The files that somebody chose in a dialog; those of a folder keep their way in it. */
export function chosenFiles(files: FileList | readonly File[]): ILocalFile[] {
  return [...files].map(file => ({ file, path: file.webkitRelativePath || file.name }));
}

/** The files that were dropped, those within folders included. */
export async function droppedFiles(transfer: DataTransfer): Promise<ILocalFile[]> {
  // The list is empty after the event: entries are taken from it first.
  const entries = [...transfer.items]
    .filter(({ kind }) => kind === 'file')
    .map(item => item.webkitGetAsEntry?.() ?? null);
  if (entries.every(entry => entry === null)) {
    return chosenFiles(transfer.files);
  }
  const given = entries.filter(entry => entry !== null);
  return (await Promise.all(given.map(filesIn))).flat();
}

async function filesIn(entry: FileSystemEntry): Promise<ILocalFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject)
    );
    return [{ file, path: entry.fullPath.replace(/^\//, '') }];
  }
  const found: ILocalFile[] = [];
  for (const inner of await entriesOf(entry as FileSystemDirectoryEntry)) {
    found.push(...(await filesIn(inner)));
  }
  return found;
}

/** What a folder holds; browsers tell it a hundred at a time. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  for (;;) {
    const more = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (more.length === 0) {
      return found;
    }
    found.push(...more);
  }
}
