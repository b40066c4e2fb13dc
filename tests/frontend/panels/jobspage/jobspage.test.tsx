import { act, fireEvent, render, screen } from '@testing-library/react';
import { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JobCommands } from '../../../../src/tokens/jobs';
import { CompareBody } from '../../../../src/panels/compare/body';
import { CompareModel } from '../../../../src/panels/compare/model';
import { JobsPageBody } from '../../../../src/panels/jobspage/body';
import { IModels, ModelCommands } from '../../../../src/tokens/models';
import { JobsPageModel } from '../../../../src/panels/jobspage/model';
import type { IMetrics } from '../../../../src/tokens/metrics';
import { ILatestMetrics, IMetricsOfJobs } from '../../../../src/tokens/metrics';
import type { IHandle } from '../../../../src/tokens/workbench';
import type { FakeLatest, FakeModels } from '../../support';
import { FakeJobs, FakeMetrics, aDeployment, aJob, fakeWorkbench, giveSize } from '../../support';

const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>('button', { name });

function someJobs(): FakeJobs {
  const jobs = new FakeJobs();
  jobs.list = [
    aJob({ id: 'a', name: 'eval', created: '2026-11-21T12:00:00Z', tags: ['nightly'] }),
    aJob({ id: 'b', name: 'train', created: '2026-11-21T11:00:00Z', state: 'failed' }),
    aJob({ id: 'c', name: 'clean', created: '2026-11-21T10:00:00Z', state: 'failed' })
  ];
  return jobs;
}

describe('JobsPageModel', () => {
  let jobs: FakeJobs;
  let model: JobsPageModel;
  const ids = () => model.shown.map(job => job.id).join('');
  const put = (index: number, change: Parameters<typeof aJob>[0]) => {
    jobs.list = jobs.list.map((job, at) => (at === index ? { ...job, ...change } : job));
    jobs.changed.emit();
  };

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    jobs = someJobs();
    model = new JobsPageModel(fakeWorkbench(jobs).workbench);
  });
  afterEach(() => {
    model.dispose();
    vi.useRealTimers();
  });

  it('shows the newest first, and what was asked for', () => {
    expect(ids()).toBe('abc');
    model.setView({ sort: { key: 'name', descending: false } });
    expect(ids()).toBe('cab');
    model.setView({ states: ['failed'] });
    expect(ids()).toBe('cb');
    model.setView({ text: 'tr' });
    expect(ids()).toBe('b');
    expect([...model.counts]).toEqual([['failed', 1]]);
  });

  it('comes back as it was left', () => {
    const views: unknown[] = [];
    model.viewChanged.connect((_, view) => views.push(view), views);
    model.setView({ text: 'x', states: ['failed'] });
    const again = new JobsPageModel(fakeWorkbench(jobs).workbench, views[0] as object);
    expect(again.view).toEqual(model.view);
    again.dispose();
  });

  it('asks for the metrics that a column shows, also when it comes back with one', () => {
    const { workbench } = fakeWorkbench(jobs);
    const latest = workbench.get(ILatestMetrics) as FakeLatest;
    const columns = { shown: { 'metric:loss': true }, widths: {} };
    const again = new JobsPageModel(workbench, { columns });
    expect(latest.wanted).toEqual([]);
    const follower = again.show();
    expect(latest.wanted).toEqual(['a', 'b', 'c']);
    latest.wanted = [];
    follower.dispose();
    jobs.changed.emit();
    expect(latest.wanted).toEqual([]);
    again.show();
    expect(latest.wanted).toEqual(['a', 'b', 'c']);
    latest.known.set('a', new Map([['loss', 1]]));
    again.setView({ sort: { key: 'metric:loss', descending: true } });
    expect(again.names.metrics).toEqual(['loss']);
    latest.wanted = [];
    again.setView({ columns: { shown: {}, widths: {} } });
    jobs.changed.emit();
    expect(latest.wanted).toEqual([]);
    again.wantLatest(2);
    expect(latest.wanted).toHaveLength(2);
    again.dispose();
  });

  it('does nothing while nobody looks, and is right at once when somebody does', () => {
    expect(ids()).toBe('abc');
    let changes = 0;
    model.changed.connect(() => changes++, model);
    put(0, { name: 'z' });
    model.setView({ sort: { key: 'name', descending: false } });
    vi.advanceTimersByTime(10_000);
    expect(changes).toBe(0);
    model.show();
    expect(changes).toBe(1);
    expect(ids()).toBe('cba');
  });

  it('shows new values at once, but moves rows only once in a while', () => {
    model.show();
    model.setView({ sort: { key: 'name', descending: false } });
    expect(ids()).toBe('cab');
    put(0, { name: 'a first' });
    expect(model.shown.find(job => job.id === 'a')?.name).toBe('a first');
    expect(ids()).toBe('cab');
    let changes = 0;
    model.changed.connect(() => changes++, model);
    vi.advanceTimersByTime(1100);
    expect(changes).toBe(1);
    expect(ids()).toBe('acb');
  });

  it('moves rows as soon where the clock was set back meanwhile', () => {
    model.show();
    model.setView({ sort: { key: 'name', descending: false } });
    expect(ids()).toBe('cab');
    vi.setSystemTime(Date.now() - 3_600_000);
    put(0, { name: 'a first' });
    vi.advanceTimersByTime(1100);
    expect(ids()).toBe('acb');
  });

  it('moves rows at once after a quiet time', () => {
    expect(ids()).toBe('abc');
    vi.advanceTimersByTime(5000);
    jobs.list = [aJob({ id: 'n', created: '2026-11-22T10:00:00Z' }), ...jobs.list];
    jobs.changed.emit();
    expect(ids()).toBe('nabc');
  });

  it('leaves out at once what was deleted', () => {
    expect(ids()).toBe('abc');
    jobs.list = jobs.list.slice(1);
    jobs.changed.emit();
    expect(ids()).toBe('bc');
  });

  it('counts as marked only what is shown', () => {
    model.selection = { ...model.selection, marked: new Set(['a', 'b', 'gone']) };
    expect(model.ids).toEqual(['a', 'b']);
    model.setView({ states: ['failed'] });
    expect(model.ids).toEqual(['b']);
  });
});

describe('JobsPageBody', () => {
  const page = (jobs: FakeJobs, deployments: FakeModels['deployments'] = []) => {
    giveSize(520);
    const commands = new CommandRegistry();
    const run: [string, unknown][] = [];
    [...Object.values(JobCommands), ...Object.values(ModelCommands)].forEach(id =>
      commands.addCommand(id, {
        execute: args => void run.push([id, { ...args }]),
        describedBy: { args: {} }
      })
    );
    const { workbench } = fakeWorkbench(jobs);
    (workbench.get(IModels) as FakeModels).deployments = deployments;
    const model = new JobsPageModel(workbench);
    render(<JobsPageBody model={model} commands={commands} />);
    return { model, run };
  };
  const search = () => screen.getByRole<HTMLInputElement>('searchbox');
  const frame = () =>
    act(() => new Promise<void>(resolve => requestAnimationFrame(() => resolve())));

  it('says what to do where no job is', () => {
    const { run } = page(new FakeJobs());
    fireEvent.click(button('Run a file as a job'));
    expect(run).toEqual([[JobCommands.runFile, {}]]);
  });

  // proves: deployments.rows
  it('shows deployed models above the jobs, also where no job is', () => {
    const { run } = page(new FakeJobs(), [aDeployment({ id: 'd1', model: 'lamp', version: 1 })]);
    expect(screen.getByRole('link', { name: /Log of lamp/ }).getAttribute('href')).toBe(
      '/deployments/d1/log'
    );
    fireEvent.click(button('lamp, version 1'));
    fireEvent.click(button('Stop lamp, version 1'));
    expect(run).toEqual([
      [ModelCommands.open, { name: 'lamp' }],
      [ModelCommands.withdraw, { id: 'd1' }]
    ]);
    expect(button('Run a file as a job')).toBeTruthy();
  });

  it('searches, filters by tag and state, and shows all again', async () => {
    page(someJobs());
    expect(screen.getByText('3 jobs')).toBeTruthy();
    fireEvent.click(button('nightly'));
    await frame();
    expect(search().value).toBe('tag:nightly');
    expect(screen.getByText('1 of 3 jobs')).toBeTruthy();
    fireEvent.change(search(), { target: { value: 'nothing like it' } });
    await frame();
    fireEvent.click(button('Show all'));
    await frame();
    fireEvent.click(button(/^Failed/));
    await frame();
    expect(screen.getByText('2 of 3 jobs')).toBeTruthy();
  });

  it('shows at once what is typed and marked, however long the next frame takes', () => {
    page(someJobs());
    fireEvent.change(search(), { target: { value: 'e' } });
    expect(search().value).toBe('e');
    const box = screen.getByRole<HTMLInputElement>('checkbox', { name: 'Mark all' });
    fireEvent.click(box);
    expect(box.checked).toBe(true);
  });

  it('hands marked jobs to the commands', async () => {
    const { run } = page(someJobs());
    await frame();
    fireEvent.click(screen.getByRole('checkbox', { name: 'Mark all' }));
    await frame();
    fireEvent.click(button('Stop 1 job'));
    fireEvent.click(button('Delete 2 jobs'));
    fireEvent.click(button('Compare jobs'));
    fireEvent.click(button('Unmark all'));
    await frame();
    expect(run).toEqual([
      [JobCommands.stop, { ids: ['a'] }],
      [JobCommands.remove, { ids: ['b', 'c'] }],
      [JobCommands.compare, { ids: ['a', 'b', 'c'] }]
    ]);
    expect(screen.getByText('0 jobs marked')).toBeTruthy();
  });
});

describe('CompareModel', () => {
  const settled = () => new Promise(resolve => setTimeout(resolve));
  const make = (jobs: FakeJobs, ids: string[]) => {
    const { workbench, share } = fakeWorkbench(jobs);
    const released: string[] = [];
    const acquire = (id: string): IHandle<IMetrics> => {
      const dispose = () => void released.push(id);
      return { model: new FakeMetrics(), isDisposed: false, dispose };
    };
    share(IMetricsOfJobs, { acquire });
    const model = new CompareModel(workbench, { ids });
    return { model, released };
  };

  it('looks up what the list does not hold, and lets go of all curves', async () => {
    const jobs = someJobs();
    const find = vi.spyOn(jobs, 'find');
    const { model, released } = make(jobs, ['b', 'a']);
    expect(model.isReady).toBe(false);
    await settled();
    expect(find.mock.calls).toEqual([['b'], ['a']]);
    expect(model.compared.map(({ subject }) => subject.id)).toEqual(['b', 'a']);
    model.dispose();
    model.dispose();
    expect(released).toEqual(['b', 'a']);
  });

  it('says why there is nothing, and goes on with those that are there', async () => {
    const gone = make(someJobs(), ['x', 'y']).model;
    await settled();
    expect(gone.error).toBe('There is no such job.');
    const half = make(someJobs(), ['x', 'a']).model;
    await settled();
    expect(half.error).toBe('');
    render(<CompareBody model={half} commands={new CommandRegistry()} />);
    expect(screen.getByText('1 job was deleted.')).toBeTruthy();
    [gone, half].forEach(model => model.dispose());
  });

  it('tells only of changes in its own jobs', async () => {
    const jobs = someJobs();
    const { model } = make(jobs, ['a']);
    await settled();
    jobs.changed.emit();
    let changes = 0;
    model.changed.connect(() => changes++, model);
    jobs.list = jobs.list.map(job => (job.id === 'b' ? { ...job } : job));
    jobs.changed.emit();
    expect(changes).toBe(0);
    jobs.list = jobs.list.map(job => (job.id === 'a' ? { ...job } : job));
    jobs.changed.emit();
    expect(changes).toBe(1);
    model.dispose();
  });
});
