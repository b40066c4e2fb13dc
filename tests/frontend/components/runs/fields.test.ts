import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import { joined } from '../../../../src/components/runs/filter';
import { tagsOf } from '../../../../src/components/runs/card';
import {
  bestOf,
  fieldOf,
  firstColumns,
  firstKey,
  isNumberField,
  labelOf,
  numeric,
  sortedBy,
  textOf,
  valueOf
} from '../../../../src/components/runs/fields';
import { aRun, figures, someFields } from './fakes';

const trans = nullTranslator.load('');

describe('the fields of runs', () => {
  const run = aRun({
    metrics: {
      'val/loss': figures(0.3, { goal: 'low', best: 0.2 }),
      'val loss, "mean"': figures(0.7),
      'ema.best': figures(3),
      bad: figures(1, { last: null }),
      far: figures(1, { last: '-Infinity' })
    },
    system: { memory_bytes: figures(5) },
    parameters: { lr: 0.1, net: { depth: 4, 'a.b': 1 }, 'x.y': 2, on: true, list: [1, 2] }
  });

  it.each([
    ['metrics.val/loss', 0.3],
    ['metrics.val/loss.best', 0.2],
    ['metrics.val/loss.max', 0.6],
    [fieldOf('metrics', 'val loss, "mean"'), 0.7],
    [fieldOf('metrics', 'val loss, "mean"', 'max'), 1.4],
    ['metrics.ema.best', 3],
    ['metrics.ema', null],
    ['metrics.bad', null],
    ['metrics.far', -Infinity],
    ['metrics.constructor', null],
    ['system.memory_bytes.max', 10],
    ['params.lr', 0.1],
    ['params.net.depth', 4],
    ['params.x.y', 2],
    ['params.on', true],
    ['params.list', '[1,2]'],
    ['params.net.toString', null],
    ['params.lr.x', null],
    ['state', 'succeeded'],
    ['toString', null]
  ])('%s is %s', (field, value) => {
    expect(valueOf(run, field)).toBe(value);
  });

  it('are named as the server reads them', () => {
    expect(fieldOf('metrics', 'val/loss', 'best')).toBe('metrics.val/loss.best');
    expect(fieldOf('params', 'a "b" (%)')).toBe('params."a \\"b\\" (%)"');
  });

  it('have labels and texts', () => {
    expect(labelOf(trans, 'metrics.val/loss.best')).toBe('val/loss (best)');
    expect(labelOf(trans, 'params.lr.best')).toBe('lr.best');
    expect(labelOf(trans, 'created')).toBe('Created');
    expect(textOf(trans, run, 'duration')).toBe('30m');
    expect(textOf(trans, run, 'commit')).toBe('c0ffee00');
    expect(textOf(trans, aRun({ state: 'ended' }), 'state')).toBe('Ended');
    expect(textOf(trans, run, 'metrics.nothing')).toBe('');
    expect(['duration', 'metrics.loss', 'params.lr', 'name'].map(isNumberField)).toEqual([
      true,
      true,
      false,
      false
    ]);
    expect([numeric(2), numeric(true), numeric('x')]).toEqual([2, 1, NaN]);
  });

  it('begin with the most frequent', () => {
    expect(firstColumns(someFields())).toEqual([
      'state',
      'created',
      'duration',
      'metrics.loss.best',
      'metrics."grad norm"',
      'params.lr',
      'tags'
    ]);
    expect(firstColumns(null)).toEqual(['state', 'created', 'duration', 'tags']);
  });
});

describe('the best of some runs', () => {
  const runs = [1, 3, 2].map((last, at) =>
    aRun({
      id: String(at),
      metrics: {
        loss: figures(last, { goal: 'low' }),
        accuracy: figures(last, { goal: 'high' }),
        steps: figures(last),
        odd: figures(last, { goal: 'low', last: 'Infinity' })
      }
    })
  );
  it.each([
    ['metrics.loss', 1],
    ['metrics.loss.max', 2],
    ['metrics.accuracy', 3],
    ['metrics.loss.count', null],
    ['metrics.steps', null],
    ['metrics.odd', null],
    ['params.lr', null]
  ])('of %s is %s', (field, best) => {
    expect(bestOf(runs, field)).toBe(best);
  });
});

describe('the order of runs', () => {
  it.each([
    ['-created', 'name', 'name'],
    ['name', 'name', '-name'],
    ['-name', 'name', 'name'],
    ['name', 'created', '-created'],
    ['-metrics."a, b",name', 'metrics."a, b"', 'metrics."a, b"']
  ])('%s becomes, by %s, %s', (sort, field, wanted) => {
    expect(sortedBy(sort, field)).toBe(wanted);
  });

  it('is told by its first key', () => {
    expect(firstKey('-metrics."a, b".best,name')).toEqual({
      field: 'metrics."a, b".best',
      isDescending: true
    });
    expect(firstKey('')).toEqual({ field: '', isDescending: false });
  });
});

describe('conditions and tags', () => {
  it('add up', () => {
    expect(joined('', 'a = 1')).toBe('a = 1');
    expect(joined('a = 1 ', 'b = 2')).toBe('a = 1 and b = 2');
    expect(joined('a = 1 or c', 'b = 2')).toBe('(a = 1 or c) and b = 2');
  });

  it('are each there once', () => {
    expect(tagsOf(' paper, best,,paper ')).toEqual(['paper', 'best']);
  });
});
