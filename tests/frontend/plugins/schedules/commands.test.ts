import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, Notification } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { CommandRegistry } from '@lumino/commands';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../../../src/api';
import { schedulesPlugin } from '../../../../src/plugins/schedules/commands';
import { JobCommands } from '../../../../src/tokens/jobs';
import { ISchedules, ScheduleCommands } from '../../../../src/tokens/schedules';
import { dialogShown, press } from '../../dialogs';
import { FakeSchedules, aSchedule } from '../../schedules';
import { FakeJobs, fakeWorkbench } from '../../support';

let commands: CommandRegistry;
let schedules: FakeSchedules;
let jobs: FakeJobs;
let hit: string;
let opened: unknown[];
let saved: string[];

beforeEach(() => {
  commands = new CommandRegistry();
  schedules = new FakeSchedules();
  jobs = new FakeJobs();
  schedules.list = [aSchedule(), aSchedule({ id: 's2', name: 'at rest <b>', paused: true })];
  [hit, opened, saved] = ['', [], []];
  const { workbench, share } = fakeWorkbench(jobs);
  share(ISchedules, schedules);
  const app = {
    commands,
    contextMenuHitTest: () => (hit ? { dataset: { scheduleId: hit } } : undefined)
  } as unknown as JupyterFrontEnd;
  const documents = {
    findWidget: (path: string) => (path.startsWith('open') ? { path } : undefined),
    contextForWidget: ({ path }: { path: string }) => ({
      model: { dirty: path !== 'open-clean.py' },
      save: () => Promise.resolve(void saved.push(path))
    })
  } as unknown as IDocumentManager;
  commands.addCommand(JobCommands.open, {
    execute: args => void opened.push(args.id),
    describedBy: { args: {} }
  });
  void schedulesPlugin.activate(app, workbench, nullTranslator, documents, null, null);
});

afterEach(() => Dialog.flush());

const run = (command: string, args = {}) => commands.execute(command, args) as Promise<void>;
const told = () => Notification.manager.notifications[0]?.message;
const given = () => schedules.commands.filter(([name]) => name !== 'preview');

describe('commands for schedules', () => {
  it('pause the one that runs and resume the one that rests', async () => {
    await run(ScheduleCommands.pause, { id: 's1' });
    await run(ScheduleCommands.resume, { id: 's2' });
    expect(given()).toEqual([
      ['change', 's1', { paused: true }],
      ['change', 's2', { paused: false }]
    ]);
  });

  it('offer only the one of pause and resume that changes something', () => {
    const seen = (id: string) =>
      [ScheduleCommands.pause, ScheduleCommands.resume].map(one => commands.isVisible(one, { id }));
    expect(seen('s1')).toEqual([true, false]);
    expect(seen('s2')).toEqual([false, true]);
    expect(seen('gone')).toEqual([false, false]);
  });

  it('say why a schedule was not changed', async () => {
    schedules.failure = new Error('It is not yours.');
    await run(ScheduleCommands.pause, { id: 's1' });
    expect(told()).toBe('The schedule was not changed: It is not yours.');
  });

  it('run the one under the mouse now, and open its job', async () => {
    hit = 's2';
    await run(ScheduleCommands.run);
    expect(given()).toEqual([['run', 's2']]);
    expect(opened).toEqual(['new']);
  });

  it('are for the schedule that is named, whatever is under the mouse', async () => {
    hit = 's2';
    await run(ScheduleCommands.run, { id: 's1' });
    expect(given()).toEqual([['run', 's1']]);
  });

  it('open nothing when the server did not run it', async () => {
    schedules.failure = new Error('Its script is gone.');
    await run(ScheduleCommands.run, { id: 's1' });
    expect(opened).toEqual([]);
    expect(told()).toBe('The job was not run: Its script is gone.');
  });

  it('delete after a question that says what stays, and shows a name as text', async () => {
    const done = run(ScheduleCommands.remove, { id: 's2' });
    const dialog = await dialogShown();
    expect(dialog.textContent).toContain('“at rest <b>” will not run any more.');
    expect(dialog.textContent).toContain('The jobs that it made stay.');
    expect(dialog.querySelector('b')).toBeNull();
    await press(dialog, 'Delete schedule', done);
    expect(given()).toEqual([['remove', 's2']]);
  });

  it('delete nothing by Enter alone', async () => {
    const done = run(ScheduleCommands.remove, { id: 's1' });
    await dialogShown();
    fireEvent.keyDown(document.activeElement as Element, { key: 'Enter' });
    await done;
    expect(given()).toEqual([]);
  });

  it('say why a schedule was not deleted', async () => {
    schedules.failure = new Error('No answer.');
    await press(await started(ScheduleCommands.remove), 'Delete schedule', Promise.resolve());
    await waitFor(() => expect(told()).toBe('The schedule was not deleted: No answer.'));
  });
});

describe('the dialog of a schedule', () => {
  it('makes one of a file, which is written first when it was changed', async () => {
    const done = run(ScheduleCommands.scheduleFile, { path: 'open-changed.py' });
    const dialog = await dialogShown();
    expect(saved).toEqual(['open-changed.py']);
    await press(dialog, 'Make schedule', done);
    expect(given()[0][1]).toMatchObject({
      name: 'open-changed.py',
      submission: { script: 'open-changed.py' }
    });
  });

  it.each([
    ['open-clean.py', { script: 'open-clean.py' }],
    ['shut.IPYNB', { notebook: 'shut.IPYNB' }]
  ])('takes %s as it lies on the disk', async (path, submission) => {
    const done = run(ScheduleCommands.scheduleFile, { path });
    await press(await dialogShown(), 'Make schedule', done);
    expect(saved).toEqual([]);
    expect(given()[0][1]).toMatchObject({ submission });
  });

  it('repeats a job, but does not wait for what the job waited for', async () => {
    jobs.submitted = { script: 'train.py', after: ['j0'], environment: 'server' };
    const done = run(ScheduleCommands.scheduleJob, { id: 'j1' });
    await press(await dialogShown(), 'Make schedule', done);
    const [, made] = given()[0] as [string, { submission: object }];
    expect(made.submission).toMatchObject({ script: 'train.py', environment: 'server' });
    expect(made.submission).not.toMatchObject({ after: ['j0'] });
  });

  it('does not open for a job that is gone, and says so', async () => {
    jobs.submission = () => Promise.reject(new Error('There is no such job.'));
    await run(ScheduleCommands.scheduleJob, { id: 'gone' });
    expect(document.querySelector('.jp-Dialog')).toBeNull();
    expect(told()).toBe('The job cannot be scheduled: There is no such job.');
  });

  it('changes the schedule that it was opened for', async () => {
    const done = run(ScheduleCommands.edit, { id: 's1' });
    const dialog = await dialogShown();
    fireEvent.change(screen.getByLabelText('At'), { target: { value: '04:30' } });
    await press(dialog, 'Save schedule', done);
    expect(given()[0]).toMatchObject(['change', 's1', { cron: '30 4 * * *' }]);
  });

  it('does not open for a schedule that is gone', async () => {
    await run(ScheduleCommands.edit, { id: 'gone' });
    expect(document.querySelector('.jp-Dialog')).toBeNull();
  });

  it('stays open with the reason when the server refuses it', async () => {
    const dialog = await started(ScheduleCommands.edit);
    const details = { field: 'timezone' };
    schedules.failure = new ApiError(400, { message: 'There is no such zone.', details });
    await press(dialog, 'Save schedule', Promise.resolve());
    await waitFor(() => expect(screen.getByText('There is no such zone.')).toBeTruthy());
    await press(dialog, 'Cancel', Promise.resolve());
    await waitFor(() => expect(document.querySelector('.jp-Dialog')).toBeNull());
    expect(opened).toEqual([]);
  });
});

/** The dialog of a command for the schedule s1, which goes on by itself. */
function started(command: string): Promise<HTMLElement> {
  void run(command, { id: 's1' });
  return dialogShown();
}
