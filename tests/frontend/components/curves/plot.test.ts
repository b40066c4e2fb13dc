import { waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IPlotOptions } from '../../../../src/components/curves/plot';
import { DRAWN, Plot, READABLE } from '../../../../src/components/curves/plot';
import type { IRange } from '../../../../src/components/curves/view';
import { Curve } from '../../../../src/managers/metrics/curve';
import type { ISeries } from '../../../../src/tokens/metrics';
import { aCurve, addPoints } from '../../support';

type Column = ArrayLike<number | null | undefined>;

interface IFakePlot {
  options: {
    hooks: {
      setLegend: [(plot: unknown) => void];
      draw: [() => void];
      drawAxes: [(plot: unknown) => void];
      setSeries: [(plot: unknown, index: number | null) => void];
    };
    series: { class?: string }[];
  };
  focused: (number | null)[];
  data: Column[];
  resets: boolean[];
  scales: { x: { min?: number; max?: number } };
  looked: unknown[];
  width: number;
  sizes: unknown[];
  legend: { live: boolean };
  cursor: { idx: number | null };
  legends: { idxs: (number | null)[] }[];
}

const made = vi.hoisted(() => ({ plots: [] as unknown[], destroyed: 0 }));

vi.mock('uplot', async original => {
  const { default: Real } = await original<{ default: { join: unknown } }>();
  return {
    default: class {
      static join = Real.join;
      resets: boolean[] = [];
      scales = { x: {} };
      looked: unknown[] = [];
      width = 400;
      sizes: unknown[] = [];
      legend = { live: true };
      cursor = { idx: null };
      legends: unknown[] = [];
      constructor(
        readonly options: unknown,
        public data: unknown
      ) {
        made.plots.push(this);
      }
      setData(data: unknown, isReset: boolean) {
        this.data = data;
        this.resets.push(isReset);
      }
      setScale(_: string, range: unknown) {
        this.looked.push(range);
      }
      focused: (number | null)[] = [];
      setSeries(index: number | null) {
        this.focused.push(index);
      }
      setSize(size: unknown) {
        this.sizes.push(size);
      }
      setLegend(legend: unknown) {
        this.legends.push(legend);
      }
      destroy() {
        made.destroyed++;
      }
    }
  };
});

let told: number;
let asked: (IRange | null)[];
let sights: ((entries: { isIntersecting: boolean }[]) => void)[];
let resized: (() => void)[];
const [NoSight, NoResize] = [globalThis.IntersectionObserver, globalThis.ResizeObserver];

function observer(callbacks: unknown[]) {
  return class {
    constructor(callback: unknown) {
      callbacks.push(callback);
    }
    observe(): void {}
    disconnect(): void {}
  };
}

beforeEach(() => {
  made.plots = [];
  made.destroyed = told = 0;
  [sights, resized, asked] = [[], [], []];
  vi.stubGlobal('IntersectionObserver', observer(sights));
  vi.stubGlobal('ResizeObserver', observer(resized));
});

afterEach(() => {
  vi.stubGlobal('IntersectionObserver', NoSight);
  vi.stubGlobal('ResizeObserver', NoResize);
});

function aPlot(
  series: Record<string, ISeries>,
  names = Object.keys(series),
  change: Partial<IPlotOptions> = {}
) {
  const node = document.createElement('div');
  const shown = new Map(Object.entries(series));
  const options: IPlotOptions = {
    names,
    logScale: false,
    xLabel: 'step',
    axis: 'step',
    height: 220,
    isSmall: false,
    hasLegend: true,
    hasShadows: false,
    runOf: () => shown,
    onNewest: () => void told++,
    onRange: range => void asked.push(range),
    ...change
  };
  const plot = new Plot(node, options, shown, 0);
  return { plot, node, shown, drawn: made.plots.at(-1) as IFakePlot };
}

const table = ({ data }: IFakePlot): unknown[] => data.map(column => Array.from(column));

describe('Plot', () => {
  it('draws what is new with the next frame, and nothing when nothing is', async () => {
    const curve = aCurve([3, 1]);
    const { plot, shown, drawn } = aPlot({ loss: curve });
    plot.show(shown);
    addPoints(curve, [2]);
    plot.show(shown);
    plot.show(shown);
    expect(drawn.resets).toEqual([]);
    await waitFor(() => expect(drawn.resets).toEqual([true]));
    expect(table(drawn)).toEqual([
      [0, 1, 2],
      [3, 1, 2]
    ]);
    plot.dispose();
    expect(made.destroyed).toBe(1);
  });

  it('draws no more once it is gone', async () => {
    const curve = aCurve([3, 1]);
    const { plot, shown, drawn } = aPlot({ loss: curve });
    addPoints(curve, [2]);
    plot.show(shown);
    plot.dispose();
    await new Promise(done => requestAnimationFrame(done));
    await new Promise(done => requestAnimationFrame(done));
    expect(drawn.resets).toEqual([]);
  });

  it('does not join what was logged together, and leaves gaps where there is no number', () => {
    const { drawn } = aPlot({ a: aCurve([1, NaN, 3]), b: aCurve([4, 5, 6]) });
    expect(table(drawn)).toEqual([
      [0, 1, 2],
      [1, null, 3],
      [4, 5, 6]
    ]);
    expect(drawn.data[2]).toBeInstanceOf(Float64Array);
  });

  it('joins curves that have other steps', () => {
    const { drawn } = aPlot({ train: aCurve([1, 2, 3]), val: aCurve([9, 8], [0, 2]) });
    expect(table(drawn)).toEqual([
      [0, 1, 2],
      [1, 2, 3],
      [9, undefined, 8]
    ]);
  });

  it('keeps the place, and with it the colour, of a curve that is not there', () => {
    const { drawn } = aPlot({ b: aCurve([1, 2]) }, ['a', 'b']);
    expect(drawn.data).toHaveLength(3);
    expect(Array.from(drawn.data[2])).toEqual([1, 2]);
  });

  it('rests while it is out of sight, and is right when it comes into sight', async () => {
    const curve = aCurve([3, 1]);
    const { plot, shown, drawn } = aPlot({ loss: curve });
    sights[0]([{ isIntersecting: false }]);
    addPoints(curve, [2]);
    plot.show(shown);
    await new Promise(done => requestAnimationFrame(done));
    expect(drawn.resets).toEqual([]);
    sights[0]([{ isIntersecting: true }]);
    await waitFor(() => expect(drawn.data[0]).toHaveLength(3));
    plot.dispose();
  });

  it('shows more points where the reader looks closer, and stays there while the curve grows', async () => {
    const curve = aCurve(Array.from({ length: 10_000 }, (_, index) => index % 7));
    const { plot, shown, drawn } = aPlot({ loss: curve });
    expect(drawn.data[0].length).toBeLessThan(900);
    plot.look({ begin: 5000, end: 5100, isLive: false });
    await waitFor(() => expect(Array.from(drawn.data[0])).toContain(5001));
    expect(drawn.resets).toEqual([false]);
    expect(drawn.looked).toEqual([{ min: 5000, max: 5100 }]);
    expect([plot.now, plot.ends, plot.isLive]).toEqual([[5000, 5100], [0, 9999], false]);
    addPoints(curve, [1]);
    plot.show(shown);
    await waitFor(() => expect(drawn.resets).toEqual([false, false]));
    expect(drawn.looked.at(-1)).toEqual({ min: 5000, max: 5100 });
    plot.look(null);
    await waitFor(() => expect(drawn.resets.at(-1)).toBe(true));
    expect(Array.from(drawn.data[0])).not.toContain(5001);
    plot.dispose();
  });

  it('moves with the newest point where the reader follows it', async () => {
    const curve = aCurve(Array.from({ length: 100 }, (_, index) => index));
    const { plot, shown, drawn } = aPlot({ loss: curve });
    plot.look({ begin: 0, end: 20, isLive: true });
    await waitFor(() => expect(drawn.looked).toEqual([{ min: 79, max: 99 }]));
    addPoints(curve, [1, 2, 3]);
    plot.show(shown);
    await waitFor(() => expect(drawn.looked.at(-1)).toEqual({ min: 82, max: 102 }));
    plot.dispose();
  });

  it('draws points that came closer while one looks there, and its own when one looks elsewhere', async () => {
    const coarse = aCurve([1, 1, 1], [0, 50, 100]);
    const { plot, drawn } = aPlot({ loss: coarse });
    plot.look({ begin: 40, end: 60, isLive: false });
    plot.closer(new Map([['loss', aCurve([5, 6, 7], [49, 50, 51])]]));
    await waitFor(() => expect(Array.from(drawn.data[1])).toEqual([5, 6, 7]));
    expect(plot.ends).toEqual([0, 100]);
    plot.look(null);
    await waitFor(() => expect(Array.from(drawn.data[1])).toEqual([1, 1, 1]));
    plot.dispose();
  });

  it('draws values as they are behind smoothed ones', () => {
    const { plot, drawn } = aPlot({ loss: aCurve([0, 10]) }, ['loss'], { hasShadows: true });
    expect(drawn.data.map(column => Array.from(column))).toEqual([
      [0, 1],
      [0, 10],
      [0, 10]
    ]);
    plot.smooth(0.5);
    expect(drawn.options.series.map(({ class: name }) => name)).toEqual([
      undefined,
      'crispdm-mod-shadow',
      undefined
    ]);
    plot.dispose();
  });

  it('draws how far each is from the baseline, also while it grows', async () => {
    const [base, other] = [aCurve([1, 2, 3]), aCurve([5, 5], [0, 1])];
    const { plot, shown, drawn } = aPlot({ base, other }, ['base', 'other'], { baseline: 'base' });
    expect(Array.from(drawn.data[1])).toEqual([0, 0, 0]);
    expect(Array.from(drawn.data[2])).toEqual([4, 3, undefined]);
    addPoints(other, [5, 9], [2, 3]);
    plot.show(shown);
    await waitFor(() => expect(Array.from(drawn.data[2])).toEqual([4, 3, 2, null]));
    addPoints(base, [4], [3]);
    plot.show(shown);
    await waitFor(() => expect(Array.from(drawn.data[2])).toEqual([4, 3, 2, 5]));
    plot.dispose();
  });

  it('tells the value under the cursor: of the only curve, or of the one that is pointed at', () => {
    const tolds: unknown[] = [];
    const tell = { onNewest: (told: unknown) => void tolds.push(told) };
    const one = aPlot({ loss: aCurve([3, 1]) }, ['loss'], tell);
    const [hook] = one.drawn.options.hooks.setLegend;
    const at = { ...one.drawn, cursor: { idx: 1, idxs: [1, 1, 1] } };
    hook(at);
    expect(tolds.at(-1)).toEqual({ name: 'loss', value: 1 });
    hook({ ...at, cursor: { idx: null }, setLegend: () => undefined });
    expect(tolds.at(-1)).toBeNull();
    const two = aPlot({ a: aCurve([3, 1]), b: aCurve([4, 5]) }, ['a', 'b'], tell);
    const over = { ...two.drawn, cursor: { idx: 1, idxs: [1, 1, 1] } };
    two.drawn.options.hooks.setLegend[0](over);
    expect(tolds.at(-1)).toBeNull();
    two.drawn.options.hooks.setSeries[0](over, 2);
    two.drawn.options.hooks.setLegend[0](over);
    expect(tolds.at(-1)).toEqual({ name: 'b', value: 5 });
  });

  it('marks where another attempt of a run begins', () => {
    const curve = new Curve();
    curve.append({ step: [0, 1, 2, 3], value: [4, 3, 2, 1], time: [0, 1, 2, 3], restarts: [2] });
    const { drawn } = aPlot({ loss: curve, other: curve });
    const moves: number[][] = [];
    const nothing = () => undefined;
    const ctx = { save: nothing, restore: nothing, setLineDash: nothing, beginPath: nothing };
    const draw = (min: number) =>
      drawn.options.hooks.drawAxes[0]({
        root: document.createElement('div'),
        ctx: {
          ...ctx,
          stroke: nothing,
          lineTo: nothing,
          moveTo: (...to: number[]) => moves.push(to)
        },
        bbox: { top: 5, height: 100 },
        scales: { x: { min, max: 3 } },
        valToPos: (place: number) => 10 * place
      });
    draw(0);
    expect(moves).toEqual([[20, 5]]);
    draw(2.5);
    expect(moves).toHaveLength(1);
  });

  it('says when it has drawn, and up to which moment', () => {
    const { node, drawn } = aPlot({ loss: aCurve([3, 1], [7, 9]), empty: new Curve() });
    const told: unknown[] = [];
    node.addEventListener(DRAWN, event => told.push((event as CustomEvent).detail));
    drawn.options.hooks.draw[0]();
    expect(told).toEqual([9]);
  });

  it('tells after a drawing what stands under a cursor that rests', async () => {
    const told: unknown[] = [];
    const curve = aCurve([3, 1]);
    const tell = { onNewest: (one: unknown) => void told.push(one) };
    const { plot, shown, drawn } = aPlot({ loss: curve }, ['loss'], tell);
    Object.assign(drawn.cursor, { idx: 1, idxs: [1, 1] });
    addPoints(curve, [2]);
    plot.show(shown);
    await waitFor(() => expect(drawn.legends.at(-1)?.idxs).toEqual([1, 1]));
    expect(told.at(-1)).toEqual({ name: 'loss', value: 1 });
    plot.dispose();
  });

  it('lets one curve stand out, and asks for it once', () => {
    const { plot, drawn } = aPlot({ a: aCurve([3]), b: aCurve([4]) });
    plot.point(null);
    plot.point('b');
    plot.point('b');
    plot.point(null);
    expect(drawn.focused).toEqual([2, null]);
  });

  it('tells the newest values once in a while, the last of them too', async () => {
    const curve = aCurve([1]);
    const times: number[] = [];
    const tell = { onNewest: () => void times.push(performance.now()) };
    const { plot, shown, drawn } = aPlot({ loss: curve }, ['loss'], tell);
    expect(times.splice(0)).toHaveLength(1);
    for (let value = 2; value < 14; value++) {
      addPoints(curve, [value]);
      plot.show(shown);
      await waitFor(() => expect(drawn.data[0]).toHaveLength(value));
    }
    await waitFor(() => expect(drawn.legends.at(-1)?.idxs).toEqual([12, 12]));
    // A timer of Node may ring a millisecond early.
    times.slice(1).forEach((time, at) => expect(time - times[at]).toBeGreaterThan(READABLE - 2));
    expect(times.length).toBeGreaterThan(0);
    expect(drawn.legend.live).toBe(true);
    plot.dispose();
  });

  it('draws anew for other curves of the same names, and for another width', async () => {
    const { plot, node, drawn } = aPlot({ loss: aCurve([1, 2]) });
    plot.show(new Map([['loss', new Curve()]]));
    await waitFor(() => expect(drawn.data[0]).toHaveLength(0));
    resized[0]();
    expect(drawn.sizes).toEqual([]);
    Object.defineProperty(node, 'clientWidth', { value: 640 });
    resized[0]();
    expect(drawn.sizes).toEqual([{ width: 640, height: 220 }]);
    await waitFor(() => expect(drawn.resets).toHaveLength(2));
    plot.dispose();
  });
});
