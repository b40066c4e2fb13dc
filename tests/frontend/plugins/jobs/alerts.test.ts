import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { fireEvent, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wholeRule } from '../../../../src/components/alerts/values';
import { jobAlertsPlugin } from '../../../../src/plugins/jobs/alerts';
import { JobCommands } from '../../../../src/tokens/jobs';
import { dialogShown, press } from '../../dialogs';
import { aJob, FakeJobs, fakeWorkbench } from '../../support';

let commands: CommandRegistry;
let jobs: FakeJobs;
let released: string[];
let hit: string;

beforeEach(() => {
  commands = new CommandRegistry();
  jobs = new FakeJobs();
  jobs.list = [aJob({ id: 'j1', name: 'unet' })];
  hit = '';
  const bench = fakeWorkbench(jobs);
  released = bench.released;
  const app = {
    commands,
    shell: { currentWidget: null },
    contextMenuHitTest: () => (hit ? { dataset: { jobId: hit } } : undefined)
  } as unknown as JupyterFrontEnd;
  void jobAlertsPlugin.activate(app, bench.workbench, nullTranslator);
});

afterEach(() => Dialog.flush());

const run = (args = {}) => commands.execute(JobCommands.alerts, args) as Promise<void>;

describe('alerts of a job', () => {
  // proves: diagnosis.alert-fields
  it('are shown with what they raised, changed and saved', async () => {
    const rule = wholeRule({ when: 'nan' });
    const reason = 'loss is not a number at step 3.';
    jobs.watchedFor = [{ rule, raised: true, reason, time: 1.7e9, evidence: [] }];
    const done = run({ id: 'j1' });
    const dialog = await dialogShown();
    await waitFor(() => expect(dialog.textContent).toContain(reason));
    expect(dialog.textContent).toContain('Alerts of “unet”');
    fireEvent.change(within(dialog).getByLabelText('What then'), { target: { value: 'stop' } });
    await waitFor(() => expect(dialog.textContent).not.toContain(reason));
    await press(dialog, 'Save alerts', done);
    expect(jobs.commands).toEqual([['setAlerts', 'j1', [{ ...rule, then: 'stop' }]]]);
    expect(released.sort()).toEqual(['diagnosis', 'metrics']);
  });

  it('stay open with what is wrong', async () => {
    hit = 'j1';
    const done = run();
    const dialog = await dialogShown();
    fireEvent.click(await within(dialog).findByText('Add alert'));
    within(dialog).getByText('Save alerts').click();
    await waitFor(() => expect(dialog.textContent).toContain('Alert 1: say for which metric.'));
    await press(dialog, 'Cancel', done);
    expect(jobs.commands).toEqual([]);
  });

  it('say why they cannot be read', async () => {
    jobs.failure = new Error('The server is gone.');
    const done = run({ id: 'j1' });
    const dialog = await dialogShown();
    await waitFor(() => expect(dialog.textContent).toContain('The server is gone.'));
    await press(dialog, 'Cancel', done);
  });

  it('are those of no job where none is meant', async () => {
    await run();
    expect(document.querySelector('.jp-Dialog')).toBeNull();
  });
});
