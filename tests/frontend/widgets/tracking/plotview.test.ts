import type { WidgetModel } from '@jupyter-widgets/base';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { Widget } from '@lumino/widgets';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IDiagnosisOfJobs } from '../../../../src/tokens/diagnosis';
import { IMetricsOfJobs } from '../../../../src/tokens/metrics';
import { page } from '../../../../src/widgets/basics/react';
import { TrainingPlotView } from '../../../../src/widgets/tracking/training';
import { FakeDiagnosis, aDiagnosis } from '../../diagnosis';
import { FakeJobs, FakeMetrics, aJob, fakeWorkbench } from '../../support';
import { removeWidgets, showWidget, tell } from '../show';

let held: Map<string, FakeMetrics>;
let log: string[];
let jobs: FakeJobs;
let diagnosis: FakeDiagnosis;

beforeEach(() => {
  held = new Map();
  log = [];
  jobs = new FakeJobs();
  const { workbench, share } = fakeWorkbench(jobs);
  const acquire = (job: string) => {
    const model = held.get(job) ?? new FakeMetrics();
    held.set(job, model);
    log.push(`take ${job}`);
    return { model, isDisposed: false, dispose: () => void log.push(`leave ${job}`) };
  };
  share(IMetricsOfJobs, { acquire });
  diagnosis = new FakeDiagnosis();
  const handle = { model: diagnosis, isDisposed: false, dispose: () => undefined };
  share(IDiagnosisOfJobs, { acquire: () => handle });
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

const usual = {
  job: '',
  jobs: [],
  metrics: [],
  height: 200,
  period: null,
  smoothing: 0,
  log_scale: false,
  axis: 'step',
  range: null,
  tools: true,
  controls: false,
  _versions: {}
};
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

  // proves: curves.widget
  it('lays several jobs over each other, a figure for each metric', async () => {
    jobs.list = [aJob({ id: 'a', name: 'slow' }), aJob({ id: 'b', name: 'slow' })];
    const { view } = await show({ job: 'a', jobs: ['a', 'b'], metrics: ['train/*'] });
    held.get('a')!.put('train/loss', [1, 0.5]);
    held.get('b')!.put('train/loss', [2, 1.5]);
    await waitFor(() => expect(titles()).toEqual(['train/loss']));
    const legend = [...view.el.querySelectorAll('.crispdm-Legend-entry')].map(
      one => one.textContent
    );
    expect(legend).toEqual(['slow0.5', 'slow (2)1.5']);
    expect(screen.queryByRole('button', { name: 'Stop, keep best' })).toBeNull();
  });

  it('changes by its tools what its model says, so that the kernel knows', async () => {
    const { model } = await show({ job: 'a' });
    const saved = vi.spyOn(model, 'save_changes');
    act(() => held.get('a')!.put('loss', [1, 0.5, 0.2], [0, 50, 100]));
    fireEvent.click(await screen.findByLabelText('Logarithmic'));
    fireEvent.change(screen.getByLabelText('Smoothing'), { target: { value: '0.5' } });
    fireEvent.click(screen.getByRole('button', { name: 'Look closer' }));
    expect(model.get('range')).toEqual([50, 100]);
    fireEvent.click(screen.getByRole('button', { name: 'Show everything' }));
    fireEvent.change(screen.getByLabelText('Refresh'), { target: { value: '5' } });
    expect(
      ['log_scale', 'smoothing', 'range', 'period'].map(name => model.get(name) as unknown)
    ).toEqual([true, 0.5, null, 5]);
    expect(saved).toHaveBeenCalledTimes(5);
    expect(held.get('a')!.views.shown).toContain(5);
    const over = screen.getByLabelText<HTMLSelectElement>('Over');
    expect([...over.options].map(({ value }) => value)).toEqual(['step', 'elapsed']);
  });

  it('has no tools where its author wants none', async () => {
    const { model } = await show({ job: 'a', tools: false });
    expect(screen.queryByRole('toolbar')).toBeNull();
    await tell(model, { tools: true });
    expect(screen.getByRole('toolbar', { name: 'Curve tools' })).toBeTruthy();
  });

  it('says what the curves say, and ends a training that has seen its best', async () => {
    jobs.list = [aJob({ id: 'a' })];
    const { model } = await show({ job: 'a' });
    act(() => diagnosis.say(aDiagnosis()));
    expect(await screen.findByText('Over-fitted')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Stop, keep best' })).toBeNull();
    await tell(model, { controls: true });
    const button = await screen.findByRole('button', { name: 'Stop, keep best' });
    jobs.failure = new Error('Nothing was kept yet.');
    fireEvent.click(button);
    expect(await screen.findByText('Nothing was kept yet.')).toBeTruthy();
    jobs.failure = null;
    fireEvent.click(button);
    expect(jobs.commands.at(-1)).toEqual(['stop', 'a', undefined, 'best']);
    await waitFor(() => expect(screen.queryByText('Nothing was kept yet.')).toBeNull());
    jobs.list = [aJob({ id: 'a', state: 'stopped' })];
    act(() => jobs.changed.emit());
    await waitFor(() =>
      expect(screen.queryByRole('button', { name: 'Stop, keep best' })).toBeNull()
    );
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
