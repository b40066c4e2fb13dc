import { beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../../../src/api';
import { ApiClient } from '../../../../src/api';
import { JobsManager } from '../../../../src/managers/jobs/manager';
import type { IAsked } from '../../support';
import { FakeLive, aJob, fakeServer, json } from '../../support';

let live: FakeLive;
let asked: IAsked[];
let jobs: JobsManager;
let answer: (asked: IAsked) => Response;

beforeEach(() => {
  live = new FakeLive();
  answer = () => json(aJob({ id: 'new', state: 'queued' }), 201);
  const server = fakeServer(one => answer(one));
  asked = server.asked;
  jobs = new JobsManager(new ApiClient(server.settings), live.asClient);
});

const ids = (): string[] => jobs.list.map(job => job.id);

describe('JobsManager', () => {
  it('is not ready before the first facts', () => {
    expect(jobs.isReady).toBe(false);
    live.say('jobs', 1, { jobs: [] });
    expect(jobs.isReady).toBe(true);
    expect(jobs.list).toEqual([]);
  });

  it('lists the newest first', () => {
    const old = aJob({ id: 'old', created: '2026-11-20T10:00:00Z' });
    live.say('jobs', 1, { jobs: [old, aJob()] });
    expect(ids()).toEqual(['j1', 'old']);
  });

  // proves: jobs.table-live, live.topic-jobs
  it('takes over changes, new jobs and deletions', () => {
    live.say('jobs', 1, { jobs: [aJob()] });
    live.say('jobs', 2, { job: aJob({ progress: { done: 1, total: 2, message: '' } }) });
    live.say('jobs', 3, { job: aJob({ id: 'j2' }) });
    expect(ids()).toEqual(['j2', 'j1']);
    expect(jobs.get('j1')?.progress?.done).toBe(1);
    live.say('jobs', 4, { deleted: 'j1' });
    expect(ids()).toEqual(['j2']);
  });

  it('forgets after a gap what is no longer there', () => {
    live.say('jobs', 1, { jobs: [aJob(), aJob({ id: 'j2' })] });
    live.say('jobs', 9, { jobs: [aJob({ id: 'j2' })], gap: true });
    expect(ids()).toEqual(['j2']);
  });

  it('tells once when a job is over, also when that was missed in a gap', () => {
    const over: Job[] = [];
    jobs.ended.connect((_, job) => over.push(job), over);
    live.say('jobs', 1, { jobs: [aJob(), aJob({ id: 'done', state: 'failed' })] });
    expect(over).toEqual([]);
    live.say('jobs', 5, { jobs: [aJob({ state: 'succeeded' })], gap: true });
    live.say('jobs', 6, { job: aJob({ state: 'succeeded', tags: ['kept'] }) });
    expect(over.map(job => job.id)).toEqual(['j1']);
  });

  it('counts what is not over', () => {
    const states: Job['state'][] = ['queued', 'running', 'stopping', 'succeeded', 'lost'];
    live.say('jobs', 1, { jobs: states.map(state => aJob({ id: state, state })) });
    expect(jobs.active).toBe(3);
  });

  it('changes nothing on a command until the fact comes', async () => {
    live.say('jobs', 1, { jobs: [aJob()] });
    answer = () => new Response(null, { status: 202 });
    await jobs.stop('j1');
    expect(asked[0]).toMatchObject({ method: 'POST', path: '/base/crispdm/api/jobs/j1/stop' });
    expect(jobs.get('j1')?.state).toBe('running');
    expect(jobs.isPending('j1')).toBe(true);
    live.say('jobs', 2, { job: aJob({ state: 'stopping' }) });
    expect(jobs.isPending('j1')).toBe(false);
  });

  it('asks to keep the best of those that it stops, and only where that is wanted', async () => {
    answer = () => new Response(null, { status: 202 });
    await jobs.stop('j1', [600, 10], 'best');
    await jobs.stopMany(['j1', 'j2'], [600, 10], 'best');
    await jobs.stop('j1');
    const bodies = asked.map(({ body }) => body);
    expect(bodies).toEqual([
      { grace: [600, 10], keep: 'best' },
      { ids: ['j1', 'j2'], grace: [600, 10], keep: 'best' },
      {}
    ]);
  });

  it('is no longer pending when the command was refused', async () => {
    live.say('jobs', 1, { jobs: [aJob()] });
    answer = () => json({ message: 'It is over already.' }, 409);
    await expect(jobs.stop('j1')).rejects.toThrow('It is over already.');
    expect(jobs.isPending('j1')).toBe(false);
  });

  it('runs a job again, asked twice at once only once', async () => {
    live.say('jobs', 1, { jobs: [aJob()] });
    const changes = { parameters: { lr: 0.1 } };
    const [made, same] = await Promise.all([jobs.rerun('j1', changes), jobs.rerun('j1', changes)]);
    expect(same).toBe(made);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ path: '/base/crispdm/api/jobs/j1/rerun', body: { changes } });
    await jobs.rerun('j1', changes);
    expect(asked).toHaveLength(2);
  });

  it('stops several with one request, and is pending for each of them', async () => {
    live.say('jobs', 1, { jobs: [aJob(), aJob({ id: 'j2', state: 'stopping' })] });
    answer = () => json({ jobs: [] }, 202);
    await jobs.stopMany(['j1', 'j2'], [600, 10]);
    expect(asked).toHaveLength(1);
    expect(asked[0].body).toEqual({ ids: ['j1', 'j2'], grace: [600, 10] });
    expect(jobs.isPending('j1')).toBe(true);
    expect(jobs.isPending('j2')).toBe(false);
  });

  it('deletes all it can of several, and says why the others stay', async () => {
    live.say('jobs', 1, { jobs: ['a', 'b', 'c'].map(id => aJob({ id, state: 'failed' })) });
    answer = ({ path }) =>
      path.endsWith('/b')
        ? json({ message: 'It still runs.' }, 409)
        : new Response(null, { status: 204 });
    await expect(jobs.removeMany(['a', 'b', 'c'])).rejects.toThrow('It still runs.');
    expect(asked.map(({ method }) => method)).toEqual(['DELETE', 'DELETE', 'DELETE']);
    expect(['a', 'b', 'c'].map(id => jobs.isPending(id))).toEqual([true, false, true]);
  });

  it('asks the server for a job that it does not list', async () => {
    live.say('jobs', 1, { jobs: [] });
    answer = () => json(aJob({ id: 'ancient' }));
    expect((await jobs.find('ancient')).id).toBe('ancient');
  });

  it('knows a job that was looked up, but does not list it', async () => {
    live.say('jobs', 1, { jobs: [aJob()] });
    answer = () => json(aJob({ id: 'ancient', state: 'failed' }));
    await jobs.find('ancient');
    expect(jobs.get('ancient')?.state).toBe('failed');
    expect(ids()).toEqual(['j1']);
    live.say('jobs', 2, { deleted: 'ancient' });
    expect(jobs.get('ancient')).toBeUndefined();
  });

  it('shows why there is nothing', () => {
    live.refuse('jobs', 'Viewers do not see jobs.');
    expect(jobs.error).toBe('Viewers do not see jobs.');
  });

  it('lets go of its topic when disposed of', () => {
    jobs.dispose();
    jobs.dispose();
    expect(live.coordinator.topics).toEqual([]);
  });
});

describe('a long list of jobs', () => {
  const made = (number: number): Job => {
    const created = new Date(Date.UTC(2026, 10, 21) + number * 1000).toISOString();
    return aJob({ id: `n${number}`, state: 'succeeded', created });
  };
  const numbers = (from: number, count: number): Job[] =>
    Array.from({ length: count }, (_, index) => made(from - index));

  it('has older jobs when as many came as fit', () => {
    live.say('jobs', 1, { jobs: numbers(999, 999) });
    expect(jobs.hasOlder).toBe(false);
    live.say('jobs', 2, { jobs: numbers(2999, 1000) });
    expect(jobs.hasOlder).toBe(true);
  });

  it('goes on from the last that came, until there are no more', async () => {
    live.say('jobs', 1, { jobs: numbers(2999, 1000) });
    live.say('jobs', 2, { job: made(5) });
    answer = () => json({ jobs: numbers(1999, 1000) });
    await Promise.all([jobs.loadOlder(), jobs.loadOlder()]);
    expect(asked.map(({ query }) => query)).toEqual(['?limit=1000&before=n2000']);
    answer = () => json({ jobs: numbers(999, 3) });
    await jobs.loadOlder();
    expect(asked[1].query).toBe('?limit=1000&before=n1000');
    expect([jobs.list.length, jobs.hasOlder]).toEqual([2004, false]);
    await jobs.loadOlder();
    expect(asked).toHaveLength(2);
  });

  it('keeps the older ones over a gap', async () => {
    live.say('jobs', 1, { jobs: numbers(2999, 1000) });
    answer = () => json({ jobs: numbers(1999, 2) });
    await jobs.loadOlder();
    live.say('jobs', 9, { jobs: numbers(3009, 1000), gap: true });
    expect(jobs.list).toHaveLength(1012);
    expect(jobs.hasOlder).toBe(false);
  });

  it('can be asked again when the older ones did not come', async () => {
    live.say('jobs', 1, { jobs: numbers(2999, 1000) });
    answer = () => json({ message: 'Not now.' }, 503);
    await expect(jobs.loadOlder()).rejects.toThrow('Not now.');
    expect([jobs.hasOlder, jobs.isLoadingOlder]).toEqual([true, false]);
  });
});
