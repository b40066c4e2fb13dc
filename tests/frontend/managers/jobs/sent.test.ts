import type { IStateDB } from '@jupyterlab/statedb';
import { StateDB } from '@jupyterlab/statedb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../../../src/api';
import { ApiError } from '../../../../src/api';
import { SentJobs } from '../../../../src/managers/jobs/sent';
import { FakeJobs, aJob } from '../../support';

const KEY = 'jupyter-crispdm:sent-jobs';

let state: IStateDB;
let jobs: FakeJobs;
let told: Job[];

beforeEach(() => {
  state = new StateDB();
  jobs = new FakeJobs();
  told = [];
});

/** The jobs of a page that has just been opened. */
function page(): SentJobs {
  const sent = new SentJobs(jobs, state);
  sent.endedMeanwhile.connect((_, job) => told.push(job), told);
  return sent;
}

describe('SentJobs', () => {
  it('tells of a job that ended while no page was open, once', async () => {
    await page().add('j1');
    jobs.list = [aJob({ state: 'succeeded' })];
    await page().look();
    expect(told.map(job => job.id)).toEqual(['j1']);
    await page().look();
    expect(told).toHaveLength(1);
  });

  it('goes on remembering one that runs', async () => {
    const sent = page();
    await Promise.all([sent.add('j1'), sent.add('j2')]);
    jobs.list = [aJob(), aJob({ id: 'j2' })];
    await page().look();
    expect(told).toEqual([]);
    expect(await state.fetch(KEY)).toEqual(['j1', 'j2']);
  });

  it('leaves one that ends before the eyes of the user to the others', async () => {
    const sent = page();
    await sent.add('j1');
    jobs.ended.emit(aJob({ state: 'succeeded' }));
    await sent.add('j2');
    expect(await state.fetch(KEY)).toEqual(['j2']);
    expect(told).toEqual([]);
  });

  it('forgets one that was deleted', async () => {
    await page().add('j1');
    jobs.find = () => Promise.reject(new ApiError(404, { message: 'no' }));
    await page().look();
    expect(await state.fetch(KEY)).toEqual([]);
  });

  it('forgets none because the server does not answer', async () => {
    await page().add('j1');
    jobs.find = () => Promise.reject(new ApiError(503, { message: 'later' }));
    await expect(page().look()).rejects.toThrow('later');
    expect(await state.fetch(KEY)).toEqual(['j1']);
  });

  it('works without a memory', async () => {
    const sent = new SentJobs(jobs, null);
    await sent.add('j1');
    await sent.look();
    expect(told).toEqual([]);
  });
});
