import { describe, expect, it } from 'vitest';
import { Curve } from '../../../../src/managers/metrics/curve';
import { addPoints } from '../../support';

const wave = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => Math.sin((from + index) / 7));

describe('Curve', () => {
  it('is empty at first', () => {
    const curve = new Curve();
    expect([curve.length, curve.step.length, curve.version]).toEqual([0, 0, 0]);
    expect([curve.low, curve.high]).toEqual([NaN, NaN]);
  });

  // proves: live.coordinator
  it('grows in place: its arrays are views of the same memory while there is room', () => {
    const curve = new Curve();
    addPoints(curve, [3, 1]);
    const before = curve.value;
    addPoints(curve, [2]);
    expect(curve.value.buffer).toBe(before.buffer);
    expect([...curve.value]).toEqual([3, 1, 2]);
    expect(curve.length).toBe(3);
    expect(curve.version).toBe(2);
    expect(curve.rewrites).toBe(0);
  });

  it('is copied no more often than its room doubles', () => {
    const curve = new Curve();
    const rooms = new Set<ArrayBufferLike>();
    for (let at = 0; at < 16_000; at++) {
      addPoints(curve, [at]);
      rooms.add(curve.value.buffer);
    }
    expect(rooms.size).toBe(7);
    expect([...curve.step.subarray(15_998)]).toEqual([15_998, 15_999]);
  });

  it('knows its lowest and its highest number, and keeps what is none', () => {
    const curve = new Curve();
    addPoints(curve, [NaN, Infinity]);
    expect([curve.low, curve.high]).toEqual([NaN, NaN]);
    addPoints(curve, [2, -3, -Infinity]);
    expect([curve.low, curve.high]).toEqual([-3, 2]);
    expect([...curve.value]).toEqual([NaN, Infinity, 2, -3, -Infinity]);
  });

  it('is halved where it lies when it is too long, in order, with its peaks', () => {
    const curve = new Curve(1000);
    const values = wave(0, 10_000);
    values[1234] = 9;
    values[4321] = -9;
    for (let at = 0; at < values.length; at += 100) {
      addPoints(
        curve,
        values.slice(at, at + 100),
        Array.from({ length: 100 }, (_, i) => at + i)
      );
      expect(curve.length).toBeLessThanOrEqual(1000);
    }
    expect(curve.rewrites).toBeGreaterThan(3);
    expect([Math.min(...curve.value), Math.max(...curve.value)]).toEqual([-9, 9]);
    expect(curve.step.at(-1)).toBe(9999);
    expect(curve.step.slice().sort()).toEqual(curve.step);
    curve.step.forEach((step, at) => expect(curve.value[at]).toBe(values[step]));
    expect([...curve.time]).toEqual([...curve.step]);
  });

  it('takes more points at once than it may keep', () => {
    const curve = new Curve(100);
    addPoints(curve, wave(0, 5000));
    expect(curve.length).toBeLessThanOrEqual(100);
  });

  it('takes a time that is not known', () => {
    const curve = new Curve();
    curve.append({ step: [1], value: [2], time: [null] });
    expect([...curve.time]).toEqual([NaN]);
  });

  // proves: columns.restarts
  it('drops what an earlier attempt has from the step on at which another begins, and marks the place', () => {
    const curve = new Curve();
    addPoints(curve, [5, 4, 9, 2]);
    curve.append({ step: [2, 3], value: [3, 1], time: [20, 21], restarts: [0] });
    expect([...curve.step]).toEqual([0, 1, 2, 3]);
    expect([...curve.value]).toEqual([5, 4, 3, 1]);
    expect([curve.restarts, curve.rewrites]).toEqual([[2], 1]);
    expect([curve.low, curve.high]).toEqual([1, 5]);
    curve.append({ step: [1, 2], value: [7, 6], time: [30, 31], restarts: [0] });
    expect([[...curve.value], curve.restarts]).toEqual([[5, 7, 6], [1]]);
  });

  it('takes a whole curve with its restarts as it is', () => {
    const curve = new Curve();
    curve.append({ step: [0, 1, 2], value: [1, 2, 3], time: [1, 2, 3], restarts: [0, 2] });
    expect([[...curve.value], curve.restarts, curve.rewrites]).toEqual([[1, 2, 3], [0, 2], 0]);
  });

  it('keeps its restarts where they belong when it is halved', () => {
    const curve = new Curve(1000);
    for (const first of [0, 600]) {
      const step = Array.from({ length: 600 }, (_, index) => first + index);
      curve.append({
        step,
        value: wave(first, first + 600),
        time: step,
        restarts: first ? [0] : []
      });
    }
    expect(curve.length).toBeLessThan(1000);
    const [restart] = curve.restarts;
    expect(curve.restarts).toHaveLength(1);
    expect(curve.step[restart]).toBeGreaterThanOrEqual(600);
    expect(curve.step[restart - 1]).toBeLessThan(600);
  });
});
