import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { INotebookTracker } from '@jupyterlab/notebook';
import { StateDB } from '@jupyterlab/statedb';
import { nullTranslator } from '@jupyterlab/translation';
import { waitFor } from '@testing-library/react';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Artifact } from '../../../../src/api';
import { resultsPlugin } from '../../../../src/plugins/jobs/results';
import type { ISentJobs } from '../../../../src/tokens/jobs';
import { JOB_FILES, JobCommands, jobFilePath } from '../../../../src/tokens/jobs';
import { FakeJobs, aJob, fakeWorkbench } from '../../support';

let commands: CommandRegistry;
let jobs: FakeJobs;
let state: StateDB;
let hit: string;
let opened: unknown[][];
let added: Signal<object, unknown>;

beforeEach(() => {
  [commands, jobs, state] = [new CommandRegistry(), new FakeJobs(), new StateDB()];
  [hit, opened, added] = ['', [], new Signal<object, unknown>({})];
  jobs.list = [aJob({ id: 'n', kind: 'notebook', source: 'dir/a.ipynb' }), aJob({ id: 's' })];
});

/** What the plugin gives in a page that is opened now. */
async function page(): Promise<ISentJobs> {
  commands = new CommandRegistry();
  const app = {
    commands,
    restored: Promise.resolve(),
    serviceManager: { contents: { addDrive: () => undefined } },
    contextMenuHitTest: () => (hit ? { dataset: { jobId: hit } } : undefined)
  } as unknown as JupyterFrontEnd;
  const documents = {
    openOrReveal: (...asked: unknown[]) => void opened.push(asked)
  } as unknown as IDocumentManager;
  const notebooks = { widgetAdded: added } as unknown as INotebookTracker;
  const { workbench } = fakeWorkbench(jobs);
  return resultsPlugin.activate(app, workbench, nullTranslator, documents, notebooks, state);
}

const saved = (...paths: string[]) => {
  jobs.artifacts = () => Promise.resolve(paths.map(path => ({ path }) as Artifact) as never[]);
};
const told = () => Notification.manager.notifications[0];

describe('the result of a notebook', () => {
  it('is the notebook that was run, among all that the job saved', async () => {
    await page();
    saved('model.pt', 'other.ipynb', 'a.ipynb');
    await commands.execute(JobCommands.showResult, { id: 'n' });
    expect(opened).toEqual([[jobFilePath('n', 'a.ipynb'), 'Notebook']]);
  });

  it('is the one notebook there is where none is called as it was', async () => {
    await page();
    saved('model.pt', 'cells.ipynb');
    hit = 'n';
    await commands.execute(JobCommands.showResult);
    expect(opened).toEqual([[jobFilePath('n', 'cells.ipynb'), 'Notebook']]);
  });

  it('is not opened before it is there, and it is said why', async () => {
    await page();
    saved('model.pt');
    await commands.execute(JobCommands.showResult, { id: 'n' });
    expect(opened).toEqual([]);
    expect(told().message).toBe('The result was not opened: The job has saved no notebook yet.');
  });

  it('is offered of notebooks only', async () => {
    await page();
    const offered = (id: string) => [
      commands.isVisible(JobCommands.showResult, { id }),
      commands.isEnabled(JobCommands.showResult, { id })
    ];
    expect(offered('n')).toEqual([true, true]);
    expect(offered('s')).toEqual([false, false]);
  });

  it('starts no kernel, as other notebooks do', async () => {
    await page();
    const shown = (path: string) => {
      const sessionContext = { kernelPreference: { shouldStart: true, name: 'python3' } };
      added.emit({ context: { path }, sessionContext });
      return sessionContext.kernelPreference;
    };
    expect(shown(`${JOB_FILES}:n/a.ipynb`)).toEqual({ shouldStart: false, name: 'python3' });
    expect(shown('a.ipynb')).toEqual({ shouldStart: true, name: 'python3' });
  });
});

describe('a job that was sent from a page that is gone', () => {
  it.each([
    ['succeeded', 'success', 'Succeeded'],
    ['failed', 'error', 'Failed']
  ] as const)('is told of when it %s, until it is read', async (end, type, label) => {
    await (await page()).add('n');
    jobs.list = [aJob({ id: 'n', name: 'cells', kind: 'notebook', state: end })];
    await page();
    await waitFor(() => expect(told().message).toBe(`cells: ${label}`));
    expect([told().type, told().options.autoClose]).toEqual([type, false]);
    saved('a.ipynb');
    told().options.actions?.[0].callback(new MouseEvent('click'));
    await waitFor(() => expect(opened).toHaveLength(1));
  });
});
