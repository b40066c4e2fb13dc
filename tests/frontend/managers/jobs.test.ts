import { beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../../src/api';
import { ApiClient } from '../../../src/api';
import { JobsManager } from '../../../src/managers/jobs';
import type { IAsked } from '../support';
import { FakeLive, aJob, fakeServer, json } from '../support';

let live: FakeLive;
let asked: IAsked[];
let jobs: JobsManager;
let answer: () => Response;

beforeEach(() => {
  live = new FakeLive();
  answer = () => json(aJob({ id: 'new', state: 'queued' }), 201);
  const server = fakeServer(() => answer());
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

  it('is no longer pending when the command was refused', async () => {
    live.say('jobs', 1, { jobs: [aJob()] });
    answer = () => json({ message: 'It is over already.' }, 409);
    await expect(jobs.stop('j1')).rejects.toThrow('It is over already.');
    expect(jobs.isPending('j1')).toBe(false);
  });

  it('runs a job again with all that made it', async () => {
    const job = aJob({ environment: 'venv-1', parameters: { lr: 0.1 }, tags: ['x'] });
    live.say('jobs', 1, { jobs: [job] });
    const made = await jobs.rerun('j1');
    expect(made.id).toBe('new');
    expect(asked[0].body).toMatchObject({
      command: ['python', 'train.py'],
      cwd: '/work',
      environment: 'venv-1',
      name: 'train',
      parameters: { lr: 0.1 }
    });
  });

  it('asks the server for a job that it does not list', async () => {
    live.say('jobs', 1, { jobs: [] });
    answer = () => json(aJob({ id: 'ancient' }));
    expect((await jobs.find('ancient')).id).toBe('ancient');
  });

  it('shows why there is nothing', () => {
    live.refuse('jobs', 'Viewers do not see jobs.');
    expect(jobs.error).toBe('Viewers do not see jobs.');
  });

  it('lets go of its topic when disposed of', () => {
    jobs.dispose();
    jobs.dispose();
    expect(live.topics.size).toBe(0);
  });
});
