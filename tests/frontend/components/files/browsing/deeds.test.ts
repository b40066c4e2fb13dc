import { waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Browsing } from '../../../../../src/components/files/browsing/browsing';
import { Deeds } from '../../../../../src/components/files/browsing/deeds';
import { anEntry, FakeFiles, FakeUploads, localFile } from '../../../files';
import { trans } from '../../../support';

let files: FakeFiles;
let uploads: FakeUploads;
let browsing: Browsing;
let deeds: Deeds;

beforeEach(() => {
  files = new FakeFiles().put('people/ann/set/', 'people/ann/a.csv', 'people/ann/b.csv');
  uploads = new FakeUploads();
  browsing = new Browsing(files);
  deeds = new Deeds(browsing, uploads, trans);
});
afterEach(() => {
  deeds.dispose();
  browsing.dispose();
});

const mark = (...names: string[]) => {
  const paths = names.map(name => `people/ann/${name}`);
  browsing.select({ marked: new Set(paths), active: paths[0], anchor: paths[0] });
};
const said = () => deeds.notice?.text;

describe('what is done with files', () => {
  it('opens folders; a form chooses a file by it, and nothing else happens to files', () => {
    const choose = vi.fn();
    deeds.open(anEntry('people/ann/a.csv'), choose);
    expect(choose).not.toHaveBeenCalled();
    deeds.open(anEntry('people/ann/set/'), choose);
    expect(browsing.path).toBe('people/ann/set');
    const picking = new Browsing(files, { pick: 'file', multiple: false });
    new Deeds(picking, uploads, trans).open(anEntry('people/ann/a.csv'), choose);
    expect(choose).toHaveBeenCalledWith(['people/ann/a.csv']);
    picking.dispose();
  });

  it('makes and renames what was typed, and leads there', async () => {
    browsing.type({ kind: 'folder' });
    await deeds.finish('new');
    browsing.type({ kind: 'file' });
    await deeds.finish('notes.txt');
    browsing.type({ kind: 'rename', path: 'people/ann/a.csv' });
    await deeds.finish('c.csv');
    expect(files.commands).toEqual([
      ['createFolder', 'people/ann', 'new'],
      ['createFile', 'people/ann', 'notes.txt'],
      ['rename', 'people/ann/a.csv', 'c.csv']
    ]);
    expect(browsing.edit).toBeNull();
    expect(browsing.selection.active).toBe('people/ann/c.csv');
  });

  it('leads nobody back who went on before the answer came', async () => {
    browsing.type({ kind: 'folder' });
    const made = deeds.finish('new');
    browsing.go('people/ann/set');
    const asked = browsing.focusAsked;
    await made;
    mark('a.csv');
    expect([browsing.focusAsked, browsing.selection.active]).toEqual([asked, 'people/ann/a.csv']);
    browsing.go('people/ann');
    mark('a.csv');
    const discarded = deeds.discard();
    browsing.go('people/ann/set');
    mark('set/deep');
    await discarded;
    expect([browsing.focusAsked, browsing.selection.active]).toEqual([
      asked,
      'people/ann/set/deep'
    ]);
  });

  it('leaves the focus to who types the next name before the answer came', async () => {
    browsing.type({ kind: 'folder' });
    const made = deeds.finish('new');
    browsing.type({ kind: 'file' });
    const asked = browsing.focusAsked;
    await made;
    expect(browsing.focusAsked).toBe(asked);
    browsing.type(null);
    browsing.focus();
    expect(browsing.focusAsked).toBe(asked + 1);
  });

  it('sends nothing for a name that was left as it is', async () => {
    browsing.type({ kind: 'rename', path: 'people/ann/a.csv' });
    await deeds.finish('a.csv');
    await deeds.finish('ghost');
    expect(files.commands).toEqual([]);
  });

  it('says why something was refused, until the next thing is done', async () => {
    files.failure = new Error('The disk is full.');
    browsing.type({ kind: 'folder' });
    await deeds.finish('new');
    expect(deeds.notice).toEqual({ text: 'The disk is full.', isBad: true });
    files.failure = null;
    await deeds.lookIntoTrash();
    expect(deeds.notice).toBeNull();
  });

  it('cuts and copies what is marked, and pastes it where one is', async () => {
    deeds.hold(true);
    expect(files.held).toBeNull();
    await deeds.paste();
    mark('a.csv', 'b.csv');
    deeds.hold(true);
    expect(files.held).toEqual({ paths: ['people/ann/a.csv', 'people/ann/b.csv'], isCut: true });
    expect(said()).toBe('2 items are cut.');
    deeds.hold(false);
    expect(said()).toBe('2 items are copied.');
    browsing.go('people/ann/set');
    await deeds.paste();
    expect(files.commands).toEqual([['paste', 'people/ann/set']]);
    expect([...browsing.selection.marked]).toEqual([
      'people/ann/set/a.csv',
      'people/ann/set/b.csv'
    ]);
  });

  it('moves what is dragged, but not to where it is, and copies it with Ctrl', async () => {
    await deeds.drop(['people/ann/a.csv'], 'people/ann', false);
    expect(files.commands).toEqual([]);
    await deeds.drop(['people/ann/a.csv', 'people/ann/set', 'people/ann/set/x'], 'data', false);
    await deeds.drop(['people/ann/a.csv'], 'people/ann', true);
    expect(files.commands).toEqual([
      ['move', ['people/ann/a.csv', 'people/ann/set'], 'data'],
      ['copy', ['people/ann/a.csv'], 'people/ann']
    ]);
    expect(said()).toBe('One item was copied to “ann”.');
  });

  it('puts no folder into itself', async () => {
    await deeds.drop(['people/ann/set'], 'people/ann/set/deep', false);
    expect(deeds.notice).toEqual({ text: 'A folder cannot be put into itself.', isBad: true });
    expect(files.commands).toEqual([]);
  });

  it('puts into the trash what is marked, and takes it back', async () => {
    await deeds.discard();
    expect(files.commands).toEqual([]);
    mark('a.csv', 'b.csv');
    await deeds.discard();
    expect(said()).toBe('2 items are in the trash.');
    deeds.undo();
    await waitFor(() => expect(files.commands.at(-1)?.[0]).toBe('restore'));
    expect(files.commands.at(-1)).toEqual([
      'restore',
      ['t-people/ann/a.csv', 't-people/ann/b.csv']
    ]);
    await waitFor(() => expect(browsing.selection.marked.size).toBe(2));
    deeds.undo();
    expect(files.commands).toHaveLength(2);
  });

  it('leads on to the row that follows what is in the trash', async () => {
    mark('a.csv');
    files.discard = paths => {
      files.entries.set('people/ann', []);
      files.put('people/ann/b.csv', 'people/ann/set/');
      return Promise.resolve(paths.map(String));
    };
    await deeds.discard();
    expect(browsing.selection).toMatchObject({ active: 'people/ann/b.csv', marked: new Set() });
  });

  it('names the one that is in the trash', async () => {
    mark('a.csv');
    await deeds.discard();
    expect(said()).toBe('“a.csv” is in the trash.');
    deeds.dismiss();
    expect(deeds.notice).toBeNull();
  });

  it('restores from the trash, and deletes for ever', async () => {
    await deeds.restore(['t1']);
    expect(said()).toBe('One item is back in its place.');
    await deeds.deleteForever(['t1', 't2']);
    expect(files.commands).toEqual([
      ['restore', ['t1']],
      ['deleteForever', ['t1', 't2']]
    ]);
  });
});

describe('files that are sent', () => {
  const two = () => [localFile('a.csv'), localFile('new.csv')];

  it('go at once when their names are free', async () => {
    await deeds.upload(two(), 'people/ann');
    await deeds.upload([], 'people/ann');
    expect(uploads.commands).toEqual([['add', ['a.csv', 'new.csv'], 'people/ann', undefined]]);
    expect(deeds.question).toBeNull();
  });

  it('are asked about once for all when names are taken', async () => {
    uploads.taken = ['a.csv'];
    await deeds.upload(two(), 'people/ann');
    expect(deeds.question).toMatchObject({ taken: ['a.csv'], count: 2 });
    deeds.question?.answer('replace');
    expect(deeds.question).toBeNull();
    await waitFor(() => expect(uploads.commands).toHaveLength(2));
    expect(uploads.commands[1]).toEqual(['add', ['a.csv', 'new.csv'], 'people/ann', 'replace']);
  });

  it('stay where they are when the question is left', async () => {
    uploads.taken = ['a.csv'];
    await deeds.upload(two(), 'people/ann');
    deeds.question?.answer(null);
    await Promise.resolve();
    expect([deeds.question, uploads.commands.length]).toEqual([null, 1]);
  });
});
