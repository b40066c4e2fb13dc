import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { CommandRegistry } from '@lumino/commands';
import { beforeEach, describe, expect, it } from 'vitest';
import { JobCommands } from '../../../../src/tokens/jobs';
import { comparePagesPlugin } from '../../../../src/plugins/jobs/comparepages';
import { jobCommandsPlugin } from '../../../../src/plugins/jobs/commands';
import type { IJobSelection } from '../../../../src/tokens/jobs';
import { dialogShown, press } from '../../dialogs';
import { FakeJobs, aJob, fakeWorkbench } from '../../support';

let commands: CommandRegistry;
let jobs: FakeJobs;
let hit: string;
let inFront: string;
let opened: unknown[];
let selection: { ids: string[] };

beforeEach(() => {
  commands = new CommandRegistry();
  jobs = new FakeJobs();
  jobs.list = [
    aJob({ id: 'a', name: 'one' }),
    aJob({ id: 'b', name: 'two', state: 'queued' }),
    aJob({ id: 'c', name: 'three', state: 'failed' }),
    aJob({ id: 'd', name: 'four', state: 'succeeded' })
  ];
  [hit, inFront, opened, selection] = ['', '', [], { ids: [] }];
  const app = {
    commands,
    shell: {
      get currentWidget() {
        return { id: inFront };
      }
    },
    contextMenuHitTest: () => (hit ? { dataset: { jobId: hit } } : undefined)
  } as unknown as JupyterFrontEnd;
  commands.addCommand(JobCommands.open, {
    execute: args => void opened.push(args.id),
    describedBy: { args: {} }
  });
  const { workbench } = fakeWorkbench(jobs);
  const marked = selection as IJobSelection;
  void jobCommandsPlugin.activate(app, workbench, nullTranslator, marked);
  void comparePagesPlugin.activate(app, workbench, nullTranslator, marked, null);
});

const enabled = (id: string, args = {}) => commands.isEnabled(id, args);

/** Run a command, look at its dialog, and press a button of it. */
async function answer(id: string, args: object, button: string): Promise<string> {
  const done = commands.execute(id, args as { id: string });
  const dialog = await dialogShown();
  const text = dialog.textContent ?? '';
  await press(dialog, button, done);
  return text;
}

describe('commands for jobs', () => {
  // proves: jobs.confirm
  it('stop one after a question that names it', async () => {
    const text = await answer(JobCommands.stop, { id: 'a' }, 'Stop job');
    expect(text).toContain('“one” and everything it started');
    expect(jobs.commands).toEqual([['stop', 'a', undefined]]);
  });

  // proves: jobs.confirm
  it('do nothing without a yes', async () => {
    await answer(JobCommands.stop, { id: 'a' }, 'Cancel');
    await answer(JobCommands.remove, { id: 'c' }, 'Cancel');
    await answer(JobCommands.stopGently, { id: 'a' }, 'Cancel');
    expect(jobs.commands).toEqual([]);
  });

  it('stop and delete many after one question that names the number', async () => {
    const ids = ['a', 'b', 'c', 'd'];
    expect(await answer(JobCommands.stop, { ids }, 'Stop 2 jobs')).toContain('Stop 2 jobs?');
    expect(await answer(JobCommands.remove, { ids }, 'Delete 2 jobs')).toContain('Delete 2 jobs?');
    expect(jobs.commands).toEqual([
      ['stopMany', ['a', 'b'], undefined],
      ['removeMany', ['c', 'd']]
    ]);
  });

  it('stop gently with the time that the user allows', async () => {
    const text = await answer(JobCommands.stopGently, { id: 'a' }, 'Stop job');
    expect(text).toContain('interrupt (SIGINT)');
    expect(jobs.commands).toEqual([['stop', 'a', [600, 10], 'best']]);
  });

  it('ask again for a time that is none, and take one as it is typed everywhere', async () => {
    const done = commands.execute(JobCommands.stopGently, { ids: ['a', 'b'] });
    await dialogShown();
    const field = screen.getByLabelText<HTMLInputElement>(/End it the usual way/);
    expect(field.value).toBe('10m');
    fireEvent.change(field, { target: { value: 'soon' } });
    fireEvent.click(screen.getByText('Stop 2 jobs'));
    await waitFor(() =>
      expect(screen.getByText('A duration such as 45s, 30m or 1h30m.')).toBeTruthy()
    );
    expect(jobs.commands).toEqual([]);
    fireEvent.change(field, { target: { value: '1h30m' } });
    fireEvent.click(screen.getByText('Stop 2 jobs'));
    await act(() => done as Promise<void>);
    expect(jobs.commands).toEqual([['stopMany', ['a', 'b'], [5400, 10], 'best']]);
  });

  it.each([
    [JobCommands.stop, 'a'],
    [JobCommands.stopGently, 'a'],
    [JobCommands.stopAll, 'a'],
    [JobCommands.remove, 'c']
  ])('never end anything by Enter alone: %s begins at Cancel', async (command, id) => {
    const done = commands.execute(command, { id });
    await dialogShown();
    expect(document.activeElement?.textContent).toBe('Cancel');
    fireEvent.keyDown(document.activeElement as Element, { key: 'Enter' });
    await act(() => done as Promise<void>);
    expect(jobs.commands).toEqual([]);
  });

  it('are for the row under the mouse, and for all that are marked when it is marked', () => {
    hit = 'c';
    selection.ids = ['a', 'b'];
    expect(commands.label(JobCommands.remove)).toBe('Delete Job…');
    expect(enabled(JobCommands.stop)).toBe(false);
    hit = 'a';
    expect(commands.label(JobCommands.stop)).toBe('Stop 2 Jobs…');
    expect(commands.label(JobCommands.copyId)).toBe('Copy 2 Job Ids');
    expect(enabled(JobCommands.rerun)).toBe(false);
    expect(enabled(JobCommands.downloadLog)).toBe(false);
  });

  it('are grey while one is on its way, and for what they cannot do', () => {
    expect(enabled(JobCommands.stop, { id: 'a' })).toBe(true);
    expect(enabled(JobCommands.stopGently, { id: 'b' })).toBe(false);
    expect(enabled(JobCommands.remove, { id: 'a' })).toBe(false);
    jobs.pending.add('a');
    expect(enabled(JobCommands.stop, { id: 'a' })).toBe(false);
    expect(enabled(JobCommands.loadOlder)).toBe(false);
  });

  it('run again, and open what was made', async () => {
    await commands.execute(JobCommands.rerun, { id: 'c' });
    expect(jobs.commands).toEqual([['rerun', 'c', undefined]]);
    expect(opened).toEqual(['again']);
  });

  it('tell what the server refused, in its words', async () => {
    jobs.failure = new Error('No place on the disk.');
    await commands.execute(JobCommands.rerun, { id: 'c' });
    expect(opened).toEqual([]);
    const told = Notification.manager.notifications.at(-1);
    expect(told?.message).toBe('The job was not run: No place on the disk.');
    expect(told?.type).toBe('error');
  });

  it('compare the row under the mouse with the marked ones, or with the page in front', () => {
    expect(enabled(JobCommands.compare)).toBe(false);
    hit = 'a';
    selection.ids = ['b'];
    expect(enabled(JobCommands.compare)).toBe(true);
    selection.ids = Array.from({ length: 50 }, (_, at) => `b${at}`);
    expect(enabled(JobCommands.compare)).toBe(false);
    selection.ids = [];
    inFront = 'jupyter-crispdm:job:d';
    expect(enabled(JobCommands.compare)).toBe(true);
    inFront = 'jupyter-crispdm:job:a';
    expect(enabled(JobCommands.compare)).toBe(false);
    expect(enabled(JobCommands.compare, { ids: ['c', 'd'] })).toBe(true);
  });
});
