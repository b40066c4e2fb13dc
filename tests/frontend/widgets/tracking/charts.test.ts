import { describe, expect, it } from 'vitest';
import { labelled } from '../../../../src/components/curves/groups';
import { chartsOf } from '../../../../src/widgets/tracking/charts';
import { FakeMetrics, aCurve } from '../../support';

const quiet = () => undefined;

function runs(): { label: string; metrics: FakeMetrics }[] {
  const made = ['one', 'two'].map(label => ({ label, metrics: new FakeMetrics() }));
  made[0].metrics.put('train/loss', [1]);
  made[0].metrics.put('val/loss', [2]);
  made[1].metrics.put('val/loss', [3]);
  return made;
}

describe('chartsOf', () => {
  it('puts the groups of one run into a figure each', () => {
    const [one] = runs();
    const [chart, ...others] = chartsOf([one], [], quiet);
    expect([chart.title, chart.names, others]).toEqual(['loss', ['train/loss', 'val/loss'], []]);
    expect(chart.series()).toBe(one.metrics.series);
  });

  it('gives each metric of several runs a figure, with a line for those that have it', () => {
    const both = runs();
    const charts = chartsOf(both, [], quiet);
    expect(charts.map(({ title }) => title)).toEqual(['train/loss', 'val/loss']);
    expect(charts.map(({ names }) => names)).toEqual(Array(2).fill(['one', 'two']));
    expect(charts.map(chart => [...chart.series().keys()])).toEqual([['one'], ['one', 'two']]);
    expect(charts[1].runOf('two')).toBe(both[1].metrics.series);
    expect(charts[1].runOf('nobody').size).toBe(0);
  });

  it('shows only what is wanted, also of several runs', () => {
    const wanted = (...names: string[]) => chartsOf(runs(), names, quiet).map(one => one.title);
    expect(wanted('val/*')).toEqual(['val/loss']);
    expect(wanted('val')).toEqual([]);
    expect(chartsOf([], [], quiet)).toEqual([]);
  });

  it('asks each run for its part, and does without one that refuses', async () => {
    const both = runs();
    both[0].metrics.answer = new Error('gone');
    both[1].metrics.answer = new Map([['val/loss', aCurve([9])]]);
    const window = { names: ['one', 'two'], axis: 'step', begin: 0, end: 1, points: 10 } as const;
    const found = await chartsOf(both, ['val/*'], quiet)[0].closer(window);
    expect([...found].map(([label, { value }]) => [label, value[0]])).toEqual([['two', 9]]);
    expect(both[0].metrics.windows).toEqual([{ ...window, names: ['val/loss'] }]);
  });
});

describe('labelled', () => {
  it('tells runs of one name apart', () => {
    expect(labelled(['a', 'b', 'a', 'a'])).toEqual(['a', 'b', 'a (2)', 'a (3)']);
  });
});
