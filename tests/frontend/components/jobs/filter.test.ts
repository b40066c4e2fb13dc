import { describe, expect, it } from 'vitest';
import { filterJobs, hasTag, toggleTag } from '../../../../src/components/jobs/filter';
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
    ['state:', []],
    // No field of a job, but of every object: a word like any other.
    ['constructor:nothing', []],
    ['constructor:x', []]
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
