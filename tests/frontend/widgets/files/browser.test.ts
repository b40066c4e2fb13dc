import type { IWidgetManager } from '@jupyter-widgets/base';
import { act, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { IFiles, IUploads } from '../../../../src/tokens/files';
import { CrispdmModel, page } from '../../../../src/widgets/basics/react';
import { FileBrowserView } from '../../../../src/widgets/files';
import { FakeFiles, FakeUploads } from '../../files';
import { FakeJobs, fakeWorkbench, giveSize } from '../../support';

let files: FakeFiles;
let views: FileBrowserView[];
let saves: number;

beforeEach(() => {
  giveSize(520);
  files = new FakeFiles().put('people/ann/set/', 'people/ann/a.csv', 'people/ann/b.csv');
  [views, saves] = [[], 0];
  const { workbench, share } = fakeWorkbench(new FakeJobs());
  share<IFiles>(IFiles, files);
  share<IUploads>(IUploads, new FakeUploads());
  page.workbench = workbench;
});
afterEach(() => {
  act(() => views.forEach(view => void view.remove()));
  document.body.innerHTML = '';
});

async function show(values: object = {}): Promise<CrispdmModel> {
  const manager = { inline_sanitize: (text: string) => text } as unknown as IWidgetManager;
  const usual = { path: '', selected: [], pick: 'none', multiple: false, value: '', state: {} };
  const all = { ...usual, height: 400, ...values };
  const model = new CrispdmModel(all, { model_id: 'm1', widget_manager: manager });
  model.save_changes = () => void saves++;
  const view = new FileBrowserView({ model, options: {} });
  views.push(view);
  document.body.append(view.el);
  await act(async () => {
    view.render();
    await Promise.resolve();
  });
  return model;
}

const row = (name: string) =>
  document.querySelector<HTMLElement>(`[data-path="people/ann/${name}"]`)!;

describe('the file browser in a notebook', () => {
  it('tells the kernel where it is and what is marked', async () => {
    const model = await show();
    fireEvent.click(row('a.csv'));
    expect([model.get('path'), model.get('selected')]).toEqual([
      'people/ann',
      ['people/ann/a.csv']
    ]);
    const before = saves;
    fireEvent.doubleClick(row('set'));
    expect(model.get('path')).toBe('people/ann/set');
    expect(saves).toBe(before + 1);
  });

  it('goes where the kernel says, and says nothing of it back', async () => {
    const model = await show();
    const before = saves;
    act(() => void model.set({ path: 'people/ann/set', selected: [] }));
    expect(screen.getByRole('button', { name: 'set', current: 'page' })).toBeTruthy();
    expect(saves).toBe(before);
  });

  it('comes back as it was kept', async () => {
    await show({
      path: 'people/ann',
      selected: ['people/ann/b.csv'],
      state: { isTreeShown: false, sort: { key: 'name', descending: true } }
    });
    expect(row('b.csv').getAttribute('aria-selected')).toBe('true');
    expect(screen.queryByRole('tree')).toBeNull();
    expect(row('b.csv').dataset.index).toBe('1');
  });

  it('keeps a state that JSON can hold', async () => {
    const model = await show();
    fireEvent.click(screen.getByRole('button', { name: 'Preview' }));
    expect(JSON.parse(JSON.stringify(model.get('state')))).toMatchObject({ isPreviewShown: false });
  });

  it('gives a form one path, or several', async () => {
    const one = await show({ pick: 'file' });
    fireEvent.doubleClick(row('a.csv'));
    expect(one.get('value')).toBe('people/ann/a.csv');
    fireEvent.click(screen.getByRole('button', { name: 'Choose nothing' }));
    expect(one.get('value')).toBe('');
  });

  it('gives a form all that are marked', async () => {
    const model = await show({ pick: 'file', multiple: true, value: [] });
    fireEvent.click(row('a.csv'));
    fireEvent.click(row('b.csv'), { ctrlKey: true });
    fireEvent.click(screen.getByRole('button', { name: 'Choose 2 items' }));
    expect(model.get('value')).toEqual(['people/ann/a.csv', 'people/ann/b.csv']);
  });

  it('begins anew when something else is asked for', async () => {
    const model = await show();
    act(() => void model.set({ pick: 'folder' }));
    expect(screen.getByRole('button', { name: 'Choose “ann”' })).toBeTruthy();
  });

  it('marks more than it tells', async () => {
    files.put(...Array.from({ length: 1200 }, (_, at) => `people/ann/set/${at}.png`));
    const model = await show({ path: 'people/ann/set' });
    fireEvent.click(screen.getByRole('checkbox', { name: 'Mark all' }));
    expect(model.get('selected')).toHaveLength(1000);
    expect(screen.getByText('1200 marked')).toBeTruthy();
  });

  it('lets go of the folders it showed', async () => {
    await show();
    expect(files.shown).toContain('people/ann');
    act(() => views.splice(0).forEach(view => void view.remove()));
    expect(files.shown).toEqual([]);
  });
});
