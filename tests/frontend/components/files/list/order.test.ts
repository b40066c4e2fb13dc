import { describe, expect, it } from 'vitest';
import { BY_NAME, ordered, sortedBy } from '../../../../../src/components/files/list/order';
import { anEntry } from '../../../files';

const names = (...sorted: Parameters<typeof ordered>) => ordered(...sorted).map(({ name }) => name);
const at = (name: string, size: number, day: number) => anEntry(name, { size, modified: day });

describe('the order of files', () => {
  it('is that of people: folders first, numbers by their size', () => {
    const entries = ['img 10.png', 'b/', 'Img 9.png', 'img 1.png', 'a/'].map(name => anEntry(name));
    expect(names(entries, BY_NAME)).toEqual(['a', 'b', 'img 1.png', 'Img 9.png', 'img 10.png']);
    expect(names(entries, { ...BY_NAME, descending: true }).slice(0, 2)).toEqual(['b', 'a']);
  });

  it('is by size and by date, by name where these are alike', () => {
    const entries = [at('b', 5, 1), at('a', 5, 3), at('c', 1, 2)];
    expect(names(entries, { key: 'size', descending: false })).toEqual(['c', 'a', 'b']);
    expect(names(entries, { key: 'modified', descending: true })).toEqual(['a', 'c', 'b']);
  });

  it('holds those whose names hold what is looked for, in any case', () => {
    const entries = ['Scan.png', 'photo.png', '扫描.png'].map(name => anEntry(name));
    expect(names(entries, BY_NAME, ' scan ')).toEqual(['Scan.png']);
    expect(names(entries, BY_NAME, '扫')).toEqual(['扫描.png']);
    expect(names(entries, BY_NAME, 'zip')).toEqual([]);
  });

  it('leaves the entries it was given as they were', () => {
    const entries = Object.freeze([anEntry('b'), anEntry('a')]);
    expect(names(entries, BY_NAME)).toEqual(['a', 'b']);
  });

  it('turns round at the second click; sizes and dates begin with the largest', () => {
    expect(sortedBy(BY_NAME, 'name')).toEqual({ key: 'name', descending: true });
    expect(sortedBy(BY_NAME, 'size')).toEqual({ key: 'size', descending: true });
    expect(sortedBy({ key: 'size', descending: true }, 'name')).toEqual(BY_NAME);
  });
});
