import { describe, expect, it } from 'vitest';
import { DrawnCurve, firstAbove } from '../../../../../src/components/curves/rows/drawn';
import type { IRows } from '../../../../../src/components/curves/rows/reduced';
import { haveSameSteps, ReducedCurve } from '../../../../../src/components/curves/rows/reduced';
import { Curve } from '../../../../../src/managers/metrics/curve';
import { Choices } from '../../../random';
import { aCurve, addPoints } from '../../../support';

const PLAIN = { smoothing: 0, logScale: false };
const SEEDS = Array.from({ length: 30 }, (_, seed) => seed + 1);

/** What a curve draws, in plain arrays. */
function drawn(curve: DrawnCurve): [number[], number[]] {
  curve.update();
  return [[...curve.x.subarray(0, curve.length)], [...curve.y.subarray(0, curve.length)]];
}

const finite = (values: Iterable<number>): number[] => [...values].filter(Number.isFinite);

describe('DrawnCurve', () => {
  it('leaves values alone without smoothing, and has no pull to zero with it', () => {
    expect(drawn(new DrawnCurve(aCurve([4, 5, 4]), PLAIN))[1]).toEqual([4, 5, 4]);
    const [, smooth] = drawn(new DrawnCurve(aCurve([4, 4, 4]), { ...PLAIN, smoothing: 0.9 }));
    smooth.forEach(value => expect(value).toBeCloseTo(4));
    const [, gap] = drawn(new DrawnCurve(aCurve([1, NaN, 1]), { ...PLAIN, smoothing: 0.5 }));
    expect(gap[1]).toBeNaN();
  });

  it('sorts steps, and leaves a gap where nothing can be drawn', () => {
    const curve = aCurve([NaN, 0, 5, Infinity], [2, 0, 1, 3]);
    expect(drawn(new DrawnCurve(curve, PLAIN))).toEqual([
      [0, 1, 2, 3],
      [0, 5, NaN, NaN]
    ]);
    expect(drawn(new DrawnCurve(curve, { ...PLAIN, logScale: true }))[1]).toEqual([
      NaN,
      5,
      NaN,
      NaN
    ]);
  });

  it('says from which place on it is another one', () => {
    const curve = aCurve([1, 2, 3]);
    const draws = new DrawnCurve(curve, PLAIN);
    expect(draws.update()).toBe(0);
    expect(draws.update()).toBe(3);
    addPoints(curve, [4], [7]);
    expect(draws.update()).toBe(3);
    addPoints(curve, [9], [1]);
    expect(draws.update()).toBe(2);
    expect(drawn(draws)).toEqual([
      [0, 1, 1, 2, 7],
      [1, 2, 9, 3, 4]
    ]);
  });

  it.each(SEEDS)('is after any growth what it would be made anew (%i)', seed => {
    const choices = new Choices(seed);
    const curve = new Curve(200);
    const drawing = { smoothing: choices.of([0, 0.5, 0.9]), logScale: choices.of([true, false]) };
    const draws = new DrawnCurve(curve, drawing);
    for (let turn = 0, step = 0; turn < 40; turn++) {
      const count = choices.below(20);
      const steps = Array.from({ length: count }, () => (step += choices.below(4) - 1));
      addPoints(
        curve,
        steps.map(() => choices.of([NaN, choices.number(), -1])),
        steps
      );
      if (choices.below(2) === 0) {
        expect(drawn(draws)).toEqual(drawn(new DrawnCurve(curve, drawing)));
      }
    }
  });
});

describe('ReducedCurve', () => {
  it('is the curve itself where each point has room', () => {
    const rows = new ReducedCurve(aCurve([3, 1, 2]), PLAIN).rows(100);
    expect([[...rows.x], [...rows.y]]).toEqual([
      [0, 1, 2],
      [3, 1, 2]
    ]);
    expect(new ReducedCurve(new Curve(), PLAIN).rows(100).x).toHaveLength(0);
  });

  it.each(SEEDS)('has no more rows than columns can show, and every peak (%i)', seed => {
    const choices = new Choices(seed);
    const curve = new Curve();
    const reduced = new ReducedCurve(curve, PLAIN);
    for (let turn = 0; turn < 60; turn++) {
      addPoints(
        curve,
        Array.from({ length: choices.below(300) }, () => choices.of([choices.number(), NaN, 5]))
      );
      const { x, y } = reduced.rows(100);
      expect(x.length).toBeLessThanOrEqual(203);
      expect(y).toHaveLength(x.length);
      expect(x.slice().sort()).toEqual(x);
      expect(Math.max(...finite(y))).toBe(Math.max(...finite(curve.value)));
      expect(Math.min(...finite(y))).toBe(Math.min(...finite(curve.value)));
      expect([x[0], x.at(-1), y.at(-1)]).toEqual([
        curve.step[0],
        curve.step.at(-1),
        curve.value.at(-1)
      ]);
      const anew = new ReducedCurve(curve, PLAIN).rows(100);
      expect([[...x], [...y]]).toEqual([[...anew.x], [...anew.y]]);
    }
  });

  it('keeps what is drawn where it is while the curve grows', () => {
    const curve = aCurve(Array.from({ length: 5000 }, (_, index) => Math.sin(index)));
    const reduced = new ReducedCurve(curve, PLAIN);
    const before = reduced.rows(100).x.slice(0, -3);
    addPoints(curve, [0.5]);
    expect([...reduced.rows(100).x.subarray(0, before.length)]).toEqual([...before]);
  });

  it('shows more of a range at which one looks, and how far the curve reaches', () => {
    const curve = aCurve(Array.from({ length: 10_000 }, (_, index) => index));
    const reduced = new ReducedCurve(curve, PLAIN);
    const { x, y } = reduced.rows(100, [5000, 5050]);
    expect([x[0], x.at(-1)]).toEqual([0, 9999]);
    for (let step = 5000; step <= 5050; step++) {
      expect(y[x.indexOf(step)]).toBe(step);
    }
    expect(x.length).toBeLessThan(250);
    expect(reduced.rows(100).x.length).toBeLessThanOrEqual(203);
    expect([...reduced.rows(100, [-10, -5]).x]).toContain(0);
    expect([...reduced.rows(100, [20_000, 30_000]).x]).toContain(9999);
  });

  it('follows a curve that was halved', () => {
    const curve = new Curve(1000);
    const reduced = new ReducedCurve(curve, PLAIN);
    for (let turn = 0; turn < 30; turn++) {
      addPoints(
        curve,
        Array.from({ length: 100 }, (_, index) => Math.sin(turn * 100 + index)),
        Array.from({ length: 100 }, (_, index) => turn * 100 + index)
      );
      const rows = reduced.rows(50);
      const anew = new ReducedCurve(curve, PLAIN).rows(50);
      expect([...rows.x]).toEqual([...anew.x]);
    }
  });
});

describe('haveSameSteps', () => {
  const rows = (...x: number[]): IRows => ({ x: Float64Array.from(x), y: Float64Array.from(x) });

  it('tells curves that were logged together from others', () => {
    expect(haveSameSteps([rows(0, 1), rows(0, 1)])).toBe(true);
    expect(haveSameSteps([rows(0, 1), rows(0, 1, 2)])).toBe(false);
    expect(haveSameSteps([rows(0, 1), rows(0, 2)])).toBe(false);
  });
});

describe('firstAbove', () => {
  it.each([
    [-1, 0],
    [0, 1],
    [1, 3],
    [2, 3],
    [9, 4]
  ])('finds the place after all that are not above %i', (limit, place) => {
    expect(firstAbove(Float64Array.of(0, 1, 1, 5, 99), 4, limit)).toBe(place);
  });
});
