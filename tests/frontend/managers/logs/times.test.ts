import { describe, expect, it } from 'vitest';
import { Times } from '../../../../src/managers/logs/times';

describe('Times', () => {
  it('knows of each byte when it was printed, from the first that was told on', () => {
    const times = new Times();
    times.add([
      [10, 100],
      [20, 101.5]
    ]);
    expect([0, 9, 10, 19, 20, 1e9].map(at => times.of(at))).toEqual([
      null,
      null,
      100,
      100,
      101.5,
      101.5
    ]);
  });

  it('takes what comes in another order, and twice', () => {
    const times = new Times();
    times.add([[30, 3]]);
    times.add([
      [10, 1],
      [20, 2],
      [20, 2.5]
    ]);
    expect([10, 20, 30].map(at => times.of(at))).toEqual([1, 2.5, 3]);
  });

  it('takes the times of lines, and leaves those out that are not known', () => {
    const times = new Times();
    times.addLines([
      { at: 0, time: null },
      { at: 5, time: 7 },
      { at: 9, time: 7 },
      { at: 12, time: 8 }
    ]);
    expect([0, 5, 9, 12].map(at => times.of(at))).toEqual([null, 7, 7, 8]);
    times.clear();
    expect(times.of(12)).toBeNull();
  });

  it('keeps the newest exactly, and of many the older ones thinned', () => {
    const times = new Times();
    times.add(Array.from({ length: 100_001 }, (_, n) => [n, n] as const));
    expect(times.of(100_000)).toBe(100_000);
    expect(times.of(90_001)).toBe(90_001);
    expect(Math.abs((times.of(101) ?? 0) - 101)).toBeLessThan(2);
  });
});
