import { describe, expect, it } from 'vitest';
import type { Job } from '../../../../src/api';
import type { ISort, SortKey } from '../../../../src/components/jobgrid/sort';
import { outcomeOf, sortBy, sortJobs } from '../../../../src/components/jobgrid/sort';
import { aJob } from '../../support';

describe('sortJobs', () => {
  const used = (memory_bytes: number) => ({ cpu_percent: memory_bytes * 10, memory_bytes });
  const jobs = [
    aJob({ id: 'a', name: 'run 10', created: '2026-11-21T10:00:00Z', resources: used(2) }),
    aJob({ id: 'b', name: 'Run 9', created: '2026-11-20T10:00:00Z', resources: used(3) }),
    aJob({
      id: 'c',
      name: 'eval',
      state: 'failed',
      exit_code: 3,
      started: null,
      created: '2026-11-22T10:00:00Z',
      resources: used(9)
    })
  ];
  const order = (key: SortKey, descending = false) =>
    sortJobs(jobs, { key, descending }, id => id, Date.parse('2026-11-22T12:00:00Z'))
      .map(job => job.id)
      .join('');

  it.each<[SortKey, boolean, string]>([
    ['created', true, 'cab'],
    ['created', false, 'bac'],
    ['name', false, 'cba'],
    ['state', false, 'abc'],
    ['memory', true, 'bac'],
    ['memory', false, 'abc'],
    ['cpu', true, 'bac'],
    ['elapsed', true, 'abc'],
    ['outcome', false, 'cab'],
    ['tags', true, 'abc']
  ])('by %s (downwards: %s) is %s', (key, descending, expected) =>
    expect(order(key, descending)).toBe(expected)
  );

  it.each(['constructor', 'toString', '__proto__'])(
    'by the parameter %s has those last that do not have it',
    name => {
      const parameters = JSON.parse(`{"${name}": 3}`) as Job['parameters'];
      const some = [aJob({ id: 'without' }), aJob({ id: 'with', parameters })];
      const sorted = (descending: boolean) =>
        sortJobs(some, { key: `parameter:${name}`, descending }, id => id, 0).map(({ id }) => id);
      expect(sorted(true)).toEqual(['with', 'without']);
      expect(sorted(false)).toEqual(['with', 'without']);
    }
  );

  it.each(['constructor', 'valueOf', '__proto__', 'gone'])(
    'leaves all in their places for the column “%s” that a saved layout names',
    key => expect(order(key, true)).toBe('abc')
  );

  it('turns round at the second click; sizes begin with the largest', () => {
    const byName: ISort = { key: 'name', descending: false };
    expect(sortBy(byName, 'name').descending).toBe(true);
    expect(sortBy(byName, 'memory')).toEqual({ key: 'memory', descending: true });
    expect(sortBy(byName, 'owner')).toEqual({ key: 'owner', descending: false });
  });

  it('tells of a job the reason before the exit code', () => {
    expect(outcomeOf(aJob({ state: 'queued', reason: 'waits for 2 CPUs' }))).toBe(
      'waits for 2 CPUs'
    );
    expect(outcomeOf(aJob({ state: 'succeeded', reason: 'succeeded', exit_code: 0 }))).toBe('');
    expect(outcomeOf(aJob({ state: 'failed', exit_code: 3 }))).toBe('3');
    expect(outcomeOf(aJob())).toBe('');
  });
});
