import { describe, expect, it } from 'vitest';
import { treeRows, treeStep } from '../../../../../src/components/files/tree/rows';
import { FakeFiles, HOME, ROOT } from '../../../files';

function rowsOf(files: FakeFiles, ...expanded: string[]) {
  return treeRows(
    files.folders,
    path => expanded.includes(path),
    path => files.listing(path)
  );
}
const drawn = (rows: ReturnType<typeof rowsOf>) =>
  rows.map(({ name, depth, hasFolders }) => `${depth} ${name}${hasFolders ? ' +' : ''}`);

describe('the tree of folders', () => {
  const files = new FakeFiles().put(
    'people/ann/set 10/',
    'people/ann/set 9/',
    'people/ann/set 9/train/',
    'people/ann/a.txt'
  );

  it('begins with the folders one has, which are taken to hold some', () => {
    expect(drawn(rowsOf(files))).toEqual(['0 ann +', '0 data +']);
  });

  it('shows what is open, folders alone, in their order', () => {
    expect(drawn(rowsOf(files, 'people/ann', 'people/ann/set 9'))).toEqual([
      '0 ann +',
      '1 set 9 +',
      '2 train',
      '1 set 10',
      '0 data +'
    ]);
  });

  it('shows no way into a folder that cannot be read', () => {
    const refused = new FakeFiles();
    refused.errors.set('data', 'It is gone.');
    expect(drawn(rowsOf(refused, 'data'))).toEqual(['0 ann +', '0 data']);
  });

  it('tells a folder to begin in from the same one within another', () => {
    const both = Object.assign(new FakeFiles(), { folders: [HOME, ROOT] }).put('people/');
    both.put('people/ann/');
    const keys = rowsOf(both, '', 'people').map(({ key }) => key);
    expect(new Set(keys).size).toBe(4);
  });

  it('is walked by the arrow keys', () => {
    const rows = rowsOf(files, 'people/ann');
    expect(treeStep(rows, 1, 'ArrowRight')).toEqual({ isExpanded: true });
    expect(treeStep(rows, 0, 'ArrowRight')).toEqual({ to: 1 });
    expect(treeStep(rows, 2, 'ArrowLeft')).toEqual({ to: 0 });
    expect(treeStep(rows, 0, 'ArrowLeft')).toEqual({ isExpanded: false });
    expect(treeStep(rows, 3, 'ArrowLeft')).toBeNull();
    expect(treeStep(rows, 0, 'x')).toBeNull();
  });
});
