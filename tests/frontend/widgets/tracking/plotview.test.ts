import type { WidgetModel } from '@jupyter-widgets/base';
import { screen, waitFor } from '@testing-library/react';
import { Widget } from '@lumino/widgets';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { IMetricsOfJobs } from '../../../../src/tokens/metrics';
import { page } from '../../../../src/widgets/basics/react';
import { TrainingPlotView } from '../../../../src/widgets/tracking/training';
import { FakeJobs, FakeMetrics, fakeWorkbench } from '../../support';
import { removeWidgets, showWidget, tell } from '../show';

let held: Map<string, FakeMetrics>;
let log: string[];

beforeEach(() => {
  held = new Map();
  log = [];
  const { workbench, share } = fakeWorkbench(new FakeJobs());
  const acquire = (job: string) => {
    const model = held.get(job) ?? new FakeMetrics();
    held.set(job, model);
    log.push(`take ${job}`);
    return { model, isDisposed: false, dispose: () => void log.push(`leave ${job}`) };
  };
  share(IMetricsOfJobs, { acquire });
  page.workbench = workbench;
});

afterEach(() => {
  removeWidgets();
  page.workbench = null;
});

/** Where figures are made; their views are empty. */
const bqplot = {
  new_model: () =>
    Promise.resolve({
      set: () => undefined,
      close: () => Promise.resolve()
    } as unknown as WidgetModel),
  create_view: () => {
    const luminoWidget = new Widget();
    const trigger = () => undefined;
    return Promise.resolve({ luminoWidget, trigger, remove: () => luminoWidget.dispose() });
  }
};

const usual = { job: '', metrics: [], height: 200, period: null, _versions: {} };
const show = (values: object = {}) => showWidget(TrainingPlotView, { ...usual, ...values }, bqplot);
const hint = () => screen.getByText<HTMLElement>('Choose a job to see its curves.');
const titles = () => screen.queryAllByRole('figure').map(one => one.getAttribute('aria-label'));

describe('the training plot in a notebook', () => {
  it('asks for a job where there is none, and takes no curves', async () => {
    await show();
    expect(screen.getByRole('group', { name: 'Training curves' })).toBeTruthy();
    expect([hint().hidden, log]).toEqual([false, []]);
  });

  // proves: widgets.training-plot
  it('draws the metrics of its job, one figure for each group', async () => {
    await show({ job: 'a' });
    held.get('a')!.put('train/loss', [1, 0.5]);
    held.get('a')!.put('accuracy', [0.1]);
    await waitFor(() => expect(titles()).toEqual(['loss', 'accuracy']));
    expect(hint().hidden).toBe(true);
  });

  it('draws only the metrics that it is told to', async () => {
    const { model } = await show({ job: 'a', metrics: ['acc*'] });
    held.get('a')!.put('loss', [1]);
    held.get('a')!.put('accuracy', [0.1]);
    await waitFor(() => expect(titles()).toEqual(['accuracy']));
    await tell(model, { metrics: [] });
    await waitFor(() => expect(titles()).toEqual(['loss', 'accuracy']));
  });

  // proves: widgets.change-job
  it('lets the job before go when it is told another, and all when it is told none', async () => {
    const { model } = await show({ job: 'a' });
    await tell(model, { job: 'b' });
    expect(log).toEqual(['take a', 'leave a', 'take b']);
    await tell(model, { job: '' });
    expect(log.at(-1)).toBe('leave b');
    expect(hint().hidden).toBe(false);
  });

  it('has new points as often as its reader wants them', async () => {
    const { model } = await show({ job: 'a', period: 5 });
    const { views } = held.get('a')!;
    expect(views.shown).toEqual([5]);
    await tell(model, { period: 0.5 });
    expect(views.shown).toEqual([0.5]);
    await tell(model, { period: null });
    expect(views.shown).toEqual([null]);
  });

  it('lets its job go when it is removed, and takes none that is told later', async () => {
    const { view, model } = await show({ job: 'a' });
    view.remove();
    await tell(model, { job: 'b', period: 1 });
    expect(log).toEqual(['take a', 'leave a']);
    expect(held.get('a')!.views.shown).toEqual([]);
  });

  it('takes no job when it is removed before it is in the page', async () => {
    const { view } = await show({ job: 'a' });
    const again = new TrainingPlotView({ model: view.model, options: {} });
    again.render();
    again.remove();
    again.trigger('displayed');
    await again.displayed;
    await Promise.resolve();
    expect(log).toEqual(['take a']);
  });

  it('stays empty where nobody brings facts', async () => {
    page.workbench = null;
    await show({ job: 'a' });
    expect([log, titles()]).toEqual([[], []]);
  });
});
