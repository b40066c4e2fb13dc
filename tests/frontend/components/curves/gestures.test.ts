import { fireEvent } from '@testing-library/react';
import type uPlot from 'uplot';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ILooked } from '../../../../src/components/curves/gestures';
import { followWheel, gestures, takeSelection } from '../../../../src/components/curves/gestures';
import type { IRange } from '../../../../src/components/curves/view';

let asked: (IRange | null)[];
let looked: ILooked & { now: [number, number]; isLive: boolean };
let plot: Omit<uPlot, 'select'> & { select: unknown; selects: unknown[] };

beforeEach(() => {
  asked = [];
  looked = {
    now: [20, 60],
    ends: [0, 100],
    isLive: false,
    onRange: range => void asked.push(range)
  };
  const over = document.body.appendChild(document.createElement('div'));
  Object.defineProperty(over, 'clientWidth', { value: 400 });
  const selects: unknown[] = [];
  plot = {
    over,
    selects,
    select: { left: 0, top: 0, width: 0, height: 0 },
    posToVal: (left: number) => looked.now[0] + left / 10,
    setSelect: (select: unknown) => void selects.push(select)
  } as unknown as typeof plot;
});

type Bound = (event: MouseEvent) => null;
const bound = (name: 'mousedown' | 'dblclick', handled: MouseEvent[] = []): Bound => {
  const bind = gestures(looked).bind?.[name];
  return bind?.(plot as uPlot, plot.over, event => {
    handled.push(event);
    return null;
  }) as Bound;
};

describe('gestures over a plot', () => {
  it('take a drag as the range that is looked at, and a click as nothing', () => {
    plot.select = { left: 50, top: 0, width: 100, height: 0 };
    takeSelection(plot as uPlot, looked);
    expect(asked).toEqual([{ begin: 25, end: 35, isLive: false }]);
    expect(plot.selects).toHaveLength(1);
    plot.select = { left: 50, top: 0, width: 2, height: 0 };
    takeSelection(plot as uPlot, looked);
    expect(asked).toHaveLength(1);
  });

  it('move the range while Shift is held, until the button is let go', () => {
    const handled: MouseEvent[] = [];
    bound('mousedown', handled)(new MouseEvent('mousedown', { shiftKey: true, clientX: 100 }));
    fireEvent.mouseMove(document, { clientX: 200 });
    fireEvent.mouseMove(document, { clientX: 50 });
    fireEvent.mouseUp(document);
    fireEvent.mouseMove(document, { clientX: 0 });
    expect(asked).toEqual([
      { begin: 10, end: 50, isLive: false },
      { begin: 25, end: 65, isLive: false }
    ]);
    bound('mousedown', handled)(new MouseEvent('mousedown'));
    expect(handled).toHaveLength(1);
  });

  it('show everything after a double click', () => {
    bound('dblclick')(new MouseEvent('dblclick'));
    expect(asked).toEqual([null]);
  });

  it('go closer with Ctrl and the wheel, about the mouse, or about the newest point', () => {
    followWheel(plot as uPlot, looked);
    fireEvent.wheel(plot.over, { deltaY: -200, ctrlKey: true, clientX: 100 });
    const [range] = asked;
    expect(range!.begin).toBeGreaterThan(20);
    expect(range!.end).toBeLessThan(60);
    expect((30 - range!.begin) / (range!.end - range!.begin)).toBeCloseTo(0.25);
    looked.isLive = true;
    fireEvent.wheel(plot.over, { deltaY: -200, ctrlKey: true, clientX: 100 });
    expect(asked[1]).toMatchObject({ end: 60, isLive: true });
  });

  it('move with the wheel turned sideways, and leave the page to scroll otherwise', () => {
    followWheel(plot as uPlot, looked);
    const isFree = fireEvent.wheel(plot.over, { deltaY: 100 });
    expect([isFree, asked]).toEqual([true, []]);
    expect(fireEvent.wheel(plot.over, { deltaX: 100, deltaY: 1 })).toBe(false);
    expect(asked).toEqual([{ begin: 30, end: 70, isLive: false }]);
    looked.now = [0, 100];
    expect(fireEvent.wheel(plot.over, { deltaX: 100 })).toBe(true);
  });

  it('do nothing where there is nothing', () => {
    const nothing = { ...looked, now: null, ends: null };
    followWheel(plot as uPlot, nothing);
    fireEvent.wheel(plot.over, { deltaY: -200, ctrlKey: true });
    gestures(nothing).bind?.mousedown?.(
      plot as uPlot,
      plot.over,
      () => null
    )?.(new MouseEvent('mousedown', { shiftKey: true }));
    fireEvent.mouseMove(document, { clientX: 50 });
    expect(asked).toEqual([]);
  });
});
