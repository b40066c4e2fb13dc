import { describe, expect, it } from 'vitest';
import { chosenFiles, droppedFiles } from '../../../../../src/components/files/uploads/local';

/** A file or folder as a browser hands it over when it is dropped; folders tell two entries at a time. */
function entry(fullPath: string, inner?: FileSystemEntry[]): FileSystemEntry {
  const name = fullPath.slice(fullPath.lastIndexOf('/') + 1);
  if (!inner) {
    const file = (resolve: (file: File) => void) => resolve(new File(['x'], name));
    return { fullPath, name, isFile: true, isDirectory: false, file } as never;
  }
  const left = [...inner];
  const readEntries = (resolve: (entries: FileSystemEntry[]) => void) => resolve(left.splice(0, 2));
  const createReader = () => ({ readEntries });
  return { fullPath, name, isFile: false, isDirectory: true, createReader } as never;
}

function transfer(entries: (FileSystemEntry | null)[], files: File[] = []): DataTransfer {
  const items = entries.map(one => ({ kind: 'file', webkitGetAsEntry: () => one }));
  return { items: [...items, { kind: 'string' }], files } as never;
}

const paths = async (given: DataTransfer) => (await droppedFiles(given)).map(({ path }) => path);

describe('files of the reader', () => {
  it('that were chosen have their names, or their way in the folder', () => {
    const [plain, inner] = [new File([], 'a.txt'), new File([], 'b.txt')];
    Object.defineProperty(inner, 'webkitRelativePath', { value: 'set/b.txt' });
    expect(chosenFiles([plain, inner]).map(({ path }) => path)).toEqual(['a.txt', 'set/b.txt']);
  });

  it('that were dropped come with all that their folders hold', async () => {
    const folder = entry('/set', [
      entry('/set/a.png'),
      entry('/set/b.png'),
      entry('/set/deep', [entry('/set/deep/c.png')]),
      entry('/set/empty', [])
    ]);
    expect(await paths(transfer([folder, entry('/one.txt')]))).toEqual([
      'set/a.png',
      'set/b.png',
      'set/deep/c.png',
      'one.txt'
    ]);
  });

  it('come as plain files where a browser tells no more', async () => {
    expect(await paths(transfer([null], [new File([], 'a.txt')]))).toEqual(['a.txt']);
  });

  it('that cannot be read are refused as the browser says it', async () => {
    const broken = {
      ...entry('/a'),
      file: (_: unknown, reject: (error: Error) => void) => reject(new Error('It is locked.'))
    };
    await expect(droppedFiles(transfer([broken]))).rejects.toThrow('It is locked.');
  });
});
