import { Dialog, Notification } from '@jupyterlab/apputils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cellsPlugin } from '../../../../src/plugins/run/cells';
import { IEnvironments } from '../../../../src/tokens/environments';
import { JobCommands } from '../../../../src/tokens/jobs';
import { dialogShown, press } from '../../dialogs';
import { FakeLab } from '../../lab';
import { FakeEnvironments, FakeJobs, anEnvironment, fakeWorkbench } from '../../support';

interface ICell {
  type: 'code' | 'markdown' | 'raw';
  source: string;
}

/** A notebook that is open; its kernel runs, unless a test says otherwise. */
class FakeNotebook {
  selected: ICell[] = [];
  active = 0;
  saves = 0;
  kernel: string | null = 'torch-kernel';
  written: { name?: string } | undefined = { name: 'torch-kernel' };

  readonly asPanel: NotebookPanel;

  constructor(path: string) {
    const cells = () =>
      this.selected.map(({ type, source }) => ({
        model: { type, sharedModel: { getSource: () => source } }
      }));
    const [active, kernel] = [() => this.active, () => this.kernel];
    this.asPanel = {
      content: {
        get selectedCells() {
          return cells();
        },
        get activeCellIndex() {
          return active();
        }
      },
      context: { path, save: () => Promise.resolve(void this.saves++) },
      sessionContext: {
        get session() {
          return kernel() === null ? null : { kernel: { name: kernel() } };
        }
      },
      model: { getMetadata: () => this.written }
    } as unknown as NotebookPanel;
  }
}

let lab: FakeLab;
let jobs: FakeJobs;
let environments: FakeEnvironments;
let sent: string[];
let selectionChanged: Signal<object, void>;

/** Lab with this notebook in front; null for none. */
function open(notebook: FakeNotebook | null): FakeNotebook | null {
  const panel = notebook?.asPanel ?? null;
  lab.current = panel;
  selectionChanged = new Signal({});
  const notebooks = { currentWidget: panel, selectionChanged } as unknown as INotebookTracker;
  const { workbench, share } = fakeWorkbench(jobs);
  share(IEnvironments, environments);
  const added = { add: (id: string) => Promise.resolve(void sent.push(id)) };
  void cellsPlugin.activate(lab.app, workbench, nullTranslator, notebooks, added);
  return notebook;
}

const code = (source: string): ICell => ({ type: 'code', source });
const last = () => jobs.commands.at(-1)?.[1];
const isEnabled = (command: string) => lab.commands.isEnabled(command);

beforeEach(() => {
  lab = new FakeLab();
  lab.stand(JobCommands.open);
  jobs = new FakeJobs();
  environments = new FakeEnvironments();
  const kernel = { name: 'torch-kernel', ready: true, reason: '', old: false };
  environments.list = [anEnvironment(), anEnvironment({ id: 'e1', name: 'torch', kernel })];
  sent = [];
});

afterEach(() => {
  Dialog.flush();
  lab.dispose();
});

describe('selected cells', () => {
  it('run as they stand on the screen, in the environment of the kernel, and are opened', async () => {
    const notebook = open(new FakeNotebook('studies/book.ipynb'))!;
    const text: ICell = { type: 'markdown', source: '# Load' };
    notebook.selected = [code('x = 1'), text, code('  \n'), code('print(x)')];
    await lab.run(JobCommands.sendCells);
    expect(last()).toMatchObject({
      notebook: 'studies/book.ipynb',
      environment: 'e1',
      name: 'book.ipynb: 2 cells',
      cells: ['x = 1', 'print(x)']
    });
    expect((last() as { id: string }).id).toMatch(/^\d{8}-/);
    expect([notebook.saves, sent, lab.opened]).toEqual([0, ['new'], ['new']]);
  });

  it('are told by their number in the name of the job', async () => {
    const notebook = open(new FakeNotebook('book.ipynb'))!;
    notebook.selected = [code('x = 1')];
    await lab.run(JobCommands.sendCells);
    expect(last()).toMatchObject({ name: 'book.ipynb: 1 cell' });
  });

  it('run where the notebook says that its kernel is, when none runs', async () => {
    const notebook = open(new FakeNotebook('book.ipynb'))!;
    Object.assign(notebook, { selected: [code('x')], kernel: null });
    await lab.run(JobCommands.sendCells);
    expect(last()).toMatchObject({ notebook: 'book.ipynb', environment: 'e1' });
  });

  it('wait for the environments to be known', async () => {
    environments.isReady = false;
    const found = environments.list;
    environments.list = [];
    const notebook = open(new FakeNotebook('book.ipynb'))!;
    notebook.selected = [code('x')];
    const done = lab.run(JobCommands.sendCells);
    environments.changed.emit();
    expect(jobs.commands).toEqual([]);
    environments.list = found;
    environments.isReady = true;
    environments.changed.emit();
    await done;
    expect(last()).toMatchObject({ environment: 'e1' });
  });

  it.each([
    ['no environment has the kernel', { kernel: 'unknown' }, {}],
    ['its environment is broken', {}, { usable: false }],
    ['the notebook names no kernel', { kernel: null, written: undefined }, {}]
  ])('are looked over first where %s', async (_, notebook, environment) => {
    Object.assign(environments.list[1], environment);
    Object.assign(open(new FakeNotebook('book.ipynb'))!, { selected: [code('x = 1')] }, notebook);
    const done = lab.run(JobCommands.sendCells);
    const dialog = await dialogShown();
    expect(jobs.commands).toEqual([]);
    expect(
      dialog.querySelector<HTMLInputElement>('input[value="book.ipynb: 1 cell"]')
    ).toBeTruthy();
    await press(dialog, 'Run job', done);
    expect(last()).toMatchObject({ notebook: 'book.ipynb', cells: ['x = 1'] });
    expect([sent, lab.opened]).toEqual([['new'], ['new']]);
  });

  it('are not remembered as sent when the server refused them, and it is told why', async () => {
    jobs.failure = new Error('There is no place on the disk.');
    open(new FakeNotebook('book.ipynb'))!.selected = [code('x')];
    await lab.run(JobCommands.sendCells);
    const told = Notification.manager.notifications[0];
    expect(told.message).toBe('The cells were not sent: There is no place on the disk.');
    expect([sent, lab.opened]).toEqual([[], []]);
  });

  it.each([
    ['nothing is open', null, []],
    ['only text is selected', 'book.ipynb', [{ type: 'markdown', source: 'x' }]],
    ['the selected cell is empty', 'book.ipynb', [code(' ')]],
    ['the notebook is the result of a job', 'crispdm-jobs:j1/book.ipynb', [code('x')]]
  ] as [string, string | null, ICell[]][])('cannot be sent where %s', async (_, path, selected) => {
    const notebook = path === null ? null : new FakeNotebook(path);
    Object.assign(notebook ?? {}, { selected });
    open(notebook);
    expect(isEnabled(JobCommands.sendCells)).toBe(false);
    await lab.run(JobCommands.sendCells).catch(() => undefined);
    expect(jobs.commands).toEqual([]);
  });

  it('cannot be sent from a notebook that is not in front', () => {
    open(new FakeNotebook('book.ipynb'))!.selected = [code('x')];
    expect(isEnabled(JobCommands.sendCells)).toBe(true);
    lab.current = null;
    expect(isEnabled(JobCommands.sendCells)).toBe(false);
  });

  it('turn the button on and off as they are selected', () => {
    open(new FakeNotebook('book.ipynb'));
    const changed: unknown[] = [];
    lab.commands.commandChanged.connect((_, { id }) => changed.push(id), changed);
    selectionChanged.emit();
    expect(changed).toEqual([JobCommands.sendCells]);
  });
});

describe('a notebook from a cell on', () => {
  it('is written to the disk, looked over, and runs from there', async () => {
    const notebook = open(new FakeNotebook('book.ipynb'))!;
    notebook.active = 2;
    const done = lab.run(JobCommands.runFromCell);
    const dialog = await dialogShown();
    expect([notebook.saves, jobs.commands]).toEqual([1, []]);
    await press(dialog, 'Run job', done);
    expect(last()).toMatchObject({
      notebook: 'book.ipynb',
      name: 'book.ipynb from cell 3',
      environment: 'e1',
      from_cell: 2
    });
    expect(lab.opened).toEqual(['new']);
  });

  it('does not run when its user goes away', async () => {
    open(new FakeNotebook('book.ipynb'));
    const done = lab.run(JobCommands.runFromCell);
    await press(await dialogShown(), 'Cancel', done);
    expect([jobs.commands, sent, lab.opened]).toEqual([[], [], []]);
  });

  it('is not offered where there is no cell', () => {
    open(new FakeNotebook('book.ipynb'))!.active = -1;
    expect(isEnabled(JobCommands.runFromCell)).toBe(false);
    lab.current = null;
    expect(isEnabled(JobCommands.runFromCell)).toBe(false);
  });
});
