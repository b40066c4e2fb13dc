import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../src/api';
import { JobPageModel } from '../../../src/panels/job/model';
import { JobsPanelModel } from '../../../src/panels/jobs/model';
import { RunModel } from '../../../src/panels/run/model';
import type { IMetrics, IWorkbench } from '../../../src/tokens';
import {
  FakeConnection,
  FakeEnvironments,
  FakeJobs,
  FakeLog,
  FakeModels,
  aJob,
  trans
} from '../support';

const settled = () => new Promise(resolve => setTimeout(resolve));

function fakeWorkbench(jobs: FakeJobs): { workbench: IWorkbench; released: string[] } {
  const released: string[] = [];
  const lease = <T>(name: string, model: T) => ({
    model,
    isDisposed: false,
    dispose: () => void released.push(name)
  });
  const workbench: IWorkbench = {
    connection: new FakeConnection(),
    jobs,
    environments: new FakeEnvironments(),
    models: new FakeModels(),
    log: () => lease('log', new FakeLog()),
    metrics: () => lease('metrics', {} as IMetrics)
  };
  return { workbench, released };
}

describe('JobPageModel', () => {
  it('shows the newest facts of its job', async () => {
    const jobs = new FakeJobs();
    jobs.list = [aJob()];
    const model = new JobPageModel(fakeWorkbench(jobs).workbench, 'j1');
    await settled();
    expect(model.job?.state).toBe('running');
    jobs.list = [aJob({ state: 'failed', reason: 'out of memory' })];
    jobs.changed.emit();
    expect(model.job?.reason).toBe('out of memory');
    model.dispose();
  });

  it('says why there is nothing to show', async () => {
    const model = new JobPageModel(fakeWorkbench(new FakeJobs()).workbench, 'gone');
    await settled();
    expect(model.isReady).toBe(false);
    expect(model.error).toBe('There is no such job.');
    model.dispose();
  });

  it('says when the job was deleted while its page was open', async () => {
    const jobs = new FakeJobs();
    jobs.list = [aJob()];
    const model = new JobPageModel(fakeWorkbench(jobs).workbench, 'j1');
    jobs.changed.emit();
    jobs.list = [];
    jobs.changed.emit();
    await settled();
    expect(model.isDeleted).toBe(true);
    model.dispose();
  });

  it('begins as the reader left it, and tells of changes', () => {
    const jobs = new FakeJobs();
    const model = new JobPageModel(fakeWorkbench(jobs).workbench, 'j1', { tab: 'log', period: 5 });
    const views: unknown[] = [];
    model.viewChanged.connect((_, view) => views.push(view), views);
    model.setView({ smoothing: 0.6 });
    expect(views).toEqual([{ tab: 'log', period: 5, smoothing: 0.6, logScale: false }]);
    model.dispose();
  });

  it('lets go of the log and the curves when it is closed', () => {
    const { workbench, released } = fakeWorkbench(new FakeJobs());
    const model = new JobPageModel(workbench, 'j1');
    model.dispose();
    model.dispose();
    expect(released).toEqual(['log', 'metrics']);
  });
});

describe('JobsPanelModel', () => {
  it('shows what matches, also by the name of the environment', () => {
    const jobs = new FakeJobs();
    jobs.list = [aJob(), aJob({ id: 'j2', name: 'evaluate', environment: 'e2' })];
    const model = new JobsPanelModel(jobs, new FakeEnvironments());
    let changes = 0;
    model.changed.connect(() => changes++, model);
    expect(model.shown).toHaveLength(2);
    model.filter = 'eval';
    expect(model.shown.map(job => job.id)).toEqual(['j2']);
    model.selected = 'j2';
    model.selected = 'j2';
    expect(changes).toBe(2);
    model.dispose();
  });
});

describe('RunModel', () => {
  const values = {
    path: 'x.py',
    name: '',
    environment: 'server',
    args: '',
    parameters: '',
    cwd: ''
  };
  const make = () => {
    const jobs = new FakeJobs();
    const model = new RunModel({ jobs, environments: new FakeEnvironments(), trans, values });
    return { jobs, model };
  };

  it('submits what was chosen', async () => {
    const { jobs, model } = make();
    model.change({ args: '--epochs 5', environment: 'e2' });
    expect((await model.submit())?.id).toBe('new');
    expect(jobs.commands).toEqual([
      ['submit', { script: 'x.py', environment: 'e2', args: ['--epochs', '5'], parameters: {} }]
    ]);
  });

  it('does not ask the server about what is plainly wrong', async () => {
    const { jobs, model } = make();
    model.change({ args: '"open' });
    expect(await model.submit()).toBeNull();
    expect(jobs.commands).toEqual([]);
    expect(model.errors.args).toBe('A quote is not closed.');
  });

  it('shows the complaint of the server beside the field that it names', async () => {
    const { jobs, model } = make();
    const details = { field: 'cwd' };
    jobs.failure = new ApiError(400, { message: "'cwd' leaves the root.", details });
    expect(await model.submit()).toBeNull();
    expect(model.errors).toEqual({ cwd: "'cwd' leaves the root." });
    jobs.failure = new ApiError(400, { message: 'No such script.', details: { field: 'script' } });
    await model.submit();
    expect(model.errors).toEqual({ '': 'No such script.' });
    jobs.failure = new TypeError('Failed to fetch');
    await model.submit();
    expect(model.errors).toEqual({ '': 'Failed to fetch' });
  });
});
