import { Dialog, Notification } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog } from '@jupyterlab/filebrowser';
import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runPlugin } from '../../../../src/plugins/run/run';
import { IEnvironments } from '../../../../src/tokens/environments';
import { JobCommands } from '../../../../src/tokens/jobs';
import { dialogShown, press } from '../../dialogs';
import { FakeLab, FakeState } from '../../lab';
import { FakeEnvironments, FakeJobs, aJob, anEnvironment, fakeWorkbench } from '../../support';

const REMEMBERED = 'jupyter-crispdm:run:3:';

let lab: FakeLab;
let jobs: FakeJobs;
let environments: FakeEnvironments;
let state: FakeState;

/** No document is open. */
const documents = {
  findWidget: () => undefined,
  contextForWidget: () => undefined
} as unknown as IDocumentManager;

beforeEach(() => {
  lab = new FakeLab();
  lab.stand(JobCommands.open);
  jobs = new FakeJobs();
  environments = new FakeEnvironments();
  environments.list = [anEnvironment(), anEnvironment({ id: 'e1', name: 'torch' })];
  environments.nearest = () => Promise.resolve('e1');
  state = new FakeState();
  const { workbench, share } = fakeWorkbench(jobs);
  share(IEnvironments, environments);
  void runPlugin.activate(lab.app, workbench, nullTranslator, documents, null, state.asState);
});

afterEach(() => {
  Dialog.flush();
  lab.dispose();
  vi.restoreAllMocks();
});

/** The dialog for a file or a job, and the end of the command. */
async function ask(command: string, args: { path?: string; id?: string }) {
  const done = lab.run(command, args);
  const dialog = await dialogShown();
  return { dialog, done };
}

const value = (label: string) =>
  screen.getByLabelText<HTMLInputElement | HTMLSelectElement>(label).value;
const type = (label: string, text: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value: text } });
const last = () => jobs.commands.at(-1);

describe('a file run as a job', () => {
  it('is offered in the environment of its project, runs, and is opened', async () => {
    const { dialog, done } = await ask(JobCommands.runFile, { path: 'models/train.py' });
    expect(dialog.textContent).toContain('Run “train.py” as a job');
    expect([value('Name'), value('Environment')]).toEqual(['train', 'e1']);
    type('Arguments', '--epochs 5');
    await press(dialog, 'Run job', done);
    expect(last()).toMatchObject([
      'submit',
      { script: 'models/train.py', name: 'train', environment: 'e1', args: ['--epochs', '5'] }
    ]);
    expect(lab.opened).toEqual(['new']);
  });

  it('comes back as it was run the last time, each file for itself', async () => {
    const first = await ask(JobCommands.runFile, { path: 'a.py' });
    type('Arguments', '--fast');
    type('Environment', 'server');
    await press(first.dialog, 'Run job', first.done);
    const again = await ask(JobCommands.runFile, { path: 'a.py' });
    expect([value('Arguments'), value('Environment')]).toEqual(['--fast', 'server']);
    await press(again.dialog, 'Cancel', again.done);
    const other = await ask(JobCommands.runFile, { path: 'b.py' });
    expect([value('Arguments'), value('Environment')]).toEqual(['', 'e1']);
    await press(other.dialog, 'Cancel', other.done);
  });

  it('does not wait again for the jobs that it waited for the last time', async () => {
    state.put(`${REMEMBERED}a.py`, { after: ['old'], cpus: '2' });
    const { dialog, done } = await ask(JobCommands.runFile, { path: 'a.py' });
    await press(dialog, 'Run job', done);
    const sent = last()![1] as object;
    expect(sent).toMatchObject({ script: 'a.py', cpus: 2 });
    expect(sent).not.toHaveProperty('after');
  });

  it('is not remembered and opens nothing when its user goes away', async () => {
    const { dialog, done } = await ask(JobCommands.runFile, { path: 'a.py' });
    await press(dialog, 'Cancel', done);
    expect([jobs.commands, lab.opened, state.kept.size]).toEqual([[], [], 0]);
  });

  it('stays asked for when the server refuses it, with the reason', async () => {
    jobs.failure = new Error('There is no place on the disk.');
    const { dialog, done } = await ask(JobCommands.runFile, { path: 'a.py' });
    await press(dialog, 'Run job', Promise.resolve());
    await waitFor(() => expect(dialog.textContent).toContain('There is no place on the disk.'));
    jobs.failure = null;
    await press(dialog, 'Run job', done);
    expect(jobs.commands).toHaveLength(2);
    expect(lab.opened).toEqual(['new']);
  });

  it('runs in the environment of the server where nobody can say which is near', async () => {
    environments.nearest = () => Promise.reject(new Error('The disk is away.'));
    const { dialog, done } = await ask(JobCommands.runFile, { path: 'a.py' });
    expect(value('Environment')).toBe('server');
    await press(dialog, 'Cancel', done);
  });

  it('is picked from all files where none is named', async () => {
    const picked = (path?: string) =>
      vi.spyOn(FileDialog, 'getOpenFiles').mockResolvedValueOnce({
        button: Dialog.okButton(),
        value: path === undefined ? [] : [{ path }],
        isChecked: null
      } as unknown as Dialog.IResult<never>);
    picked();
    await lab.run(JobCommands.runFile);
    picked('notes.md');
    await lab.run(JobCommands.runFile);
    expect(document.querySelector('.jp-Dialog')).toBeNull();
    picked('deep/a.py');
    const { dialog, done } = await ask(JobCommands.runFile, {});
    expect(dialog.textContent).toContain('Run “a.py” as a job');
    await press(dialog, 'Cancel', done);
  });
});

describe('a notebook run as a job', () => {
  const notebook = (source: string) => ({
    cells: [{ cell_type: 'code', metadata: { tags: ['parameters'] }, source }]
  });

  it('has its own parameters in the form; only those that were changed are sent', async () => {
    lab.notebooks.set('book.ipynb', notebook('lr = 0.1\nnet = "unet"'));
    const { dialog, done } = await ask(JobCommands.runFile, { path: 'book.ipynb' });
    expect([value('Value of lr'), value('Value of net')]).toEqual(['0.1', 'unet']);
    type('Value of lr', '0.2');
    await press(dialog, 'Run job', done);
    expect(last()![1]).toMatchObject({ notebook: 'book.ipynb', parameters: { lr: 0.2 } });
  });

  it('shows what was typed the last time over what the notebook says by now', async () => {
    lab.notebooks.set('book.ipynb', notebook('lr = 0.1'));
    const first = await ask(JobCommands.runFile, { path: 'book.ipynb' });
    type('Value of lr', '0.2');
    await press(first.dialog, 'Run job', first.done);
    lab.notebooks.set('book.ipynb', notebook('lr = 0.3\nepochs = 5'));
    const { dialog, done } = await ask(JobCommands.runFile, { path: 'book.ipynb' });
    expect([value('Value of lr'), value('Value of epochs')]).toEqual(['0.2', '5']);
    await press(dialog, 'Cancel', done);
  });

  it('can be sent although it cannot be read here: the server says why', async () => {
    const { dialog, done } = await ask(JobCommands.runFile, { path: 'gone.ipynb' });
    expect(screen.queryByLabelText(/^Value of/)).toBeNull();
    await press(dialog, 'Run job', done);
    expect(last()![1]).toMatchObject({ notebook: 'gone.ipynb' });
  });
});

describe('a job run again with changes', () => {
  beforeEach(() => {
    jobs.list = [aJob({ id: 'j7', name: 'nightly', environment: 'e1' })];
    jobs.submitted = { script: 'train.py', environment: 'torch', parameters: { lr: 0.1 } };
  });

  it('shows how it was asked for, and sends what was changed', async () => {
    const { dialog, done } = await ask(JobCommands.rerunWithChanges, { id: 'j7' });
    expect(dialog.textContent).toContain('Run “nightly” again');
    expect([value('Value of lr'), value('Environment')]).toEqual(['0.1', 'e1']);
    type('Value of lr', '0.5');
    await press(dialog, 'Run job', done);
    const [command, id, changes] = last()!;
    expect([command, id]).toEqual(['rerun', 'j7']);
    expect(changes).toEqual({ parameters: { lr: 0.5 }, id: expect.any(String) as string });
    expect(lab.opened).toEqual(['again']);
    expect(state.kept.size).toBe(0);
  });

  it('is the one under the mouse where none is named', async () => {
    lab.hit = { jobId: 'j7' };
    const { dialog, done } = await ask(JobCommands.rerunWithChanges, {});
    expect(dialog.textContent).toContain('Run “nightly” again');
    await press(dialog, 'Cancel', done);
    expect(jobs.commands).toEqual([]);
  });

  it('says that it cannot be run again when it is gone', async () => {
    await act(() => lab.run(JobCommands.rerunWithChanges, { id: 'gone' }) as Promise<void>);
    expect(Notification.manager.notifications[0].message).toBe(
      'The job cannot be run again: There is no such job.'
    );
    expect(document.querySelector('.jp-Dialog')).toBeNull();
  });
});

describe('the command for files', () => {
  it('has its picture in a toolbar and none in a menu', () => {
    expect(lab.commands.icon(JobCommands.runFile, { from: 'document' })).toBeTruthy();
    expect(lab.commands.icon(JobCommands.runFile, { from: 'menu' })).toBeUndefined();
  });

  it('is hidden in the file browser and grey in the menu where there is no such file', () => {
    const { commands } = lab;
    expect(commands.isVisible(JobCommands.runFile, { from: 'browser' })).toBe(false);
    expect(commands.isEnabled(JobCommands.runFile, { from: 'menu' })).toBe(false);
    expect(commands.isEnabled(JobCommands.runFile, {})).toBe(true);
  });
});
