import { describe, expect, it, vi } from 'vitest';
import type { Job } from '../../../../src/api';
import { PLAIN_VIEW } from '../../../../src/components/curves/view';
import { JobPageModel } from '../../../../src/panels/job/model';
import { JobsPanelModel } from '../../../../src/panels/jobs/model';
import { FakeEnvironments, FakeJobs, aJob, fakeWorkbench } from '../../support';

const settled = () => new Promise(resolve => setTimeout(resolve));

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
    expect(views).toEqual([{ ...PLAIN_VIEW, tab: 'log', period: 5, smoothing: 0.6 }]);
    model.dispose();
  });

  it('is kept by what is done to it, not by a look at another part', () => {
    const { workbench } = fakeWorkbench(new FakeJobs());
    const model = new JobPageModel(workbench, 'j1', {}, true);
    model.setView({ tab: 'log' });
    expect(model.isPreview).toBe(true);
    model.setView({ smoothing: 0.5 });
    expect(model.isPreview).toBe(false);
    const kept = new JobPageModel(workbench, 'j1', {}, true);
    const told: boolean[] = [];
    kept.viewChanged.connect(({ isPreview }) => told.push(isPreview), told);
    kept.keep();
    kept.keep();
    expect(told).toEqual([false]);
    model.dispose();
    kept.dispose();
  });

  it('reads its files at once, while it runs, and when it is over', async () => {
    vi.useFakeTimers();
    const jobs = new FakeJobs();
    const read = vi.spyOn(jobs, 'artifacts');
    jobs.list = [aJob()];
    const model = new JobPageModel(fakeWorkbench(jobs).workbench, 'j1');
    expect(read).toHaveBeenCalledTimes(1);
    let follower = model.show();
    const tell = async (change: Partial<Job>): Promise<void> => {
      jobs.list = [aJob(change)];
      jobs.changed.emit();
      await vi.runAllTimersAsync();
    };
    await tell({ progress: { done: 1, total: 2, message: '' } });
    expect(read).toHaveBeenCalledTimes(2);
    await tell({ state: 'succeeded' });
    expect(read).toHaveBeenCalledTimes(3);
    await tell({ state: 'succeeded', tags: ['x'] });
    expect(read).toHaveBeenCalledTimes(3);
    follower.dispose();
    follower.dispose();
    await tell({ state: 'running' });
    await tell({ state: 'succeeded' });
    expect(read).toHaveBeenCalledTimes(3);
    follower = model.show();
    await vi.runAllTimersAsync();
    expect(read).toHaveBeenCalledTimes(4);
    follower.dispose();
    model.dispose();
    vi.useRealTimers();
  });

  it('lets go of the log and the curves when it is closed', () => {
    const { workbench, released } = fakeWorkbench(new FakeJobs());
    const model = new JobPageModel(workbench, 'j1');
    model.dispose();
    model.dispose();
    expect(released).toEqual(['log', 'metrics', 'diagnosis', 'media']);
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
