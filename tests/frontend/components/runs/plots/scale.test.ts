import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import { colouringOf, painted } from '../../../../../src/components/runs/plots/colouring';
import { axisOf, reversed, scaleOf, wordAt } from '../../../../../src/components/runs/plots/scale';
import { aRun, figures } from '../fakes';

const trans = nullTranslator.load('');
const withLoss = (...values: (number | string | null)[]) =>
  values.map((last, at) =>
    aRun({ id: `r${at}`, metrics: { loss: figures(1, { last: last as never }) } })
  );
const withRate = (...values: unknown[]) =>
  values.map((lr, at) => aRun({ id: `r${at}`, parameters: lr === undefined ? {} : { lr } }));
const texts = (scale: ReturnType<typeof scaleOf>) => scale.marks.map(({ text }) => text);

describe('an axis', () => {
  it('spreads numbers from the least to the greatest', () => {
    const scale = scaleOf(trans, withLoss(2, 4, 3), 'metrics.loss');
    expect([...scale.places]).toEqual([0, 1, 0.5]);
    expect([scale.kind, scale.ends]).toEqual(['number', ['2', '4']]);
    expect(texts(scale)).toEqual(['2', '2.5', '3', '3.5', '4']);
  });

  it('has no place for what is missing or has no end', () => {
    const scale = scaleOf(trans, withLoss(1, null, 'Infinity', 'NaN', 2), 'metrics.loss');
    expect([...scale.places]).toEqual([0, NaN, NaN, NaN, 1]);
  });

  it('stands in the middle where all are the same', () => {
    const scale = scaleOf(trans, withLoss(3, 3), 'metrics.loss');
    expect([[...scale.places], texts(scale)]).toEqual([[0.5, 0.5], ['3']]);
  });

  it('goes by powers where numbers reach far', () => {
    const scale = scaleOf(trans, withRate(1e-5, 1e-3, 1e-1), 'params.lr');
    expect(scale.kind).toBe('log');
    expect(scale.places[1]).toBeCloseTo(0.5);
    expect(texts(scale)).toEqual(['1e-5', '0.0001', '0.001', '0.01', '0.1']);
  });

  it('marks twos and fives where there are few powers, and leaves some out where there are many', () => {
    const few = scaleOf(trans, withRate(0.3, 40), 'params.lr');
    expect(texts(few)).toEqual(['0.5', '1', '2', '5', '10', '20']);
    const many = scaleOf(trans, withRate(1e-300, 1e300), 'params.lr');
    expect(many.marks.length).toBeLessThan(16);
    expect(many.marks.every(({ place }) => place >= 0 && place <= 1)).toBe(true);
  });

  it('does not go by powers where a number is zero or below', () => {
    expect(scaleOf(trans, withRate(0, 1e6), 'params.lr').kind).toBe('number');
    expect(scaleOf(trans, withRate(-1, 1e6), 'params.lr').kind).toBe('number');
  });

  it.each([
    [5e-324, 1e308],
    [-1.7e308, 1.7e308],
    [1, 1 + Number.EPSILON],
    [1e15, 1e15 + 1]
  ])('keeps few marks, all on it, between %d and %d', (low, high) => {
    const { marks, places } = scaleOf(trans, withRate(low, high), 'params.lr');
    expect(marks.length).toBeLessThanOrEqual(16);
    marks.forEach(({ place }) => expect(place >= 0 && place <= 1).toBe(true));
    expect(places.every(place => place >= 0 && place <= 1)).toBe(true);
  });

  it('has nothing to say of no runs', () => {
    expect(scaleOf(trans, [], 'metrics.loss')).toMatchObject({ marks: [], ends: null });
    expect(texts(scaleOf(trans, withRate(undefined), 'params.lr'))).toEqual([]);
  });

  it('spreads words evenly, in their order, with numbers in them by size', () => {
    const scale = scaleOf(trans, withRate('net10', 'net9', undefined, 'net10', true), 'params.lr');
    expect([scale.kind, scale.words]).toEqual(['words', ['net9', 'net10', 'true']]);
    expect([0, 1, 2, 3, 4].map(at => wordAt(scale, at))).toEqual([1, 0, null, 1, 2]);
  });

  it('names only some of many words', () => {
    const scale = scaleOf(
      trans,
      withRate(...Array.from({ length: 99 }, (_, at) => `w${at}`)),
      'params.lr'
    );
    expect(scale.marks.length).toBeLessThan(15);
  });

  it('tells states and tags in words', () => {
    const runs = [aRun({ state: 'ended', tags: ['b', 'a'] }), aRun({ state: 'failed', tags: [] })];
    expect(texts(scaleOf(trans, runs, 'state'))).toEqual(['Ended', 'Failed']);
    expect(scaleOf(trans, runs, 'tags').words).toEqual(['b, a']);
  });

  it('knows times and durations', () => {
    const runs = ['2026-11-21T11:00:00Z', '2026-11-21T12:00:00Z'].map((created, at) =>
      aRun({ created, duration: 60 + 600 * at })
    );
    const created = scaleOf(trans, runs, 'created');
    expect([created.kind, created.marks.length]).toEqual(['time', 4]);
    expect([...created.places]).toEqual([0, 1]);
    expect(texts(scaleOf(trans, runs, 'duration'))).toEqual(['5m', '10m']);
    const long = [aRun({ duration: 5 }), aRun({ duration: 7200 })];
    expect(texts(scaleOf(trans, long, 'duration'))).toContain('1h');
  });

  it('stands upside down with a minus before its name', () => {
    expect([axisOf('-params.lr'), axisOf('params.lr').isReversed]).toEqual([
      { field: 'params.lr', isReversed: true },
      false
    ]);
    expect([reversed('a'), reversed('-a')]).toEqual(['-a', 'a']);
    const scale = scaleOf(trans, withLoss(2, 4, null), '-metrics.loss');
    expect([[...scale.places], scale.ends]).toEqual([
      [1, 0, NaN],
      ['4', '2']
    ]);
    expect(scale.key).not.toBe(scaleOf(trans, withLoss(2, 4, null), 'metrics.loss').key);
  });
});

describe('the colours of runs', () => {
  it('are one where no field is chosen', () => {
    const { of, colours, words, ends } = colouringOf(trans, withLoss(1, 2), '');
    expect([[...of], colours.length, words, ends]).toEqual([[0, 0], 1, [], null]);
  });

  it('go from one end to the other with numbers; without a value they are quiet', () => {
    const { of, colours, words, ends } = colouringOf(trans, withLoss(1, 2, null), 'metrics.loss');
    expect([...of]).toEqual([0, 15, 16]);
    expect(colours).toHaveLength(17);
    expect(ends).toEqual(['1', '2']);
    expect(words).toEqual([{ text: 'no value', colour: colours[16], runs: [2] }]);
  });

  it('are each word’s own', () => {
    const { of, words } = colouringOf(
      trans,
      withRate('sgd', 'adam', 'sgd', undefined),
      'params.lr'
    );
    expect(words.map(({ text, runs }) => [text, runs])).toEqual([
      ['adam', [1]],
      ['sgd', [0, 2]],
      ['no value', [3]]
    ]);
    expect([of[0] === of[2], of[0] === of[1], of[3]]).toEqual([true, false, 2]);
  });

  it('are shared by the rarest of many words', () => {
    const names = Array.from({ length: 20 }, (_, at) => `w${at % 10}`);
    const { of, words, colours } = colouringOf(trans, withRate(...names, 'w0'), 'params.lr');
    expect(words.map(({ text }) => text)).toEqual([...names.slice(0, 7), 'others']);
    expect(words.at(-1)?.runs).toHaveLength(6);
    expect(Math.max(...of)).toBe(colours.length - 1);
  });

  it('do not mind an upside-down name', () => {
    const plain = colouringOf(trans, withRate('a', 'b'), 'params.lr');
    expect(colouringOf(trans, withRate('a', 'b'), '-params.lr')).toEqual(plain);
  });

  it('are asked of the theme in which a plot stands', () => {
    const node = document.createElement('div');
    document.body.append(node);
    expect(painted(node, ['rgb(1, 2, 3)', 'red'])).toEqual(['rgb(1, 2, 3)', 'rgb(255, 0, 0)']);
    expect(node.childElementCount).toBe(0);
    node.remove();
  });
});
