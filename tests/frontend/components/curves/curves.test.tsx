import { act, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ICurvesView } from '../../../../src/components/curves/curves';
import { Curves, PLAIN_VIEW } from '../../../../src/components/curves/curves';
import { FakeMetrics } from '../../support';

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
    await vi.waitFor(() =>
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
    fireEvent.click(screen.getByRole('checkbox'));
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

  it('smooths the same plot', async () => {
    const metrics = new FakeMetrics();
    metrics.put('loss', [0, 10]);
    const { change } = curves(metrics);
    await frame();
    change({ smoothing: 0.5 });
    await vi.waitFor(() => expect([...plots.made[0].data[1]]).toEqual([0, expect.closeTo(20 / 3)]));
    expect(plots.made).toHaveLength(1);
  });

  // proves: training.interval
  it('asks for updates as often as the reader wants', () => {
    const metrics = new FakeMetrics();
    const { onView, change } = curves(metrics);
    fireEvent.change(screen.getByRole('combobox'), { target: { value: '5' } });
    expect(onView).toHaveBeenCalledWith({ period: 5 });
    change({ period: 5 });
    expect(metrics.views.shown).toEqual([5]);
    fireEvent.change(screen.getByRole('combobox'), { target: { value: '' } });
    expect(onView).toHaveBeenLastCalledWith({ period: null });
  });
});
