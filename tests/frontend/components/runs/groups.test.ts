import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import type { Run } from '../../../../src/api';
import {
  figureOf,
  groupLabel,
  groupsOf,
  itemsOf,
  meanOf
} from '../../../../src/components/runs/groups';
import { aRun, figures } from './fakes';

const trans = nullTranslator.load('');
const named = (name: string, change: Partial<Run> = {}): Run => aRun({ id: name, name, ...change });
const told = (runs: readonly Run[], field: string) =>
  groupsOf(trans, runs, field).map(({ text, runs }) => [text, runs.map(({ id }) => id).join('')]);

describe('groups of runs', () => {
  it('stand in the order of the first of each, and so do their runs', () => {
    const runs = [
      named('a', { parameters: { lr: 0.1 } }),
      named('b', { parameters: { lr: 0.01 } }),
      named('c', { parameters: { lr: 0.1 } })
    ];
    expect(told(runs, 'params.lr')).toEqual([
      ['0.1', 'ac'],
      ['0.01', 'b']
    ]);
  });

  it('have those without the field at the end, in one group', () => {
    const runs = [named('a', { group: '' }), named('b', { group: 'sweep' }), named('c')];
    expect(told(runs, 'group')).toEqual([
      ['sweep', 'b'],
      ['', 'ac']
    ]);
    expect(told(runs, 'params.unknown')).toEqual([['', 'abc']]);
  });

  it('do not mix values that look alike where they are rounded', () => {
    const runs = ['0.100000001', '0.1000000011'].map((lr, at) =>
      named(`${at}`, { parameters: { lr: Number(lr) } })
    );
    expect(told(runs, 'params.lr')).toEqual([
      ['0.100000001', '0'],
      ['0.1000000011', '1']
    ]);
  });

  it('take a text and a number that are written alike for the same, as the command line gives texts', () => {
    const runs = [
      named('a', { parameters: { lr: '0.1' } }),
      named('b', { parameters: { lr: 0.1 } })
    ];
    expect(told(runs, 'params.lr')).toEqual([['0.1', 'ab']]);
  });

  it('take tags without their order, and a time by its day', () => {
    const runs = [
      named('a', { tags: ['x', 'y'], created: '2026-11-21T12:00:00Z' }),
      named('b', { tags: ['y', 'x'], created: '2026-11-21T12:00:01Z' }),
      named('c', { tags: ['x'], created: '2026-11-23T12:00:00Z' })
    ];
    expect(told(runs, 'tags').map(([, ids]) => ids)).toEqual(['ab', 'c']);
    expect(told(runs, 'created')).toEqual([
      ['2026-11-21', 'ab'],
      ['2026-11-23', 'c']
    ]);
    expect(told([named('a', { created: 'never' })], 'created')).toEqual([['never', 'a']]);
  });

  it('say states in words, and false and zero as what they are', () => {
    expect(told([named('a', { state: 'failed' })], 'state')).toEqual([['Failed', 'a']]);
    const runs = [
      named('a', { parameters: { amp: false } }),
      named('b', { parameters: { amp: 0 } }),
      named('c', { parameters: {} })
    ];
    expect(told(runs, 'params.amp').map(([text]) => text)).toEqual(['false', '0', '']);
  });

  it('never share an id with a run', () => {
    const runs = [named('group:x', { group: 'x' }), named('b', { group: '' })];
    const ids = groupsOf(trans, runs, 'name').map(({ id }) => id);
    expect(ids).toEqual(['group:group:x', 'group:b']);
  });

  it('show their runs below them only where they are unfolded', () => {
    const groups = groupsOf(
      trans,
      [named('a', { group: 'x' }), named('b', { group: 'y' })],
      'group'
    );
    const rows = (unfolded: string[]) =>
      itemsOf(groups, new Set(unfolded)).map(({ run, group }) => run?.id ?? group?.id);
    expect(rows([])).toEqual(['group:x', 'group:y']);
    expect(rows(['group:y', 'group:gone'])).toEqual(['group:x', 'group:y', 'b']);
  });

  it('are called by the field, the value and how many they are', () => {
    const [one, none] = groupsOf(trans, [named('a', { group: 'x' }), named('b')], 'group');
    expect(groupLabel(trans, 'group', one)).toBe('Group: x (1 run)');
    expect(groupLabel(trans, 'group', { ...none, runs: [...none.runs, ...one.runs] })).toBe(
      'without “Group” (2 runs)'
    );
  });
});

describe('the figures of a group', () => {
  const loss = (best: number | string | null, goal: 'low' | 'high' | null = 'low') =>
    aRun({ metrics: { loss: figures(1, { goal, best: best as number }) } });

  it('are the best and the mean, with how far they spread', () => {
    const { text, title, best } = figureOf(trans, [loss(0.2), loss(0.4)], 'metrics.loss.best');
    expect(text).toBe('0.2 · ø 0.3');
    expect(title).toBe('best 0.2, mean 0.3 ± 0.1414 of 2 runs');
    expect(best).toBe(0.2);
  });

  it('have the greatest as the best where high is better', () => {
    expect(figureOf(trans, [loss(0.2, 'high'), loss(0.4, 'high')], 'metrics.loss.best').best).toBe(
      0.4
    );
  });

  it('are the mean alone where nobody knows what is better', () => {
    const runs = [1, 3].map(last => aRun({ metrics: { loss: figures(last) } }));
    const { text, best } = figureOf(trans, runs, 'metrics.loss');
    expect([text, best]).toEqual(['ø 2', null]);
  });

  it('leave out runs without the metric, and those whose value is no number', () => {
    const runs = [loss(0.2), loss('nan'), loss('inf'), aRun({ metrics: {} }), loss(0.4)];
    const { title } = figureOf(trans, runs, 'metrics.loss.best');
    expect(title).toBe('best 0.2, mean 0.3 ± 0.1414 of 2 runs');
    expect(figureOf(trans, [aRun({ metrics: {} })], 'metrics.loss.best').text).toBe('');
  });

  it('are what all runs have, where it is the same', () => {
    const runs = [aRun({ owner: 'ana' }), aRun({ owner: 'ana' })];
    expect(figureOf(trans, runs, 'owner').text).toBe('ana');
    expect(figureOf(trans, [loss(0.2), loss(0.2)], 'metrics.loss.best')).toEqual({
      text: '0.2',
      title: '0.2',
      best: 0.2
    });
  });

  it('are how many there are, where they are others, and which', () => {
    const runs = ['ana', 'ben', ''].map(owner => aRun({ owner }));
    const { text, title } = figureOf(trans, runs, 'owner');
    expect([text, title]).toEqual(['2 values', 'ana\nben']);
  });

  it('are the least and the greatest of a parameter that is a number', () => {
    const runs = [0.1, 0.001].map(lr => aRun({ parameters: { lr } }));
    expect(figureOf(trans, runs, 'params.lr').text).toBe('0.001 – 0.1');
    const mixed = [...runs, aRun({ parameters: { lr: 'auto' } })];
    expect(figureOf(trans, mixed, 'params.lr').text).toBe('3 values');
  });

  it('are the mean of durations as durations, and nothing of times', () => {
    const runs = [60, 120].map(duration =>
      aRun({ duration, created: `2026-11-2${duration / 60}T12:00:00Z` })
    );
    expect(figureOf(trans, runs, 'duration').text).toBe('ø 1m30s');
    expect(figureOf(trans, runs, 'created').text).toBe('');
  });

  it('spread nowhere where there is one', () => {
    expect(meanOf([3])).toEqual({ mean: 3, deviation: 0 });
    expect(meanOf([])).toEqual({ mean: NaN, deviation: 0 });
  });
});
