import { act, fireEvent, render, screen, within } from '@testing-library/react';
import React from 'react';
import { beforeEach, describe, expect, it } from 'vitest';
import { WorkBar } from '../../../../src/components/snapshots/bar';
import type { Action } from '../../../../src/components/snapshots/shelf';
import { aWork, FakeShelf, loaded } from '../../snapshots';
import { giveSize } from '../../support';

let shelf: FakeShelf;

beforeEach(() => {
  giveSize(400);
  shelf = new FakeShelf();
  shelf.works = [aWork(), aWork('theirs', { by: 'bo', shared: true })];
});

const show = () => render(<WorkBar shelf={shelf} />);
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name });
const row = (name: string) => screen.getByRole('row', { name: new RegExp(name) });
const choose = (name: string) => fireEvent.click(row(name));
const type = (label: string, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
const become = (change: Partial<FakeShelf>) => act(() => void shelf.become(change));

// proves: saved.table
describe('the table of saved work', () => {
  it('says of each its name, when, how much, by whom, the note, and whether it is shared', () => {
    show();
    const cells = within(row('before lunch')).getAllByRole('gridcell');
    const texts = cells.map(cell => cell.textContent);
    expect([texts[0], texts[2], texts[3], texts[4]]).toEqual([
      'before lunch',
      '2.0 KiB',
      'ann',
      'the loss still falls'
    ]);
    expect(texts[1]).toContain('2026');
    expect(within(row('theirs')).getByText('with you')).toBeTruthy();
  });

  it('shows what people wrote as text', () => {
    const name = '<img src=x onerror=alert(1)>';
    shelf.works = [aWork(name, { note: '<script>1</script>', by: '<b>bo</b>' })];
    const { container } = show();
    expect(screen.getByText(name)).toBeTruthy();
    expect(screen.getByText('<script>1</script>')).toBeTruthy();
    expect(container.querySelector('img, script, b')).toBeNull();
  });

  it('says so when nothing is saved, and shows nothing before it is known', () => {
    shelf.works = null;
    show();
    expect(screen.queryByRole('grid')).toBeNull();
    become({ works: [] });
    expect(screen.getByText('Nothing is saved under a name yet.')).toBeTruthy();
  });

  it('keeps but the rows in the page that can be seen', () => {
    shelf.works = Array.from({ length: 1000 }, (_, at) => aWork(`run ${at}`));
    show();
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('1001');
    expect(screen.getAllByRole('row').length).toBeLessThan(60);
  });

  it('is walked by arrow keys, and Enter loads', () => {
    show();
    const grid = screen.getByRole('grid');
    fireEvent.keyDown(grid, { key: 'ArrowDown' });
    expect(row('before lunch').getAttribute('aria-selected')).toBe('true');
    fireEvent.keyDown(grid, { key: 'ArrowDown' });
    fireEvent.keyDown(grid, { key: 'Enter' });
    fireEvent.doubleClick(row('before lunch'));
    expect(shelf.done).toEqual([
      ['load', 'theirs'],
      ['load', 'before lunch']
    ]);
  });
});

// proves: saved.named
describe('work', () => {
  it('is saved under a name with a note, which is asked for', () => {
    show();
    fireEvent.click(button('Save'));
    expect(button('Save as…').disabled).toBe(false);
    type('Name', '  after lunch ');
    type('Note', 'better');
    fireEvent.submit(screen.getByRole('form'));
    expect(shelf.done).toEqual([['save', 'after lunch', 'better']]);
    expect(screen.queryByRole('form')).toBeNull();
  });

  it('is saved under its own name and note without a question, once it has one', () => {
    shelf.current = 'before lunch';
    show();
    fireEvent.click(button('Save'));
    expect(shelf.done).toEqual([['save', 'before lunch', 'the loss still falls']]);
  });

  it('has no name of blanks, and Escape saves nothing', () => {
    show();
    fireEvent.click(button('Save as…'));
    type('Name', '  ');
    fireEvent.submit(screen.getByRole('form'));
    fireEvent.keyDown(screen.getByLabelText('Name'), { key: 'Escape' });
    expect([shelf.done, screen.queryByRole('form')]).toEqual([[], null]);
  });

  it('is loaded, renamed, duplicated, deleted and exported once it is chosen', () => {
    show();
    const names = ['Load', 'Rename…', 'Duplicate', 'Delete…', 'Export'];
    expect(names.map(name => button(name).disabled)).toEqual(names.map(() => true));
    choose('before lunch');
    ['Load', 'Duplicate', 'Delete…', 'Export', 'Rename…'].forEach(name =>
      fireEvent.click(button(name))
    );
    type('Name', 'morning');
    fireEvent.submit(screen.getByRole('form'));
    expect(shelf.done).toEqual([
      ['load', 'before lunch'],
      ['copy', 'before lunch'],
      ['remove', 'before lunch'],
      ['export', 'before lunch'],
      ['rename', 'before lunch', 'morning']
    ]);
  });

  it('of a colleague is loaded, duplicated and exported, and nothing else', () => {
    show();
    choose('theirs');
    const names = ['Load', 'Rename…', 'Duplicate', 'Delete…', 'Export'];
    expect(names.map(name => button(name).disabled)).toEqual([false, true, false, true, false]);
    expect(within(row('theirs')).queryByRole('checkbox')).toBeNull();
  });

  it('is shared and shared no more', () => {
    show();
    fireEvent.click(screen.getByLabelText('Share “before lunch” with colleagues'));
    expect(shelf.done).toEqual([['share', 'before lunch', true]]);
    expect(row('before lunch').getAttribute('aria-selected')).toBe('false');
  });

  it('is taken from a file', () => {
    show();
    const files = [new File(['{}'], 'mine.json')];
    fireEvent.change(screen.getByLabelText('A file of saved work'), { target: { files } });
    fireEvent.change(screen.getByLabelText('A file of saved work'), { target: { files: [] } });
    expect(shelf.done).toEqual([['import', 'mine.json']]);
  });
});

// proves: saved.undo
describe('what was loaded', () => {
  it('can be undone while there is something to put back', () => {
    show();
    expect(screen.queryByRole('button', { name: 'Undo loading' })).toBeNull();
    become({ canUndo: true });
    fireEvent.click(button('Undo loading'));
    expect(shelf.done).toEqual([['undo']]);
  });
});

// proves: saved.told
describe('what became of an action', () => {
  const actions: Action[] = [
    'save', 'load', 'undo', 'rename', 'copy', 'delete', 'export', 'import', 'share', 'unshare'
  ]; // prettier-ignore

  it.each(actions)('is said of %s: that it goes on, is done, or why not', action => {
    show();
    const status = screen.getByRole('status');
    const texts = new Set<string>();
    become({ said: { kind: 'busy', action } });
    texts.add(status.textContent);
    become({ said: { kind: 'done', action, name: 'A', misfits: [], waiting: 0 } });
    texts.add(status.textContent);
    become({ said: { kind: 'failed', action, name: 'A', reason: 'The disk is full.' } });
    expect(status.textContent).toContain('The disk is full.');
    texts.add(status.textContent);
    expect([texts.size, texts.has('')]).toEqual([3, false]);
  });

  it('is said of a list that cannot be had, and a list that comes is no news', () => {
    show();
    become({ said: { kind: 'done', action: 'list', name: '', misfits: [], waiting: 0 } });
    expect(screen.getByRole('status').textContent).toBe('');
    become({ said: { kind: 'failed', action: 'list', name: '', reason: 'No.' } });
    expect(screen.getByRole('status').textContent).toBe('The saved work cannot be shown. No.');
  });

  it('names what did not fit, and says what waits for its page', () => {
    show();
    const misfits = [
      { name: 'train/<b>', reason: 'not-here' },
      { name: 'data/Count', reason: 'the kernel says so' }
    ];
    become({ said: loaded('A', misfits, 2) });
    const status = screen.getByRole('status');
    expect(status.textContent).toContain('“A” is loaded.');
    expect(status.textContent).toContain('2 values will be there when their page is opened.');
    expect(status.textContent).toContain('2 values were left out:');
    expect(
      within(status)
        .getAllByRole('listitem')
        .map(item => item.textContent)
    ).toEqual(['train/<b>: it is no longer on this page', 'data/Count: the kernel says so']);
  });

  it('begins nothing else while one goes on', () => {
    show();
    choose('before lunch');
    become({ said: { kind: 'busy', action: 'load' } });
    const active = screen.getAllByRole<HTMLButtonElement>('button').filter(one => !one.disabled);
    expect(active).toEqual([]);
  });
});

// proves: saved.questions
describe('a question', () => {
  it.each([
    ['replace', 'Replace', 'There is saved work called “A” already. Replace it?'],
    ['delete', 'Delete', 'Delete “A”? It cannot be brought back.']
  ] as const)('before %s has the harmless way as its first', (about, word, text) => {
    const yes = () => void shelf.done.push(['yes']);
    show();
    become({ question: { about, name: 'A', yes } });
    const dialog = screen.getByRole('alertdialog', { name: text });
    expect(document.activeElement?.textContent).toBe('Cancel');
    fireEvent.click(within(dialog).getByRole('button', { name: word }));
    fireEvent.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    fireEvent.keyDown(dialog, { key: 'Escape' });
    expect(shelf.done).toEqual([['yes'], ['dismiss'], ['dismiss']]);
  });
});
