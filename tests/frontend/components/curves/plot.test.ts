import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Plot } from '../../../../src/components/curves/plot';
import { Curve } from '../../../../src/managers/metrics/curve';
import type { ISeries } from '../../../../src/tokens/metrics';
import { aCurve, addPoints } from '../../support';

type Column = ArrayLike<number | null | undefined>;

interface IFakePlot {
  options: { hooks: { setScale: [(plot: unknown, key: string) => void] } };
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
  [sights, resized] = [[], []];
  vi.stubGlobal('IntersectionObserver', observer(sights));
  vi.stubGlobal('ResizeObserver', observer(resized));
});

afterEach(() => {
  vi.stubGlobal('IntersectionObserver', NoSight);
  vi.stubGlobal('ResizeObserver', NoResize);
});

function aPlot(series: Record<string, ISeries>, names = Object.keys(series)) {
  const node = document.createElement('div');
  const options = { names, logScale: false, xLabel: 'step', onNewest: () => void told++ };
  const shown = new Map(Object.entries(series));
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
    await vi.waitFor(() => expect(drawn.resets).toEqual([true]));
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
    await vi.waitFor(() => expect(drawn.data[0]).toHaveLength(3));
    plot.dispose();
  });

  it('shows more points where the reader looks closer, and stays there while the curve grows', async () => {
    const curve = aCurve(Array.from({ length: 10_000 }, (_, index) => index % 7));
    const { plot, shown, drawn } = aPlot({ loss: curve });
    expect(drawn.data[0].length).toBeLessThan(900);
    const look = (min: number, max: number): void => {
      drawn.scales.x = { min, max };
      drawn.options.hooks.setScale[0](drawn, 'y');
      drawn.options.hooks.setScale[0](drawn, 'x');
    };
    look(5000, 5100);
    await vi.waitFor(() => expect(Array.from(drawn.data[0])).toContain(5001));
    expect(drawn.resets).toEqual([false]);
    expect(drawn.looked).toEqual([{ min: 5000, max: 5100 }]);
    addPoints(curve, [1]);
    plot.show(shown);
    await vi.waitFor(() => expect(drawn.resets).toEqual([false, false]));
    look(-1, 20_000);
    await vi.waitFor(() => expect(drawn.resets.at(-1)).toBe(true));
    expect(Array.from(drawn.data[0])).not.toContain(5001);
    plot.dispose();
  });

  it('tells the newest values once in a while, the last of them too', async () => {
    const curve = aCurve([1]);
    const { plot, shown, drawn } = aPlot({ loss: curve });
    expect(told).toBe(1);
    for (let value = 2; value < 6; value++) {
      addPoints(curve, [value]);
      plot.show(shown);
      await vi.waitFor(() => expect(drawn.data[0]).toHaveLength(value));
    }
    await vi.waitFor(() => expect(drawn.legends.at(-1)?.idxs).toEqual([4, 4]));
    expect(told).toBeLessThan(5);
    expect(drawn.legend.live).toBe(true);
    plot.dispose();
  });

  it('draws anew for other curves of the same names, and for another width', async () => {
    const { plot, node, drawn } = aPlot({ loss: aCurve([1, 2]) });
    plot.show(new Map([['loss', new Curve()]]));
    await vi.waitFor(() => expect(drawn.data[0]).toHaveLength(0));
    resized[0]();
    expect(drawn.sizes).toEqual([]);
    Object.defineProperty(node, 'clientWidth', { value: 640 });
    resized[0]();
    expect(drawn.sizes).toEqual([{ width: 640, height: 220 }]);
    await vi.waitFor(() => expect(drawn.resets).toHaveLength(2));
    plot.dispose();
  });
});
