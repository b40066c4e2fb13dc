import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import { NOTHING } from '../../../../../src/components/basics/selection';
import {
  drawnAxes,
  firstAxes,
  firstColour,
  firstScatter,
  MOST_AXES
} from '../../../../../src/components/runs/plots/choices';
import {
  caught,
  clicked,
  isWithin,
  stepFrom,
  within
} from '../../../../../src/components/runs/plots/choosing';
import {
  axisAt,
  heightAt,
  lineAt,
  parallel,
  placeAt,
  pointAt,
  pointsIn,
  scatter
} from '../../../../../src/components/runs/plots/geometry';
import { moved } from '../../../../../src/components/runs/plots/headings';
import { scaleOf } from '../../../../../src/components/runs/plots/scale';
import { aRun, figures, someFields } from '../fakes';

const trans = nullTranslator.load('');
const SIZE = { width: 600, height: 260 };

/** Three runs: low and high, high and low, and one without a value on the second axis. */
const runs = [
  [1, 2],
  [2, 1],
  [1.5, null]
].map(([lr, loss], at) =>
  aRun({
    id: `r${at}`,
    parameters: { lr },
    metrics: loss === null ? {} : { loss: figures(loss) }
  })
);
const [x, y] = ['params.lr', 'metrics.loss'].map(name => scaleOf(trans, runs, name));

describe('parallel coordinates', () => {
  const drawn = parallel([x, y], SIZE);

  it('stand over the whole width, the least at the foot', () => {
    expect(drawn.xs).toEqual([64, 536]);
    expect([drawn.ys[0][0], drawn.ys[0][1]]).toEqual([drawn.bottom, drawn.top]);
    expect(drawn.ys[1][2]).toBe(drawn.none);
    expect(drawn.none).toBeGreaterThan(drawn.bottom);
  });

  it('find the line that is nearest', () => {
    expect(lineAt(drawn, 64, drawn.bottom - 2, 10)).toBe(0);
    expect(lineAt(drawn, 536, drawn.bottom, 10)).toBe(1);
    expect(lineAt(drawn, 536, drawn.none, 10)).toBe(2);
    expect(lineAt(drawn, 100, drawn.top, 10)).toBe(-1);
    expect(lineAt(drawn, -50, drawn.bottom, 10)).toBe(0);
    expect(lineAt(drawn, 9999, drawn.top, 10)).toBe(0);
  });

  it('find the axis that is nearest', () => {
    expect([axisAt(drawn, 0), axisAt(drawn, 299), axisAt(drawn, 301)]).toEqual([0, 0, 1]);
  });

  it('know which place is at which height, and that below it are those without a value', () => {
    expect(
      [drawn.top - 50, drawn.top, drawn.bottom, drawn.none].map(one => placeAt(drawn, one))
    ).toEqual([1, 1, 0, -1]);
    expect(placeAt(drawn, heightAt(drawn, 0.25))).toBeCloseTo(0.25);
    expect(heightAt(drawn, -1)).toBeGreaterThan(drawn.none);
  });

  it('of one axis stand in the middle; without an axis there is nothing', () => {
    const one = parallel([x], SIZE);
    expect([one.xs, lineAt(one, 300, one.top, 10)]).toEqual([[300], 1]);
    expect(lineAt(parallel([], SIZE), 1, 1, 10)).toBe(-1);
  });

  it('have room even where there is none', () => {
    const { xs, top, bottom } = parallel([x, y], { width: 0, height: 0 });
    expect([xs[1] > xs[0], bottom > top]).toEqual([true, true]);
  });
});

describe('a scatter', () => {
  const drawn = scatter(x, y, SIZE);

  it('has a point for each run with both values', () => {
    expect([drawn.count, drawn.xs[2], drawn.ys[2]]).toEqual([2, NaN, NaN]);
    expect([drawn.xs[0], drawn.ys[0]]).toEqual([drawn.left, drawn.top]);
    expect([drawn.xs[1], drawn.ys[1]]).toEqual([drawn.right, drawn.bottom]);
  });

  it('finds the point that is nearest, and those in a box', () => {
    expect(pointAt(drawn, drawn.left + 5, drawn.top, 14)).toBe(0);
    expect(pointAt(drawn, 300, 130, 14)).toBe(-1);
    const whole = [drawn.left, drawn.right] as const;
    expect(pointsIn(drawn, whole, [drawn.bottom, drawn.top])).toEqual([0, 1]);
    expect(pointsIn(drawn, [drawn.left, 100], [0, 260])).toEqual([0]);
  });
});

describe('choosing', () => {
  const before = { ...NOTHING, marked: new Set(['a', 'b']) };

  it.each([
    ['only', ['c']],
    ['range', ['a', 'b', 'c']],
    ['toggle', ['a', 'b', 'c']]
  ] as const)('by %s', (mode, after) => {
    expect([...caught(before, ['c'], mode).marked]).toEqual(after);
  });

  it('takes back what was chosen', () => {
    expect([...clicked(before, 'a', 'toggle').marked]).toEqual(['b']);
    expect(caught(before, [], 'only')).toEqual(NOTHING);
    expect(clicked(before, 'c', 'only')).toMatchObject({ active: 'c', anchor: 'c' });
  });

  it('takes what is in all stretches', () => {
    const places = new Map([
      ['a', Float64Array.of(0, 0.5, 1, NaN)],
      ['b', Float64Array.of(0.2, 0.2, 0.9, 0.2)]
    ]);
    const stretch = (low: number, high: number) => ({ low, high, key: '' });
    const rowsOf = (...stretches: [string, number, number][]) =>
      within(
        new Map(stretches.map(([name, low, high]) => [name, stretch(low, high)])),
        name => places.get(name),
        4
      );
    expect(rowsOf(['a', 0.4, 1])).toEqual([1, 2]);
    expect(rowsOf(['a', 0, 1], ['b', 0, 0.5])).toEqual([0, 1]);
    expect(rowsOf(['a', -1, -1])).toEqual([3]);
    expect(rowsOf(['gone', 0, 1])).toEqual([]);
    expect(rowsOf()).toEqual([]);
    expect(isWithin({ low: 0, high: 0 }, 0)).toBe(true);
  });

  it('steps in the order of an axis, past those that have no place', () => {
    const places = Float64Array.of(0.9, NaN, 0.1, 0.5);
    expect([stepFrom(places, 2, 1), stepFrom(places, 3, 1), stepFrom(places, 0, 1)]).toEqual([
      3, 0, 0
    ]);
    expect([stepFrom(places, 3, -Infinity), stepFrom(places, 3, Infinity)]).toEqual([2, 0]);
    expect([stepFrom(places, 1, 1), stepFrom(Float64Array.of(NaN), 0, 1)]).toEqual([2, -1]);
  });
});

describe('what is drawn', () => {
  it('begins with parameters that differ and the metrics that most runs have', () => {
    const fields = someFields();
    expect(firstAxes(fields)).toEqual(['params.lr', 'metrics.loss.best', 'metrics."grad norm"']);
    expect(firstScatter(fields)).toEqual({ x: 'params.lr', y: 'metrics.loss.best' });
    expect(firstColour(fields)).toBe('metrics.loss.best');
  });

  it('leaves out what is the same everywhere, and has something to draw without any', () => {
    const same = { ...someFields().parameters[0], name: 'batch', min: 32, max: 32 };
    const fields = { ...someFields(), parameters: [same], metrics: [] };
    expect(firstAxes(fields)).toEqual(['created', 'duration']);
    expect([firstScatter(fields), firstColour(fields)]).toEqual([
      { x: 'created', y: 'duration' },
      ''
    ]);
    expect(firstAxes(null)).toEqual(['created', 'duration']);
  });

  it('is each field once, and no more than can be seen', () => {
    expect(drawnAxes(['a', '-a', '', '-', 'b'])).toEqual(['a', 'b']);
    expect(drawnAxes(Array.from({ length: 999 }, (_, at) => `f${at}`))).toHaveLength(MOST_AXES);
  });

  it('moves an axis, at most to the end', () => {
    expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
    expect(moved(['a', 'b', 'c'], 0, 99)).toEqual(['b', 'c', 'a']);
    expect(moved(['a', 'b', 'c'], 2, -5)).toEqual(['c', 'a', 'b']);
  });
});
