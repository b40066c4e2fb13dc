import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import React from 'react';
import { FileBrowser } from '../../../../src/components/files/browser';
import { Browsing } from '../../../../src/components/files/browsing/browsing';
import { PATHS } from '../../../../src/components/files/drop';
import { anUpload, aPreview, aTrashed, FakeFiles, FakeUploads } from '../../files';
import { giveSize } from '../../support';

let files: FakeFiles;
let uploads: FakeUploads;
let browsing: Browsing;
let chosen: string[][];

beforeEach(() => {
  giveSize(400);
  files = new FakeFiles().put(
    'people/ann/set/',
    'people/ann/a.csv',
    'people/ann/b.png',
    'people/ann/notes.txt'
  );
  uploads = new FakeUploads();
  chosen = [];
});
afterEach(() => browsing.dispose());

function show(choice?: Browsing['choice'], value: string[] = []): void {
  browsing = new Browsing(files, choice);
  render(
    <FileBrowser
      browsing={browsing}
      uploads={uploads}
      value={value}
      height={400}
      onChoose={paths => chosen.push([...paths])}
    />
  );
}

const rows = () => [...document.querySelectorAll<HTMLElement>('.crispdm-FileRow[data-path]')];
const row = (name: string) => rows().find(one => one.dataset.path === `people/ann/${name}`)!;
const button = (name: string) => screen.getByRole('button', { name });

/** What a drag carries. */
function carrying(data: Record<string, string>, files: File[] = []) {
  const types = files.length > 0 ? ['Files'] : Object.keys(data);
  const store = new Map(Object.entries(data));
  return {
    types,
    files,
    items: files.map(() => ({ kind: 'file', webkitGetAsEntry: () => null })),
    dropEffect: 'none',
    effectAllowed: 'all',
    getData: (type: string) => store.get(type) ?? '',
    setData: (type: string, value: string) => void store.set(type, value)
  };
}

describe('dragging', () => {
  const drag = (target: Element, kind: 'dragOver' | 'drop', dataTransfer: object, how = {}) => {
    const event = new MouseEvent(kind.toLowerCase(), { bubbles: true, cancelable: true, ...how });
    Object.assign(event, { dataTransfer });
    act(() => void target.dispatchEvent(event));
    return event;
  };

  // proves: filebrowser.drag
  it('moves all that is marked into a folder', async () => {
    show();
    fireEvent.click(row('a.csv'));
    fireEvent.click(row('b.png'), { ctrlKey: true });
    const data = carrying({});
    fireEvent.dragStart(row('a.csv'), { dataTransfer: data });
    const moved = carrying({ [PATHS]: data.getData(PATHS) });
    expect(drag(row('set'), 'dragOver', moved).defaultPrevented).toBe(true);
    expect(row('set').dataset.over).toBe('true');
    drag(row('set'), 'drop', moved);
    await waitFor(() =>
      expect(files.commands).toEqual([
        ['move', ['people/ann/a.csv', 'people/ann/b.png'], 'people/ann/set']
      ])
    );
  });

  it('takes the one that is dragged when it is not marked, and copies with Ctrl', async () => {
    show();
    fireEvent.click(row('a.csv'));
    const data = carrying({});
    fireEvent.dragStart(row('b.png'), { dataTransfer: data });
    drag(row('set'), 'drop', carrying({ [PATHS]: data.getData(PATHS) }), { ctrlKey: true });
    await waitFor(() =>
      expect(files.commands).toEqual([['copy', ['people/ann/b.png'], 'people/ann/set']])
    );
  });

  // proves: filebrowser.drag
  it('sends files from outside into the folder they are dropped on', async () => {
    show();
    const outside = carrying({}, [new File(['x'], 'new.txt')]);
    drag(screen.getByRole('grid'), 'dragOver', outside);
    drag(screen.getByRole('grid'), 'drop', outside);
    await waitFor(() =>
      expect(uploads.commands).toEqual([['add', ['new.txt'], 'people/ann', undefined]])
    );
  });

  it('is not welcome where one may only read, nor with anything else', () => {
    show();
    const tree = screen.getByRole('treeitem', { name: 'data' });
    const moved = carrying({ [PATHS]: '["people/ann/a.csv"]' });
    expect(drag(tree, 'dragOver', moved).defaultPrevented).toBe(false);
    drag(tree, 'drop', moved);
    expect(drag(row('set'), 'dragOver', carrying({ 'text/plain': 'x' })).defaultPrevented).toBe(
      false
    );
    drag(row('set'), 'drop', carrying({ [PATHS]: 'no json' }));
    expect(files.commands).toEqual([]);
  });
});

describe('what stands around the list', () => {
  // proves: filebrowser.conflicts
  it('asks a question once for all, and answers it', async () => {
    uploads.taken = ['a.csv', 'b.png', 'notes.txt', 'set/x'];
    show();
    const input = document.querySelector<HTMLInputElement>('input[type=file]')!;
    fireEvent.change(input, { target: { files: [new File([], 'a.csv')] } });
    const question = await screen.findByRole('alertdialog', { name: 'Names are taken' });
    expect(question.textContent).toContain('4 of these names are already here');
    expect(question.textContent).toContain('and one more');
    expect(document.activeElement?.textContent).toBe('Keep both');
    fireEvent.click(button('Replace'));
    await waitFor(() => expect(uploads.commands.at(-1)?.at(-1)).toBe('replace'));
    expect(screen.queryByRole('alertdialog')).toBeNull();
  });

  // proves: filebrowser.uploads
  it('lists uploads with what can be done about each', () => {
    uploads.list = [
      anUpload({ id: 'a', name: 'a' }),
      anUpload({ id: 'b', name: 'b', state: 'paused' }),
      anUpload({ id: 'c', name: 'c', state: 'failed', error: 'The disk is full.' }),
      anUpload({ id: 'd', name: 'd', state: 'done', sent: 4 * 2 ** 20 }),
      anUpload({ id: 'e', name: 'e', state: 'interrupted', folder: 'people/ann/set' })
    ];
    show();
    screen.getByText('1 of 5 files uploaded · 1 failed', { exact: false });
    screen.getByText('The disk is full.');
    ['Pause a', 'Resume b', 'Try c again', 'Cancel e', 'Pause all', 'Resume all', 'Clear'].forEach(
      name => fireEvent.click(button(name))
    );
    expect(uploads.commands.map(([what, id]) => [what, id].filter(Boolean).join(' '))).toEqual([
      'pause a',
      'resume b',
      'resume c',
      'cancel e',
      'pauseAll',
      'resumeAll',
      'clear'
    ]);
    fireEvent.change(screen.getByLabelText('Choose e again'), {
      target: { files: [new File([], 'e')] }
    });
    expect(uploads.commands.at(-1)).toEqual(['add', ['e'], 'people/ann/set', undefined]);
    fireEvent.click(screen.getByRole('button', { expanded: true }));
    expect(screen.queryByText('The disk is full.')).toBeNull();
  });

  // proves: filebrowser.trash
  it('shows the trash; each is restored, or deleted after one more question', async () => {
    files.trashed = [aTrashed('people/ann/old.txt'), aTrashed('people/ann/older.txt')];
    show();
    fireEvent.click(button('Trash'));
    fireEvent.click(button('Restore old.txt'));
    fireEvent.click(button('Delete older.txt for ever…'));
    fireEvent.click(button('Delete for ever'));
    fireEvent.click(button('Empty the trash…'));
    fireEvent.click(within(screen.getByRole('alertdialog')).getByText('Delete for ever'));
    await waitFor(() =>
      expect(files.commands.slice(1)).toEqual([
        ['restore', ['t-people/ann/old.txt']],
        ['deleteForever', ['t-people/ann/older.txt']],
        ['emptyTrash']
      ])
    );
  });

  it('looks into the marked file, after it was marked for a while', async () => {
    const asked = vi.spyOn(files, 'preview');
    files.previews.set(
      'people/ann/a.csv',
      aPreview({ kind: 'table', columns: [{ name: 'x', type: 'int64' }], rows: [[7]] })
    );
    show();
    fireEvent.click(row('notes.txt'));
    fireEvent.click(row('a.csv'));
    await screen.findByRole('cell', { name: '7' });
    expect(asked).toHaveBeenCalledTimes(1);
    fireEvent.click(row('notes.txt'));
    expect((await screen.findByRole('alert')).textContent).toBe('It cannot be read.');
    fireEvent.click(row('b.png'));
    const picture = screen.getByRole('img', { name: 'b.png' });
    expect(picture.getAttribute('src')).toBe('/files/people/ann/b.png');
    fireEvent.error(picture);
    screen.getByText('This picture cannot be shown.');
    fireEvent.click(button('Close the preview'));
    expect(browsing.kept.isPreviewShown).toBe(false);
  });

  // proves: filebrowser.pick
  it('gives a form what is marked, and takes it back', () => {
    show({ pick: 'file', multiple: true }, ['people/ann/a.csv']);
    screen.getByText('Chosen: people/ann/a.csv');
    fireEvent.click(row('a.csv'));
    fireEvent.click(row('b.png'), { ctrlKey: true });
    fireEvent.click(button('Choose 2 items'));
    fireEvent.click(button('Choose nothing'));
    expect(chosen).toEqual([['people/ann/a.csv', 'people/ann/b.png'], []]);
  });

  it('offers a form the open folder', () => {
    show({ pick: 'folder', multiple: false });
    screen.getByText('No folder is chosen.');
    fireEvent.click(button('Choose “ann”'));
    expect(chosen).toEqual([['people/ann']]);
  });
});
