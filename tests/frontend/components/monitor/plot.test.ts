import { waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ISample } from '../../../../src/components/monitor/plot';
import { MonitorPlot } from '../../../../src/components/monitor/plot';
import { aChange, aLine, aMonitor, FakeSamples, NOON, type IMonitorGiven } from '../../streams';
import { trans } from '../../support';
import { made, type IFakePlot } from './uplot';
import { pending } from '../../clock/pending';

vi.mock('uplot', async () => ({ default: (await import('./uplot')).default }));

let sights: ((entries: { isIntersecting: boolean }[]) => void)[];
const NoSight = globalThis.IntersectionObserver;

beforeEach(() => {
  made.length = 0;
  sights = [];
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(callback: (typeof sights)[number]) {
        sights.push(callback);
      }
      observe(): void {}
      disconnect(): void {}
    }
  );
});
afterEach(() => void vi.stubGlobal('IntersectionObserver', NoSight));

async function aPlot(given: IMonitorGiven = {}) {
  const monitor = aMonitor(given);
  const reads: [ISample | null, boolean][] = [];
  const counts: number[] = [];
  const plot = new MonitorPlot(document.createElement('div'), {
    monitor,
    trans,
    onRead: (...read) => void reads.push(read),
    onAnomalies: count => void counts.push(count)
  });
  const drawn = made.at(-1)!;
  await waitFor(() => expect(drawn.drawn).toBe(1));
  return { monitor, plot, drawn, reads, counts };
}

const calls = (drawn: IFakePlot): string[] =>
  (drawn as unknown as { ctx: { calls: string[] } }).ctx.calls;

/** Samples a second apart, that begin at 0. */
function samplesOf(value: number[], probability: number[]): FakeSamples {
  const seq = value.map((_, at) => at + 1);
  return new FakeSamples({ seq, time: value.map((_, at) => at), value, probability });
}

describe('MonitorPlot', () => {
  // proves: monitor.appends
  it('draws the window where it lies, once a frame however much comes', async () => {
    const samples = new FakeSamples(aLine(1000));
    const { drawn, plot } = await aPlot({ samples });
    expect(drawn.data[0].buffer).toBe(samples.time.buffer);
    samples.add(aLine(1, 1001));
    samples.add(aLine(1, 1002));
    await waitFor(() => expect(drawn.drawn).toBe(2));
    expect([drawn.data[0].length, made.length]).toEqual([1000, 1]);
    plot.dispose();
    plot.dispose();
    samples.add(aLine(1, 1003));
    await pending.rest();
    expect([drawn.drawn, drawn.isDestroyed, plot.isDisposed]).toEqual([2, true, true]);
  });

  it('draws nothing while it is out of sight, and what came once it is seen', async () => {
    const samples = new FakeSamples(aLine(10));
    const { drawn } = await aPlot({ samples });
    sights[0]([{ isIntersecting: false }]);
    samples.add(aLine(5, 11));
    await pending.rest();
    expect(drawn.drawn).toBe(1);
    sights[0]([{ isIntersecting: true }]);
    await waitFor(() => expect(drawn.data[0].length).toBe(15));
  });

  it('tells the newest sample, and under the cursor what has come there', async () => {
    const samples = samplesOf([0, 1, 2, 3, 4], [0, 0, 0, 0, 0]);
    const { drawn, reads } = await aPlot({ samples });
    expect(reads.at(-1)).toEqual([{ time: 4, value: 4, probability: 0 }, false]);
    drawn.cursor.left = 50;
    drawn.options.hooks.setCursor[0]();
    expect(reads.at(-1)).toEqual([{ time: 2, value: 2, probability: 0 }, true]);
    samples.add({ seq: [6], time: [8], value: [8], probability: [1] });
    await waitFor(() => expect(reads.at(-1)?.[0]?.time).toBe(4));
  });

  // proves: monitor.look-back
  it('is dragged back, and then stands still', async () => {
    const { drawn, monitor } = await aPlot();
    const pointer = (type: string, clientX: number): void =>
      void drawn.over.dispatchEvent(new MouseEvent(type, { clientX, button: 0 }));
    pointer('pointerdown', 10);
    pointer('pointermove', 11);
    expect(monitor.isLive).toBe(true);
    pointer('pointermove', 20);
    pointer('pointerup', 20);
    pointer('pointermove', 90);
    expect(monitor.isLive).toBe(false);
    const [from, to] = monitor.shown(100).range;
    expect([NOON - to, to - from].map(one => Number(one.toFixed(2)))).toEqual([9.99, 99.9]);
  });

  // proves: monitor.plot
  it('draws anomalies as points on the values, coloured by probability, the highest last', async () => {
    const samples = samplesOf([0.1, 0.2, NaN, 0.4], [0.9, 0.3, 0.9, 0.6]);
    const { drawn, counts, monitor } = await aPlot({ samples });
    drawn.draw();
    const points = (): string[] => calls(drawn).filter(call => /point|fill/.test(call));
    expect(points().map(call => call.split(' ')[0])).toEqual(['point', 'fill', 'point', 'fill']);
    expect([points()[0], points()[2]]).toEqual(['point 100 60', 'point 0 90']);
    expect(points()[1]).not.toBe(points()[3]);
    expect(counts).toEqual([2]);
    monitor.thresholds.set({ display: 0.7 });
    drawn.draw();
    monitor.thresholds.set({ anomaly: 0.95 });
    drawn.draw();
    expect(counts).toEqual([2, 1, 0]);
  });

  // proves: monitor.thresholds
  it('draws the threshold over all of it, and where it was another one before', async () => {
    const samples = samplesOf([0, 0, 0, 0, 0], [0, 0, 0, 0, 0]);
    const kept = { changes: [aChange(0.8, -5), aChange(0.5, 2, 0.1)] };
    const { drawn } = await aPlot({ samples, kept });
    drawn.draw();
    const strokes = calls(drawn).filter(call => call.startsWith('stroke'));
    expect(strokes.map(call => call.split(' ').at(-1))).toEqual(['1', '0.6', '1']);
    expect(calls(drawn).slice(0, 2)).toEqual(['move 0 50', 'line 100 50']);
    expect(calls(drawn).slice(3, 7)).toEqual([
      'move 0 20',
      'line 50 20',
      'line 50 50',
      'line 100 50'
    ]);
  });

  it('takes the size of its place', async () => {
    const { drawn } = await aPlot();
    expect([drawn.width, drawn.height]).toEqual([400, 120]);
    expect(drawn.options.axes[1].values(null, [0, 1500000])).toEqual(['0', '1.50e+6']);
    expect(drawn.options.scales.value.range(null, 0, 10)).toEqual([-1, 11]);
  });
});
