import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import React from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ICurvesView } from '../../../../src/components/curves/view';
import { Curves } from '../../../../src/components/curves/curves';
import { PLAIN_VIEW } from '../../../../src/components/curves/view';
import type { IChoice } from '../../../../src/components/basics/browser/popup';
import { saveAs } from '../../../../src/components/basics/browser/saveas';
import { FakeMetrics, aCurve } from '../../support';
import { pending } from '../../clock/pending';

interface IFakePlot {
  options: {
    scales: { y: { distr: number } };
    hooks: { setLegend: [(plot: unknown) => void] };
    series: { value?: (plot: unknown, value: number | null) => string }[];
  };
  data: number[][];
  cursor: { idx: number | null };
  legends: unknown[];
}

const menus = vi.hoisted(() => ({ opened: [] as IChoice[][] }));
vi.mock('../../../../src/components/basics/browser/popup', () => ({
  openMenu: (_: Element, choices: IChoice[]) => void menus.opened.push(choices)
}));
vi.mock('../../../../src/components/basics/browser/saveas', () => ({ saveAs: vi.fn() }));

const plots = vi.hoisted(() => ({ made: [] as IFakePlot[], destroyed: 0 }));

vi.mock('uplot', () => ({
  default: class {
    static join = (tables: unknown[][]) => tables.flat();
    cursor = { idx: null };
    legend = { live: true };
    legends: unknown[] = [];
    constructor(
      readonly options: IFakePlot['options'],
      public data: number[][]
    ) {
      plots.made.push(this);
    }
    setLegend(options: unknown) {
      this.legends.push(options);
    }
    setData(data: number[][]) {
      this.data = data;
    }
    setScale() {}
    destroy() {
      plots.destroyed++;
    }
  }
}));

function curves(metrics: FakeMetrics, view: Partial<ICurvesView> = {}) {
  const onView = vi.fn();
  const element = (change: Partial<ICurvesView> = {}) => (
    <Curves metrics={metrics} view={{ ...PLAIN_VIEW, ...view, ...change }} onView={onView} />
  );
  const { rerender } = render(element());
  return { onView, change: (next: Partial<ICurvesView>) => rerender(element(next)) };
}

const frame = () => act(() => new Promise<void>(resolve => requestAnimationFrame(() => resolve())));

beforeEach(() => {
  plots.made = [];
  plots.destroyed = 0;
});

describe('Curves', () => {
  it('offers no refreshing of curves that are all here', () => {
    const metrics = new FakeMetrics();
    metrics.isEnded = true;
    curves(metrics);
    expect(screen.queryByLabelText('Refresh')).toBeNull();
    expect(screen.getByText('This job logged no curves.')).toBeTruthy();
  });

  it('says how to get curves where there are none', () => {
    curves(new FakeMetrics());
    expect(screen.getByText(/crispdm\.log\(loss=loss/)).toBeTruthy();
  });

  it('makes one chart for each group, and appends to it', async () => {
    const metrics = new FakeMetrics();
    metrics.put('train/loss', [3, 2]);
    metrics.put('val/loss', [4]);
    metrics.put('lr', [0.1]);
    curves(metrics);
    await frame();
    expect(screen.getAllByRole('figure')).toHaveLength(2);
    expect(plots.made).toHaveLength(2);
    metrics.put('lr', [0.05]);
    await frame();
    expect(plots.made).toHaveLength(2);
    await waitFor(() =>
      expect(plots.made[1].data.map(column => [...column])).toEqual([
        [0, 1],
        [0.1, 0.05]
      ])
    );
    expect(await screen.findByText(/lr\s+0\.05/)).toBeTruthy();
  });

  it('makes a new plot for another scale, and lets the old one go', () => {
    const metrics = new FakeMetrics();
    metrics.put('loss', [3, 2]);
    const { change, onView } = curves(metrics);
    fireEvent.click(screen.getByLabelText('Logarithmic'));
    expect(onView).toHaveBeenCalledWith({ logScale: true });
    change({ logScale: true });
    expect(plots.made.map(plot => plot.options.scales.y.distr)).toEqual([1, 3]);
    expect(plots.destroyed).toBe(1);
  });

  it('tells the newest values in the legend, those under the cursor while it is there', () => {
    const metrics = new FakeMetrics();
    metrics.put('train/loss', [3, 2]);
    metrics.put('val/loss', [4]);
    curves(metrics);
    const [plot] = plots.made;
    const drawn = { ...plot, data: [[0, 1, 2], [3, 2, null], [4, undefined, null], [null]] };
    const setLegend = vi.fn();
    plot.options.hooks.setLegend[0]({ ...drawn, setLegend });
    expect(setLegend).toHaveBeenCalledWith({ idxs: [2, 1, 0, null] }, false);
    plot.options.hooks.setLegend[0]({ ...drawn, setLegend, cursor: { idx: 0 } });
    expect(setLegend).toHaveBeenCalledTimes(1);
    const { value } = plot.options.series[1];
    expect([value?.(plot, 0.123456), value?.(plot, null)]).toEqual(['0.1235', '–']);
  });

  it('smooths the same plot, and makes another one where the values begin to stand behind', async () => {
    const metrics = new FakeMetrics();
    metrics.put('loss', [0, 10]);
    const { change } = curves(metrics, { smoothing: 0.1 });
    await frame();
    change({ smoothing: 0.5 });
    await waitFor(() => expect([...plots.made[0].data[2]]).toEqual([0, expect.closeTo(20 / 3)]));
    expect([...plots.made[0].data[1]]).toEqual([0, 10]);
    expect(plots.made).toHaveLength(1);
    change({ smoothing: 0 });
    expect(plots.made).toHaveLength(2);
    expect(plots.made[1].data).toHaveLength(2);
  });

  const titles = () => screen.getAllByRole('figure').map(node => node.textContent);
  const many = (count: number): FakeMetrics => {
    const metrics = new FakeMetrics();
    Array.from({ length: count }, (_, at) => metrics.put(`layer/${at}`, [at]));
    return metrics;
  };

  it('finds curves by a part of their names, where there are many', () => {
    const metrics = many(8);
    metrics.put('Loss', [1]);
    const { onView, change } = curves(metrics);
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'LOS' } });
    expect(onView).toHaveBeenCalledWith({ filter: 'LOS' });
    change({ filter: ' LOS ' });
    expect(titles()).toHaveLength(1);
    change({ filter: 'nothing' });
    expect(screen.getByText('No curve has “nothing” in its name.')).toBeTruthy();
  });

  it('gives each curve a small chart of its own, where that is wanted', () => {
    const { onView, change } = curves(many(8));
    expect(screen.getAllByRole('figure')).toHaveLength(1);
    fireEvent.click(screen.getByLabelText('Small charts'));
    expect(onView).toHaveBeenCalledWith({ layout: 'small' });
    change({ layout: 'small' });
    expect(screen.getAllByRole('figure')).toHaveLength(8);
    expect(plots.made.at(-1)?.options).toMatchObject({ height: 110, legend: { show: false } });
  });

  it('has no tools for many where there are few', () => {
    curves(many(3));
    expect(screen.queryByRole('searchbox')).toBeNull();
    expect(screen.queryByLabelText('Small charts')).toBeNull();
  });

  it('puts pinned charts first', () => {
    const metrics = new FakeMetrics();
    ['loss', 'accuracy', 'lr'].forEach(name => metrics.put(name, []));
    curves(metrics, { pinned: ['lr'] });
    expect(titles().map(text => text?.replace('⋯', ''))).toEqual(['lr', 'loss', 'accuracy']);
  });

  it('changes what stands along the bottom, and looks at all of it again', () => {
    const metrics = new FakeMetrics();
    metrics.put('loss', [1, 2], [10, 20]);
    const { onView, change } = curves(metrics, { range: { begin: 1, end: 2, isLive: false } });
    const over = screen.getByLabelText<HTMLSelectElement>('Over');
    expect([...over.options].map(({ value }) => value)).toEqual(['step', 'elapsed', 'clock']);
    fireEvent.change(over, { target: { value: 'elapsed' } });
    expect(onView).toHaveBeenCalledWith({ axis: 'elapsed', range: null });
    change({ axis: 'elapsed', range: null });
    expect([...plots.made.at(-1)!.data[0]]).toEqual([0, 10]);
    metrics.put('epoch', [0, 1], [10, 20]);
    change({ axis: 'epoch', range: null });
    expect([...plots.made.at(-1)!.data[0]]).toEqual([0, 1]);
  });

  it('moves by its buttons and by keys, each chart with the others', () => {
    const metrics = new FakeMetrics();
    metrics.put('loss', [1, 2, 3], [0, 50, 100]);
    const { onView, change } = curves(metrics);
    fireEvent.click(screen.getByRole('button', { name: 'Look closer' }));
    const closer = { range: { begin: 50, end: 100, isLive: true } };
    expect(onView).toHaveBeenLastCalledWith(closer);
    change(closer);
    expect(screen.getByRole('button', { name: 'Follow the newest points' })).toHaveProperty(
      'ariaPressed',
      'true'
    );
    const grid = screen.getByRole('group', { name: 'Curves' });
    fireEvent.keyDown(grid, { key: 'ArrowLeft', shiftKey: true });
    expect(onView).toHaveBeenLastCalledWith({ range: { begin: 37.5, end: 87.5, isLive: false } });
    fireEvent.keyDown(grid, { key: '0' });
    expect(onView).toHaveBeenLastCalledWith({ range: null });
    onView.mockClear();
    fireEvent.keyDown(grid, { key: 'ArrowLeft' });
    fireEvent.keyDown(grid, { key: '+', ctrlKey: true });
    fireEvent.keyDown(grid, { key: 'x' });
    expect(onView).not.toHaveBeenCalled();
  });

  it('asks the server for what is thinned here, when one looks closer and rests', async () => {
    const metrics = new FakeMetrics();
    metrics.put(
      'loss',
      Array.from({ length: 3000 }, (_, at) => at % 5)
    );
    metrics.put('short', [1, 2]);
    metrics.answer = new Map([['loss', aCurve([7, 8], [100, 101])]]);
    const { change } = curves(metrics);
    change({ range: { begin: 100, end: 120, isLive: false } });
    await waitFor(() => expect(metrics.windows).toHaveLength(1));
    expect(metrics.windows[0]).toMatchObject({
      names: ['loss'],
      axis: 'step',
      begin: 99,
      end: 121
    });
    await waitFor(() => expect([...plots.made[0].data[1]]).toEqual([7, 8]));
    change({ range: { begin: 100, end: 120, isLive: true } });
    await pending.rest();
    expect(metrics.windows).toHaveLength(1);
  });

  it('keeps what is here where the server refuses', async () => {
    const metrics = new FakeMetrics();
    metrics.put(
      'loss',
      Array.from({ length: 3000 }, (_, at) => at % 5)
    );
    metrics.answer = new Error('not now');
    const { change } = curves(metrics);
    change({ range: { begin: 100, end: 103, isLive: false } });
    await waitFor(() => expect(metrics.windows).toHaveLength(1));
    await pending.rest();
    expect([...plots.made[0].data[0]]).toContain(101);
  });

  /** Open the menu of the first chart, and choose in it. */
  const choose = (label: string): void => {
    fireEvent.click(screen.getAllByRole('button', { name: /: pin, open, save$/ })[0]);
    const offered = menus.opened.at(-1)!;
    expect(offered.map(choice => choice.label)).toContain(label);
    act(() => offered.find(choice => choice.label === label)!.execute());
  };

  it('saves every point as CSV, also those that were thinned here', async () => {
    const metrics = new FakeMetrics();
    metrics.put('loss', [3]);
    metrics.answer = new Map([['loss', aCurve([1, 2, 3])]]);
    const saved: string[] = [];
    vi.mocked(saveAs).mockImplementation(content => {
      void content.text().then(text => saved.push(text));
    });
    curves(metrics);
    choose('Save every point as CSV');
    await waitFor(() => expect(saved[0]?.split('\r\n')).toHaveLength(5));
    metrics.answer = new Error('The job was deleted.');
    choose('Save every point as CSV');
    await waitFor(() => expect(screen.getByText('The job was deleted.')).toBeTruthy());
  });

  it('pins, and opens in a tab of its own', () => {
    const metrics = new FakeMetrics();
    metrics.put('loss', [3]);
    const [onView, onOpen] = [vi.fn(), vi.fn()];
    render(<Curves metrics={metrics} view={PLAIN_VIEW} onView={onView} onOpen={onOpen} />);
    choose('Pin to the top');
    expect(onView).toHaveBeenCalledWith({ pinned: ['loss'] });
    choose('Open in a tab of its own');
    expect(onOpen).toHaveBeenCalledWith({ name: 'loss', series: ['loss'] });
  });

  // proves: training.interval
  it('asks for updates as often as the reader wants', () => {
    const metrics = new FakeMetrics();
    const { onView, change } = curves(metrics);
    fireEvent.change(screen.getByLabelText('Refresh'), { target: { value: '5' } });
    expect(onView).toHaveBeenCalledWith({ period: 5 });
    change({ period: 5 });
    expect(metrics.views.shown).toEqual([5]);
    fireEvent.change(screen.getByLabelText('Refresh'), { target: { value: 'epoch' } });
    expect(onView).toHaveBeenLastCalledWith({ period: 'epoch' });
    fireEvent.change(screen.getByLabelText('Refresh'), { target: { value: '' } });
    expect(onView).toHaveBeenLastCalledWith({ period: null });
  });
});
