import { describe, expect, it } from 'vitest';
import { TimeView } from '../../../../src/managers/streams/timeview';

const ENDS = [1000, 1100] as const;
const LATER = [1050, 1150] as const;

describe('TimeView', () => {
  // proves: monitor.look-back
  it('goes along with what comes until somebody drags, and again when they want it', () => {
    const view = new TimeView();
    let told = 0;
    view.changed.connect(() => void told++);
    expect([view.isLive, view.range(ENDS), view.range(LATER)]).toEqual([true, ENDS, LATER]);
    view.pan(-20, ENDS);
    expect([view.isLive, view.range(LATER)]).toEqual([false, [980, 1080]]);
    view.pan(-20, LATER);
    expect(view.range(LATER)).toEqual([960, 1060]);
    view.goLive();
    view.goLive();
    expect([view.isLive, view.range(LATER)]).toEqual([true, LATER]);
    expect(told).toBe(3);
  });

  it('stands still where it was when it is paused', () => {
    const view = new TimeView();
    view.pause(ENDS);
    expect([view.isLive, view.range(LATER)]).toEqual([false, ENDS]);
  });

  it('zooms while it goes along, and stays live', () => {
    const view = new TimeView();
    view.zoom(0.5, ENDS);
    expect([view.isLive, view.range(LATER)]).toEqual([true, [1100, 1150]]);
    view.zoom(0.5, LATER);
    expect(view.range(LATER)).toEqual([1125, 1150]);
    view.zoom(8, LATER);
    expect([view.isLive, view.range(ENDS)]).toEqual([true, ENDS]);
  });

  it('stands still to show more than the window has', () => {
    const view = new TimeView();
    view.zoom(2, ENDS);
    expect([view.isLive, view.range(LATER)]).toEqual([false, [900, 1100]]);
  });

  it('zooms around a moment that stays where it is', () => {
    const view = new TimeView();
    view.pause(ENDS);
    view.zoom(0.5, ENDS, 1020);
    expect(view.range(ENDS)).toEqual([1010, 1060]);
    view.goLive();
    expect(view.range(ENDS)).toEqual([1050, 1100]);
  });

  it('shows neither nothing nor for ever', () => {
    const view = new TimeView();
    view.pause(ENDS);
    view.zoom(1e-9, ENDS);
    const [from, to] = view.range(ENDS);
    expect(to - from).toBeCloseTo(0.05);
    view.zoom(1e12, ENDS);
    const [first, last] = view.range(ENDS);
    expect(last - first).toBeCloseTo(366 * 86_400);
  });
});
