import { Dialog, Notification } from '@jupyterlab/apputils';
import { ServerConnection } from '@jupyterlab/services';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { nullTranslator } from '@jupyterlab/translation';
import { act } from '@testing-library/react';
import type { Widget } from '@lumino/widgets';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { VersionsPage } from '../../../../src/panels/history';
import { layoutsPlugin } from '../../../../src/plugins/history/layouts';
import { versionsPlugin } from '../../../../src/plugins/history/versions';
import { HistoryCommands, IHistory } from '../../../../src/tokens/history';
import { dialogShown, press } from '../../dialogs';
import { aLayout, aVersion, FakeHistory } from '../../managers/history/fakes';
import { FakeLab, FakeRestorer } from '../../lab';
import { FakeJobs, fakeWorkbench } from '../../support';

const PATH = 'study/train.py';

/** An open document. */
class Document {
  readonly model = { dirty: false };
  done: string[] = [];
  canSave = true;
  constructor(readonly path: string) {}
  save(): Promise<void> {
    this.done.push('save');
    this.model.dirty = !this.canSave;
    return Promise.resolve();
  }
  revert(): Promise<void> {
    this.done.push('revert');
    return Promise.resolve();
  }
}

let lab: FakeLab;
let history: FakeHistory;
let restorer: FakeRestorer;
/** The documents of the widgets in the main area. */
let open: Map<Widget, Document>;
let selected: { path: string; type: string }[];
let files: Map<string, string | Error>;

beforeEach(() => {
  [lab, history, restorer] = [new FakeLab(), new FakeHistory(), new FakeRestorer()];
  open = new Map();
  selected = [];
  files = new Map([[PATH, 'now\n']]);
  history.kept = [aVersion({ id: 2 }), aVersion({ id: 1 })];
  const { workbench, share } = fakeWorkbench(new FakeJobs());
  share(IHistory, history);
  Object.assign(lab.shell, { widgets: () => open.keys() });
  const get = (path: string, { content = true }) => {
    const file = files.get(path);
    return file === undefined || file instanceof Error
      ? Promise.reject(file ?? new ServerConnection.ResponseError(gone()))
      : Promise.resolve({ size: file.length, content: content ? btoa(file) : null });
  };
  Object.assign(lab.contents, { get });
  const documents = {
    contextForWidget: (widget: Widget) => open.get(widget)
  } as unknown as IDocumentManager;
  const browsers = {
    tracker: { currentWidget: { selectedItems: () => selected.values() } }
  } as unknown as IFileBrowserFactory;
  const { app } = lab;
  const parts = [app, workbench, nullTranslator] as const;
  void versionsPlugin.activate(...parts, documents, browsers, null, restorer.asRestorer);
  void layoutsPlugin.activate(...parts, null);
});

afterEach(() => {
  Dialog.flush();
  lab.dispose();
  vi.restoreAllMocks();
});

const gone = () => new Response('{}', { status: 404 });
const page = () => lab.places[0]?.widget as VersionsPage;
const told = () => Notification.manager.notifications[0]?.message;

async function show(path = PATH): Promise<VersionsPage> {
  await act(() => lab.run(HistoryCommands.versions, { path }));
  await act(() => page().model.load());
  return page();
}

/** Put an open document in front. */
function front(path: string): Document {
  const document = new Document(path);
  const widget = { id: path } as Widget;
  open.set(widget, document);
  lab.current = widget;
  return document;
}

/** Restore what is selected, and answer the question. */
async function restore(button = 'Restore'): Promise<string> {
  const done = page().model.restore();
  const dialog = await dialogShown();
  const text = dialog.textContent ?? '';
  await press(dialog, button, done);
  return text;
}

// proves: history.view
describe('the command for kept versions', () => {
  it('opens one page for each file', async () => {
    await show();
    await act(() => lab.run(HistoryCommands.versions, { path: PATH }));
    expect(lab.places).toHaveLength(1);
    expect(lab.places[0]).toMatchObject({ area: 'main' });
    expect([page().title.label, page().title.caption]).toEqual(['Versions of train.py', PATH]);
    expect(restorer.saved(page())).toEqual([PATH, { path: PATH }]);
  });

  it('is for the file under the mouse, or the open one', () => {
    const can = (from?: string) => lab.commands.isEnabled(HistoryCommands.versions, { from });
    expect([can(), can('browser'), can('menu')]).toEqual([false, false, false]);
    selected = [{ path: 'a.py', type: 'file' }];
    expect([can(), can('browser'), can('menu')]).toEqual([true, true, false]);
    front('b.py');
    expect(can('menu')).toBe(true);
    selected = [{ path: 'folder', type: 'directory' }];
    expect(can('browser')).toBe(false);
    expect(lab.commands.isVisible(HistoryCommands.versions, { from: 'browser' })).toBe(false);
    front('drive:c.py');
    expect(can('menu')).toBe(false);
  });

  it('opens nothing when there is no file', async () => {
    await lab.run(HistoryCommands.versions);
    expect(lab.places).toEqual([]);
  });

  it('lets go of what it shows with the page', async () => {
    const { model } = await show();
    page().dispose();
    page().dispose();
    expect(model.isDisposed).toBe(true);
  });
});

// proves: history.view
describe('restoring a version', () => {
  it('asks first, says that nothing is lost, and shows the file again where it is open', async () => {
    const other = front('other.py');
    const document = front(PATH);
    await show();
    const text = await restore();
    expect(text).toContain('“train.py” will be as it was on');
    expect(text).toContain('What it is now is kept as a version too');
    expect(text).toContain('Where it is open, it is loaded anew.');
    expect(history.asked).toContainEqual(['restore', 1]);
    expect([document.done, other.done]).toEqual([['revert'], []]);
  });

  it('changes nothing when the user says no', async () => {
    const document = front(PATH);
    await show();
    await restore('Cancel');
    expect(history.asked.some(([name]) => name === 'restore')).toBe(false);
    expect(document.done).toEqual([]);
  });

  it('saves first what is open and changed, so that it is kept', async () => {
    const document = front(PATH);
    document.model.dirty = true;
    await show();
    expect(await restore()).toContain('these are saved first, and kept too');
    expect(document.done).toEqual(['save', 'revert']);
  });

  it('replaces nothing when that is not saved', async () => {
    const document = front(PATH);
    document.model.dirty = true;
    document.canSave = false;
    await show();
    await restore();
    expect(history.asked.some(([name]) => name === 'restore')).toBe(false);
    expect(document.done).toEqual(['save']);
    expect(told()).toBe('The version was not restored: The open document was not saved.');
  });

  it('says why the server did not', async () => {
    await show();
    const asks = page().model.restore();
    const dialog = await dialogShown();
    history.failure = new Error('It cannot be kept.');
    await press(dialog, 'Restore', asks);
    expect(told()).toBe('The version was not restored: It cannot be kept.');
    expect(page().model.restored).toBeNull();
  });

  it('is undone without a question', async () => {
    await show();
    history.restore = id => {
      history.kept = [aVersion({ id: id + 100 }), ...history.kept];
      return Promise.resolve(history.kept[0]);
    };
    await restore();
    await act(() => page().model.undo());
    expect(document.querySelector('.jp-Dialog')).toBeNull();
    expect(history.kept[0].id).toBe(102);
  });
});

describe('the file as it is', () => {
  it('is read byte by byte', async () => {
    const read = vi.spyOn(history, 'compare');
    await show();
    const file = await read.mock.calls[0][1]();
    expect(file?.size).toBe(4);
    expect(new TextDecoder().decode(await file?.read())).toBe('now\n');
  });

  it('may be gone, and may be refused', async () => {
    files.clear();
    const read = vi.spyOn(history, 'compare');
    await show();
    expect(await read.mock.calls[0][1]()).toBeNull();
    files.set(PATH, new Error('You may not.'));
    await page().model.load();
    expect(page().model.comparisonError).toBe('You may not.');
  });
});

// proves: history.layouts-view
describe('the command for layouts', () => {
  it('saves all, restores the chosen one, and loads its workspace', async () => {
    const [assign, here] = [vi.fn(), window.location];
    vi.stubGlobal('location', { ...here, assign });
    lab.stand('docmanager:save-all');
    history.keptLayouts = [aLayout({ id: 9 }), aLayout({ id: 8 })];
    const done = lab.run(HistoryCommands.layouts);
    const dialog = await dialogShown();
    await press(dialog, 'Restore layout', done);
    expect(lab.asked.map(([id]) => id)).toEqual(['docmanager:save-all']);
    expect(history.asked).toContainEqual(['restoreLayout', 8]);
    expect(assign).toHaveBeenCalledWith(expect.stringMatching(/workspaces\/lab-2/));
    vi.stubGlobal('location', here);
  });

  it('changes nothing when it is closed', async () => {
    history.keptLayouts = [aLayout({ id: 9 })];
    const done = lab.run(HistoryCommands.layouts);
    await press(await dialogShown(), 'Cancel', done);
    expect(history.asked.map(([name]) => name)).toEqual(['layouts']);
  });
});
