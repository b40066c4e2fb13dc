import { describe, expect, it } from 'vitest';
import { filterJobs, hasTag, toggleTag } from '../../../../src/components/jobs/filter';
import type { ISort, SortKey } from '../../../../src/components/jobgrid/sort';
import { outcomeOf, sortBy, sortJobs } from '../../../../src/components/jobgrid/sort';
import { choose, chooseAll, modeOf, NOTHING } from '../../../../src/components/jobgrid/selection';
import { aJob } from '../../support';

describe('filterJobs', () => {
  const jobs = [
    aJob({ id: '1', name: 'Train U-Net', environment: 'e1' }),
    aJob({ id: '2', name: 'evaluate', state: 'failed', tags: ['nightly', 'a b'] }),
    aJob({
      id: '3',
      name: 'tag:x',
      owner: 'bob',
      via: 'robot',
      state: 'lost',
      reason: 'its machine is gone'
    })
  ];
  const found = (text: string) =>
    filterJobs(jobs, text, id => (id === 'e1' ? 'torch-gpu' : id)).map(job => job.id);

  // proves: jobs.table
  it('finds every word anywhere, whatever its case', () => {
    expect(found('')).toEqual(['1', '2', '3']);
    expect(found('UNET')).toEqual([]);
    expect(found('u-net torch')).toEqual(['1']);
    expect(found('failed nightly')).toEqual(['2']);
    expect(found('ann')).toEqual(['1', '2']);
    expect(found('gone')).toEqual(['3']);
  });

  it.each([
    ['state:failed', ['2']],
    ['state:failed,lost', ['2', '3']],
    ['owner:bob', ['3']],
    ['via:robot', ['3']],
    ['robot', ['3']],
    ['owner:bo', []],
    ['tag:Nightly', ['2']],
    ['tag:night', []],
    ['tag:"a b"', ['2']],
    ['env:torch', ['1']],
    ['id:1', ['1']],
    ['name:eval owner:ann', ['2']],
    ['reason:machine', ['3']],
    ['state:', []]
  ])('looks for %s in its field', (text, ids) => expect(found(text)).toEqual(ids));

  it('takes what was typed as text, not as a pattern', () => {
    expect(found('.*')).toEqual([]);
    expect(found('http://x')).toEqual([]);
    expect(found('"u-net" "')).toEqual(['1']);
  });

  it('adds and removes a tag in the search line', () => {
    expect(toggleTag('u-net', 'nightly')).toBe('u-net tag:nightly');
    expect(toggleTag('u-net tag:nightly', 'nightly')).toBe('u-net');
    expect(toggleTag('', 'a b')).toBe('tag:"a b"');
    expect(hasTag('tag:"a b" x', 'a b')).toBe(true);
    expect(hasTag('tag:nightly2', 'nightly')).toBe(false);
  });
});

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

describe('selection', () => {
  const rows = ['a', 'b', 'c', 'd'];
  const marked = ({ marked: ids }: typeof NOTHING) => [...ids].sort().join('');

  it('marks one, more, a range and all', () => {
    const one = choose(NOTHING, rows, 'b', 'only');
    expect(marked(one)).toBe('b');
    expect(marked(choose(one, rows, 'd', 'range'))).toBe('bcd');
    expect(marked(choose(choose(one, rows, 'd', 'range'), rows, 'a', 'range'))).toBe('ab');
    const two = choose(one, rows, 'd', 'toggle');
    expect(marked(two)).toBe('bd');
    expect(marked(choose(two, rows, 'd', 'toggle'))).toBe('b');
    expect(marked(chooseAll(two, rows))).toBe('abcd');
    expect(marked(chooseAll(chooseAll(two, rows), rows))).toBe('');
  });

  it('begins a range at the row itself when its start is gone', () => {
    const gone = { ...NOTHING, anchor: 'x' };
    expect(marked(choose(gone, rows, 'a', 'range'))).toBe('a');
  });

  it('reads the keys', () => {
    const keys = { shiftKey: false, ctrlKey: false, metaKey: false };
    expect(modeOf(keys)).toBe('only');
    expect(modeOf({ ...keys, metaKey: true })).toBe('toggle');
    expect(modeOf({ ...keys, ctrlKey: true, shiftKey: true })).toBe('range');
  });
});
