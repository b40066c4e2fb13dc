import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import React from 'react';
import { FileBrowser } from '../../../../src/components/files/browser';
import { Browsing } from '../../../../src/components/files/browsing/browsing';
import { anEntry, FakeFiles, FakeUploads, SHARED } from '../../files';
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
const marked = () => [...browsing.selection.marked].map(path => path.replace('people/ann/', ''));
const button = (name: string) => screen.getByRole('button', { name });
const frame = () => act(() => new Promise(resolve => requestAnimationFrame(() => resolve(null))));
const press = (key: string, how: object = {}) =>
  fireEvent.keyDown(document.activeElement!, { key, ...how });

describe('the file browser', () => {
  // proves: filebrowser.many
  it('shows folders and files, of many only those in sight', () => {
    files.entries.set(
      'people/ann',
      Array.from({ length: 10_000 }, (_, at) => anEntry(`people/ann/img ${at}.png`))
    );
    show();
    expect(screen.getByRole('grid', { name: 'Files' }).getAttribute('aria-rowcount')).toBe('10001');
    expect(rows().length).toBeGreaterThan(5);
    expect(rows().length).toBeLessThan(40);
  });

  // proves: filebrowser.keyboard
  it('is walked, marked and opened with the keyboard alone', async () => {
    show();
    row('set').focus();
    press('ArrowDown');
    await frame();
    expect([document.activeElement, marked()]).toEqual([row('a.csv'), ['a.csv']]);
    press('ArrowDown', { shiftKey: true });
    expect(marked()).toEqual(['a.csv', 'b.png']);
    press('a', { ctrlKey: true });
    expect(marked()).toHaveLength(4);
    press('Escape');
    expect(marked()).toEqual([]);
    press('n');
    await frame();
    expect([document.activeElement, marked()]).toEqual([row('notes.txt'), ['notes.txt']]);
    press('End');
    await frame();
    press(' ');
    expect(marked()).toEqual([]);
    press('Home');
    await frame();
    press('Enter');
    expect(browsing.path).toBe('people/ann/set');
    await frame();
    screen.getByRole('grid').focus();
    press('Backspace');
    expect([browsing.path, marked()]).toEqual(['people/ann', ['set']]);
  });

  it('has one row that the Tab key leads to', () => {
    show();
    fireEvent.click(row('b.png'));
    expect(rows().filter(one => one.tabIndex === 0)).toEqual([row('b.png')]);
  });

  it('marks by click, Ctrl, Shift and box', () => {
    show();
    fireEvent.click(row('a.csv'));
    fireEvent.click(row('notes.txt'), { ctrlKey: true });
    expect(marked().sort()).toEqual(['a.csv', 'notes.txt']);
    fireEvent.click(row('a.csv'));
    fireEvent.click(row('notes.txt'), { shiftKey: true });
    expect(marked()).toEqual(['a.csv', 'b.png', 'notes.txt']);
    fireEvent.click(screen.getByRole('checkbox', { name: 'Mark b.png' }));
    expect(marked()).toEqual(['a.csv', 'notes.txt']);
    fireEvent.click(screen.getByRole('checkbox', { name: 'Mark all' }));
    expect(marked()).toHaveLength(4);
  });

  it('renames in place, refuses a name that is taken, and is left with Escape', async () => {
    show();
    row('a.csv').focus();
    press('F2');
    const input = screen.getByRole<HTMLInputElement>('textbox', { name: 'New name of a.csv' });
    expect([input.selectionStart, input.selectionEnd]).toEqual([0, 1]);
    fireEvent.change(input, { target: { value: 'b.png' } });
    fireEvent.keyDown(input, { key: 'Enter' });
    expect(screen.getByRole('alert').textContent).toBe('“b.png” is already here.');
    expect(files.commands).toEqual([]);
    fireEvent.keyDown(input, { key: 'Escape' });
    await frame();
    press('F2');
    const again = screen.getByRole('textbox', { name: 'New name of a.csv' });
    fireEvent.change(again, { target: { value: 'c.csv' } });
    fireEvent.keyDown(again, { key: 'Enter' });
    await waitFor(() => expect(files.commands).toEqual([['rename', 'people/ann/a.csv', 'c.csv']]));
  });

  it('makes a folder with the name that is typed', async () => {
    show();
    fireEvent.click(button('New folder'));
    const input = screen.getByRole('textbox', { name: 'Name of the new folder' });
    fireEvent.change(input, { target: { value: 'scans' } });
    fireEvent.blur(input);
    await waitFor(() => expect(files.commands).toEqual([['createFolder', 'people/ann', 'scans']]));
    fireEvent.click(button('New file'));
    fireEvent.blur(screen.getByRole('textbox', { name: 'Name of the new file' }));
    expect(screen.queryByRole('textbox', { name: 'Name of the new file' })).toBeNull();
    expect(files.commands).toHaveLength(1);
  });

  // proves: filebrowser.trash
  it('puts into the trash by a key, and takes it back', async () => {
    show();
    fireEvent.click(row('a.csv'));
    row('a.csv').focus();
    press('Delete');
    await screen.findByText('“a.csv” is in the trash.');
    fireEvent.click(button('Undo'));
    await waitFor(() => expect(files.commands.at(-1)).toEqual(['restore', ['t-people/ann/a.csv']]));
  });

  it('cuts, copies and pastes by keys', async () => {
    show();
    fireEvent.click(row('a.csv'));
    row('a.csv').focus();
    press('x', { ctrlKey: true });
    expect(files.held).toEqual({ paths: ['people/ann/a.csv'], isCut: true });
    expect(row('a.csv').dataset.cut).toBe('true');
    press('c', { metaKey: true });
    expect(files.held?.isCut).toBe(false);
    press('v', { ctrlKey: true });
    await waitFor(() => expect(files.commands).toEqual([['paste', 'people/ann']]));
  });

  it('keeps the keys of Lab away from what is done here', () => {
    show();
    expect(row('a.csv').closest('[data-lm-suppress-shortcuts]')).not.toBeNull();
  });

  it('sorts by a click on a head, and says so', () => {
    show();
    fireEvent.click(button('Size'));
    expect(screen.getByRole('columnheader', { name: 'Size' }).getAttribute('aria-sort')).toBe(
      'descending'
    );
  });

  it('filters by name, and shows all again', () => {
    show();
    const field = screen.getByRole('searchbox', { name: 'Filter by name' });
    fireEvent.change(field, { target: { value: 'zzz' } });
    screen.getByText('No name holds “zzz”.');
    fireEvent.click(button('Show all'));
    expect(rows()).toHaveLength(4);
  });

  // proves: filebrowser.read-only
  it('says of a folder that is only read that it is, and offers nothing that it cannot do', () => {
    files.folders = [SHARED];
    files.put('data/x.csv');
    show();
    screen.getByText('Read only');
    expect(screen.queryByRole('button', { name: 'Upload' })).toBeNull();
    fireEvent.click(rows()[0]);
    expect(button('Copy')).toBeTruthy();
    ['Cut', 'Rename', 'Put into the trash', 'New folder'].forEach(name =>
      expect(screen.queryByRole('button', { name })).toBeNull()
    );
    rows()[0].focus();
    ['F2', 'Delete'].forEach(key => press(key));
    press('x', { ctrlKey: true });
    expect([files.commands, files.held, browsing.edit]).toEqual([[], null, null]);
  });

  it('says that the folders cannot be read, and tries again', () => {
    files.error = 'The server cannot be reached.';
    show();
    expect(screen.getByRole('alert').textContent).toContain('The server cannot be reached.');
    expect(rows()).toHaveLength(4);
    fireEvent.click(button('Try again'));
    expect(files.commands).toEqual([['refresh']]);
  });

  it('leads back by its crumbs', () => {
    files.put('people/ann/set/deep/');
    show();
    act(() => browsing.go('people/ann/set/deep'));
    const crumbs = screen.getByRole('navigation', { name: 'Open folder' });
    expect(
      within(crumbs)
        .getAllByRole('button')
        .map(one => one.textContent)
    ).toEqual(['My files', 'set', 'deep']);
    fireEvent.click(within(crumbs).getByRole('button', { name: 'My files' }));
    expect(browsing.path).toBe('people/ann');
  });

  // proves: filebrowser.keyboard
  it('walks its tree by keys', async () => {
    show();
    const items = () => screen.getAllByRole('treeitem').map(one => one.getAttribute('aria-label'));
    expect(items()).toEqual(['My files', 'data']);
    screen.getAllByRole('treeitem')[0].focus();
    press('ArrowRight');
    expect(items()).toEqual(['My files', 'set', 'data']);
    press('ArrowRight');
    await frame();
    press('Enter');
    expect(browsing.path).toBe('people/ann/set');
    press('ArrowLeft');
    await frame();
    press('ArrowLeft');
    expect(items()).toEqual(['My files', 'data']);
  });

  it('says why nothing is there: it waits, it is refused, it is empty, one has no folder', () => {
    files.entries.clear();
    show();
    screen.getByRole('status', { name: 'Loading…' });
    files.errors.set('people/ann', 'The folder is gone.');
    act(() => files.changed.emit());
    expect(screen.getByRole('alert').textContent).toBe('The folder is gone.');
    files.errors.clear();
    files.entries.set('people/ann', []);
    act(() => files.changed.emit());
    screen.getByText('This folder is empty.');
    files.folders = [];
    act(() => files.changed.emit());
    screen.getByText('You have no folder here.');
  });
});
