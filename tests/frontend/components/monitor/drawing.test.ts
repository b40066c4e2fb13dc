import { describe, expect, it, vi } from 'vitest';
import { Gestures } from '../../../../src/components/monitor/gestures';
import { heatOf } from '../../../../src/components/monitor/heat';
import { gappedLine } from '../../../../src/components/monitor/line';
import { stepsOf } from '../../../../src/components/monitor/marks';
import {
  formatInstant,
  formatSecond,
  formatTicks
} from '../../../../src/components/monitor/moments';
import { SteadyRange } from '../../../../src/components/monitor/steady';
import { aChange } from '../../streams';

class FakePath {
  static made: string[] = [];
  moveTo(x: number, y: number): void {
    FakePath.made.push(`move ${x} ${y}`);
  }
  lineTo(x: number, y: number): void {
    FakePath.made.push(`line ${x} ${y}`);
  }
}

function line(x: number[], y: number[]): string[] {
  vi.stubGlobal('Path2D', FakePath);
  FakePath.made = [];
  const plot = {
    data: [Float64Array.from(x), Float64Array.from(y)],
    series: [{}, {}],
    valToPos: (value: number) => value
  };
  gappedLine(plot as never, 1, 0, x.length - 1);
  return FakePath.made;
}

describe('the line', () => {
  it('has a gap where there is no number, and shows what stands alone', () => {
    expect(line([0, 1, 2, 3], [5, 6, NaN, 7])).toEqual([
      'move 0 5',
      'line 1 5',
      'move 0 5',
      'line 1 6',
      'move 3 7',
      'line 4 7',
      'move 3 7'
    ]);
  });

  it('goes through the extremes of what falls on one column', () => {
    expect(line([0, 1, 1, 1, 1, 2], [0, 4, 9, 2, 5, 3])).toEqual([
      'move 0 0',
      'line 1 0',
      'move 0 0',
      'line 1 4',
      'line 1 2',
      'line 1 9',
      'line 1 5',
      'line 2 3'
    ]);
  });
});

describe('SteadyRange', () => {
  it('stays while what is drawn fits, and is not much too wide', () => {
    const steady = new SteadyRange();
    expect(steady.fit(null, null)).toEqual([0, 1]);
    expect(steady.fit(0, 10)).toEqual([-1, 11]);
    expect(steady.fit(1, 10.5)).toEqual([-1, 11]);
    expect(steady.fit(0, 12)).toEqual([-1.2000000000000002, 13.2]);
    expect(steady.fit(4, 5)).toEqual([3.9, 5.1]);
    expect(steady.fit(NaN, Infinity)).toEqual([3.9, 5.1]);
  });

  it('has room for a flat line', () => {
    expect(new SteadyRange().fit(7, 7)).toEqual([6.3, 7.7]);
    expect(new SteadyRange().fit(0, 0)).toEqual([-0.1, 0.1]);
  });
});

describe('colours and times', () => {
  it('tell a probability, also one that is none', () => {
    expect(new Set([0, 0.5, 0.9, 1].map(heatOf)).size).toBe(4);
    expect([heatOf(-1), heatOf(7)]).toEqual([heatOf(0), heatOf(1)]);
  });

  it('are as fine as they lie apart', () => {
    const noon = new Date(2026, 10, 21, 12).getTime() / 1000;
    expect(formatInstant(noon + 0.25)).toContain('00.250');
    expect(formatTicks([noon, noon + 0.5])[1]).toContain('00.5');
    expect(formatTicks([noon, noon + 0.05])[1]).toContain('00.05');
    const [first, later] = [formatTicks([noon, noon + 10])[0], formatTicks([noon, noon + 600])[0]];
    expect(first.length).toBeGreaterThan(later.length);
    expect(formatTicks([noon, noon + 86_400])[1]).toContain('22');
    expect(formatTicks([noon, noon + 43_200])[1]).toContain('\n');
    expect(formatSecond(noon, noon * 1000)).not.toContain('21');
    expect(formatSecond(noon - 86_400, noon * 1000)).toContain('20');
  });
});

describe('the history of a threshold', () => {
  it('begins at the left edge with what held there', () => {
    const changes = [aChange(0.2, 10), aChange(0.4, 20), aChange(0.6, 30), aChange(0.8, 90)];
    expect(stepsOf(changes, 0.8, 25, 50)).toEqual([
      [25, 0.4],
      [30, 0.6]
    ]);
    expect(stepsOf(changes, 0.8, 0, 15)).toEqual([
      [0, 0.2],
      [10, 0.2]
    ]);
    expect(stepsOf([], 0.5, 0, 15)).toEqual([[0, 0.5]]);
  });
});

describe('Gestures', () => {
  function some() {
    const node = document.createElement('div');
    const done: unknown[][] = [];
    const gestures = new Gestures(node, {
      onPan: pixels => void done.push(['pan', pixels]),
      onZoom: factor => void done.push(['zoom', factor])
    });
    const wheel = (init: WheelEventInit): boolean =>
      !node.dispatchEvent(new WheelEvent('wheel', { cancelable: true, ...init }));
    return { node, done, gestures, wheel };
  }

  it('leave a plain turn of the wheel to the page', () => {
    const { done, wheel } = some();
    expect([wheel({ deltaY: 100 }), done]).toEqual([false, []]);
  });

  it('zoom with Ctrl, and move sideways', () => {
    const { done, wheel } = some();
    expect(wheel({ deltaY: -100, ctrlKey: true })).toBe(true);
    wheel({ deltaY: 100, metaKey: true });
    wheel({ deltaX: 30, deltaY: 2 });
    wheel({ deltaY: 40, shiftKey: true });
    expect(done).toEqual([
      ['zoom', 0.8],
      ['zoom', 1.25],
      ['pan', -30],
      ['pan', -40]
    ]);
  });

  it('hear nothing once they are gone, nor of other buttons', () => {
    const { node, done, gestures, wheel } = some();
    node.dispatchEvent(new MouseEvent('pointerdown', { button: 2, clientX: 0 }));
    node.dispatchEvent(new MouseEvent('pointermove', { clientX: 50 }));
    gestures.dispose();
    wheel({ deltaY: 100, ctrlKey: true });
    expect([done, gestures.isDisposed]).toEqual([[], true]);
  });
});
