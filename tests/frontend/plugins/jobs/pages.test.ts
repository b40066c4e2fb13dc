import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobPage } from '../../../../src/panels/job';
import { jobPagesPlugin } from '../../../../src/plugins/jobs/pages';
import { JobCommands } from '../../../../src/tokens/jobs';
import { FakeLab, FakeRestorer } from '../../lab';
import { FakeJobs, aJob, fakeWorkbench, giveSize } from '../../support';

let lab: FakeLab;
let restorer: FakeRestorer;

/** The plugin with these settings; null for a Lab without settings. */
function start(settings: Record<string, unknown> | null = {}): void {
  const jobs = new FakeJobs();
  jobs.list = [aJob({ id: 'a', name: 'train' }), aJob({ id: 'b', name: 'evaluate' })];
  const get = (name: string) => ({ composite: settings?.[name] });
  const registry = { load: () => Promise.resolve({ get }) } as unknown as ISettingRegistry;
  void jobPagesPlugin.activate(
    lab.app,
    fakeWorkbench(jobs).workbench,
    nullTranslator,
    restorer.asRestorer,
    settings && registry
  );
}

const pages = () =>
  lab.places.map(({ widget }) => widget as JobPage).filter(one => !one.isDisposed);
const shown = () => pages().map(({ model }) => model.id + (model.isPreview ? '?' : ''));
const open = (args: Parameters<FakeLab['run']>[1]) =>
  act(() => lab.run(JobCommands.open, args) as Promise<void>);

beforeEach(() => {
  giveSize(520);
  lab = new FakeLab();
  restorer = new FakeRestorer();
});
afterEach(() => lab.dispose());

describe('the page of a job', () => {
  it('opens in front under the name of the job, once for each', async () => {
    start();
    await open({ id: 'a' });
    await open({ id: 'b' });
    await open({ id: 'a' });
    expect(shown()).toEqual(['a', 'b']);
    expect(pages().map(({ title }) => title.label)).toEqual(['train', 'evaluate']);
    expect(lab.places[0].area).toBe('main');
    expect(lab.current).toBe(pages()[0]);
  });

  it('is that of the row under the mouse where no job is named, and none where none is', async () => {
    start();
    await open({});
    expect(shown()).toEqual([]);
    lab.hit = { jobId: 'b' };
    await open({});
    expect(shown()).toEqual(['b']);
  });

  it('is first shown as the settings say', async () => {
    start({ smoothing: 0.6, period: 5 });
    await open({ id: 'a' });
    expect(pages()[0].model.view).toMatchObject({ smoothing: 0.6, period: 5 });
  });

  it('has its curves as they come where the settings say nothing, or are not there', async () => {
    start({ smoothing: undefined, period: 0 });
    await open({ id: 'a' });
    expect(pages()[0].model.view).toMatchObject({ smoothing: 0, period: null });
    lab.dispose();
    lab = new FakeLab();
    start(null);
    await open({ id: 'b' });
    expect(pages()[0].model.view).toMatchObject({ smoothing: 0, period: null });
  });

  it('comes back as it was left, whatever the settings say', async () => {
    start({ smoothing: 0.6 });
    await open({ id: 'a', view: { tab: 'log', smoothing: 0.1 } });
    const [page] = pages();
    expect(page.model.view).toMatchObject({ tab: 'log', smoothing: 0.1 });
    expect(restorer.saved(page)).toEqual(['a', { id: 'a', view: page.model.view, preview: false }]);
  });

  it('is saved when its reader asks for another view', async () => {
    start();
    await open({ id: 'a' });
    const save = vi.spyOn(restorer.tracker!, 'save').mockResolvedValue(undefined);
    act(() => pages()[0].model.setView({ tab: 'log' }));
    expect(save).toHaveBeenCalledWith(pages()[0]);
    expect(restorer.saved(pages()[0])[1]).toMatchObject({ view: { tab: 'log' } });
  });
});

describe('a page that is only looked at', () => {
  const tab = (job: string): HTMLElement => {
    const node = document.createElement('li');
    node.className = 'lm-TabBar-tab';
    node.dataset.jobPage = job;
    const label = node.appendChild(document.createElement('span'));
    lab.shell.node.append(node);
    return label;
  };

  it('gives its place to the next one, and says what keeps it', async () => {
    start();
    await open({ id: 'a', preview: true });
    expect(pages()[0].title.caption).toBe('train (preview: double click to keep it open)');
    await open({ id: 'b', preview: true });
    expect(shown()).toEqual(['b?']);
  });

  it('stays after a double click on its tab, and only on its own', async () => {
    start();
    await open({ id: 'a', preview: true });
    fireEvent.doubleClick(tab('b'));
    fireEvent.doubleClick(lab.shell.node);
    expect(shown()).toEqual(['a?']);
    fireEvent.doubleClick(tab('a'));
    expect(shown()).toEqual(['a']);
    expect(pages()[0].title.caption).toBe('train');
  });

  it('comes back as one', async () => {
    start();
    await open({ id: 'a', preview: true });
    expect(restorer.saved(pages()[0])[1]).toMatchObject({ preview: true });
  });
});
