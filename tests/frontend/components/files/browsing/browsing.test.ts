import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IPlace } from '../../../../../src/components/files/browsing/browsing';
import { Browsing } from '../../../../../src/components/files/browsing/browsing';
import { USUAL } from '../../../../../src/components/files/browsing/kept';
import { FakeFiles, HOME, ROOT, SHARED } from '../../../files';

let files: FakeFiles;
let browsing: Browsing;
let told: IPlace[];

function browse(place: Partial<IPlace> = {}, choice?: ConstructorParameters<typeof Browsing>[1]) {
  const made = new Browsing(files, choice, place);
  told = [];
  made.moved.connect((_, moved) => void told.push(moved), told);
  return made;
}

beforeEach(() => {
  files = new FakeFiles().put('people/ann/set/', 'people/ann/b.csv', 'people/ann/a.csv');
  files.put('people/ann/set/deep/', 'people/ann/set/deep/x.png');
  browsing = browse();
});
afterEach(() => browsing.dispose());

const names = () => browsing.rows.map(({ name }) => name);
const mark = (...paths: string[]) =>
  browsing.select({ marked: new Set(paths), active: paths[0], anchor: paths[0] });

describe('browsing', () => {
  it('begins in the first folder that one has', () => {
    expect(browsing.path).toBe('people/ann');
    expect(names()).toEqual(['set', 'a.csv', 'b.csv']);
  });

  it('waits for the folders when they are not known yet', () => {
    files = Object.assign(new FakeFiles(), { folders: [] });
    browsing = browse();
    expect(browsing.path).toBe('');
    browsing.show();
    expect(files.shown).toEqual([]);
    files.folders = [SHARED];
    files.changed.emit();
    expect(browsing.path).toBe('data');
    expect(files.shown).toEqual(['data']);
  });

  it('stays in the root for those who have it', () => {
    files.folders = [HOME, ROOT];
    browsing = browse();
    expect(browsing.path).toBe('');
  });

  it('opens folders, and opens the way to them in the tree', () => {
    browsing.go('people/ann/set/deep');
    expect(browsing.kept.expanded).toEqual(['people/ann', 'people/ann/set']);
    expect(told.at(-1)?.path).toBe('people/ann/set/deep');
  });

  it('goes up to the outermost folder one has, and marks where it came from', () => {
    browsing.go('people/ann/set');
    browsing.up();
    expect(browsing.path).toBe('people/ann');
    expect([...browsing.selection.marked]).toEqual(['people/ann/set']);
    browsing.up();
    expect(browsing.path).toBe('people/ann');
  });

  it('goes up through a home where one has the root as well', () => {
    files.folders = [HOME, ROOT];
    browsing.up();
    expect(browsing.path).toBe('people');
  });

  it('forgets marks, filter and a half-typed name at another folder', () => {
    mark('people/ann/a.csv');
    browsing.find('a');
    browsing.type({ kind: 'folder' });
    browsing.go('people/ann/set');
    expect([browsing.selection.marked.size, browsing.filter, browsing.edit]).toEqual([0, '', null]);
  });

  it('sorts and filters, and gives the same rows until one of these changes', () => {
    const before = browsing.rows;
    browsing.select({ marked: new Set(), active: null, anchor: null });
    expect(browsing.rows).toBe(before);
    browsing.sortBy({ key: 'name', descending: true });
    expect(names()).toEqual(['set', 'b.csv', 'a.csv']);
    browsing.find('A.');
    expect(names()).toEqual(['a.csv']);
  });

  it('drops the mark of what is gone', () => {
    mark('people/ann/a.csv', 'people/ann/b.csv');
    files.entries.set('people/ann', []);
    files.put('people/ann/b.csv');
    files.changed.emit();
    expect([...browsing.selection.marked]).toEqual(['people/ann/b.csv']);
    expect(told.at(-1)?.selected).toEqual(['people/ann/b.csv']);
  });

  it('keeps marks that came with the page until the folder is known', () => {
    files.entries.delete('people/ann');
    browsing = browse({ path: 'people/ann', selected: ['people/ann/a.csv'] });
    files.changed.emit();
    expect([...browsing.selection.marked]).toEqual(['people/ann/a.csv']);
  });

  it('has what is drawn read, and nothing while it is hidden', () => {
    browsing.expand('people/ann', true);
    browsing.expand('data', true);
    expect(files.shown).toEqual([]);
    browsing.show();
    expect([...files.shown].sort()).toEqual(['data', 'people/ann']);
    browsing.showTree(false);
    expect(files.shown).toEqual(['people/ann']);
    browsing.go('people/ann/set');
    expect(files.shown).toEqual(['people/ann/set']);
    browsing.hide();
    expect(files.shown).toEqual([]);
  });

  it('lets go of everything', () => {
    browsing.show();
    browsing.dispose();
    expect(files.shown).toEqual([]);
    const drawn = vi.fn();
    browsing.changed.connect(drawn);
    files.changed.emit();
    expect(drawn).not.toHaveBeenCalled();
  });

  it('takes over a place from outside without telling it back', () => {
    browsing.show();
    browsing.take({ path: 'data', selected: ['data/x'], kept: { ...USUAL, isTreeShown: false } });
    expect([browsing.path, browsing.kept.isTreeShown, told]).toEqual(['data', false, []]);
    expect(files.shown).toEqual(['data']);
  });

  it('says what a form would get', () => {
    browsing = browse({}, { pick: 'file', multiple: false });
    expect(browsing.fitting).toEqual([]);
    mark('people/ann/a.csv');
    expect(browsing.fitting).toEqual(['people/ann/a.csv']);
  });

  it('shows the trash, and files again at the next folder', () => {
    browsing.goToTrash();
    expect(browsing.isTrashShown).toBe(true);
    browsing.go(browsing.path);
    expect(browsing.isTrashShown).toBe(false);
  });
});
