import { CommandRegistry } from '@lumino/commands';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import React from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IChartProps } from '../../../../src/components/curves/chart';
import { CompareBody } from '../../../../src/panels/compare/body';
import { CompareModel } from '../../../../src/panels/compare/model';
import { IMetricsOfJobs } from '../../../../src/tokens/metrics';
import { FakeJobs, FakeMetrics, aCurve, aJob, fakeWorkbench } from '../../support';

const charts = vi.hoisted(() => ({ shown: new Map<string, unknown>() }));
vi.mock('../../../../src/components/curves/chart', () => ({
  Chart: (props: IChartProps) => {
    charts.shown.set(props.title, props);
    return <figure>{props.title}</figure>;
  }
}));

let metrics: Map<string, FakeMetrics>;
let model: CompareModel;

const chart = (name: string) => charts.shown.get(name) as IChartProps;

beforeEach(() => {
  charts.shown.clear();
  const jobs = new FakeJobs();
  jobs.list = [aJob({ id: 'a', name: 'one' }), aJob({ id: 'b', name: 'two' })];
  const { workbench, share } = fakeWorkbench(jobs);
  metrics = new Map(['a', 'b'].map(id => [id, new FakeMetrics()]));
  metrics.get('a')!.put('loss', [3, 1]);
  metrics.get('b')!.put('loss', [3, 2]);
  metrics.get('b')!.put('accuracy', [0.5]);
  share(IMetricsOfJobs, {
    acquire: id => ({ model: metrics.get(id)!, isDisposed: false, dispose: () => undefined })
  });
  model = new CompareModel(workbench, { ids: ['a', 'b'] });
  render(<CompareBody model={model} commands={new CommandRegistry()} />);
});
afterEach(() => model.dispose());

describe('runs side by side', () => {
  // proves: curves.overlay
  it('have a chart for each metric, a line for each run, each on the axis of its run', async () => {
    await waitFor(() => expect(screen.getAllByRole('figure')).toHaveLength(2));
    const { names, series, runOf } = chart('loss');
    expect(names).toEqual(['one', 'two']);
    expect([...series.keys()]).toEqual(['one', 'two']);
    expect([...chart('accuracy').series.keys()]).toEqual(['two']);
    expect(runOf?.('two')).toBe(metrics.get('b')!.series);
    expect(runOf?.('nobody').size).toBe(0);
  });

  // proves: curves.baseline
  it('are told apart from a baseline, in the table and, where that is wanted, in the charts', async () => {
    fireEvent.click(await screen.findByRole('button', { name: 'one is the baseline' }));
    expect(await screen.findByText('+1 (+100 %)')).toBeTruthy();
    expect(chart('loss').baseline).toBeUndefined();
    fireEvent.click(screen.getByLabelText('Curves as differences'));
    await waitFor(() => expect(chart('loss').baseline).toBe('one'));
    fireEvent.click(screen.getByRole('button', { name: 'one is the baseline' }));
    await waitFor(() => expect(chart('loss').baseline).toBeUndefined());
    expect(model.view).toMatchObject({ baseline: '', isDelta: false });
    expect(screen.queryByText('+1 (+100 %)')).toBeNull();
  });

  it('let the run stand out that is pointed at', async () => {
    const entry = (await screen.findByRole('button', { name: 'two is the baseline' }))
      .parentElement!;
    fireEvent.mouseEnter(entry);
    expect(chart('loss').pointed).toBe('two');
    fireEvent.mouseLeave(entry);
    expect(chart('loss').pointed).toBeNull();
  });

  it('ask each run for the points of its own, and leave out one that refuses', async () => {
    await screen.findAllByRole('figure');
    metrics.get('a')!.answer = new Map([['loss', aCurve([7])]]);
    metrics.get('b')!.answer = new Error('The job was deleted.');
    const window = { names: ['one', 'two'], axis: 'step', begin: 0, end: 1, points: 9 } as const;
    const found = await chart('loss').closer!(window);
    expect([...found].map(([name, { value }]) => [name, value[0]])).toEqual([['one', 7]]);
    expect(metrics.get('b')!.windows).toEqual([{ ...window, names: ['loss'] }]);
    expect([...(await chart('loss').actions!.whole!()).keys()]).toEqual(['one']);
  });

  it('look at the same part, as far as the longest of them reaches', async () => {
    await screen.findAllByRole('figure');
    metrics.get('b')!.put('loss', [1], [8]);
    fireEvent.click(screen.getByRole('button', { name: 'Look closer' }));
    await waitFor(() =>
      expect(chart('loss').view?.range).toEqual({ begin: 4, end: 8, isLive: true })
    );
    expect(chart('accuracy').view?.range).toEqual({ begin: 4, end: 8, isLive: true });
    chart('loss').onRange?.(null);
    expect(model.view.range).toBeNull();
  });
});
