import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobState } from '../../../../src/api';
import { ApiError } from '../../../../src/api';
import { RunsOfThen } from '../../../../src/managers/runs/ofthen';
import { FakeRuns } from '../../components/runs/fakes';
import { aJob, FakeJobs } from '../../support';

let runs: FakeRuns;
let jobs: FakeJobs;
let ofThen: RunsOfThen;

const settle = () => new Promise(resolve => setTimeout(resolve, 0));
const reload = (): void => {
  ofThen = new RunsOfThen(runs, jobs);
};

/** The job that builds is seen in a state. */
async function builds(state: JobState, reason = ''): Promise<void> {
  const isOver = !['queued', 'running'].includes(state);
  jobs.list = [aJob({ id: 'b1', state, reason, ended: isOver ? '2026-11-21T12:00:00Z' : null })];
  jobs.changed.emit();
  await settle();
}

beforeEach(() => {
  window.sessionStorage.clear();
  runs = new FakeRuns();
  jobs = new FakeJobs();
  jobs.list = [aJob({ id: 'b1', state: 'running' })];
  reload();
});
afterEach(() => window.sessionStorage.clear());

describe('RunsOfThen', () => {
  it('runs at once where the environment is there', async () => {
    runs.old = { ...runs.old, ready: true, job: '' };
    await ofThen.begin('a');
    expect(runs.commands).toEqual([
      ['environment', 'a'],
      ['again', 'a', { environment: 'then' }]
    ]);
    expect(ofThen.get('a')?.again).toBe(runs.made);
    expect(jobs.watched).toBe(0);
  });

  it('rejects with what the server says against it', async () => {
    runs.failure = new Error('There is no Python 3.7.1 on this machine.');
    await expect(ofThen.begin('a')).rejects.toThrow('There is no Python 3.7.1');
    expect(ofThen.get('a')).toBeUndefined();
  });

  it('runs by itself once the environment is built', async () => {
    await ofThen.begin('a');
    expect(ofThen.get('a')).toEqual({ environment: runs.old });
    await builds('running');
    expect(runs.commands).toEqual([['environment', 'a']]);
    expect(jobs.watched).toBe(1);
    await builds('succeeded');
    await builds('succeeded');
    expect(runs.commands.slice(1)).toEqual([['again', 'a', { environment: 'then' }]]);
    expect(ofThen.get('a')).toMatchObject({ environment: { ready: true }, again: runs.made });
    expect(jobs.watched).toBe(0);
  });

  it('runs also where the job was over before it was heard of', async () => {
    jobs.list = [aJob({ id: 'b1', state: 'succeeded' })];
    await ofThen.begin('a');
    await settle();
    expect(ofThen.get('a')?.again).toBe(runs.made);
  });

  it.each([
    ['failed', 'exited with code 1', 'exited with code 1'],
    ['stopped', '', 'stopped']
  ] as const)('says why where the build has %s', async (state, reason, told) => {
    await ofThen.begin('a');
    await builds(state, reason);
    expect(ofThen.get('a')).toEqual({ environment: runs.old, trouble: told });
    expect(runs.commands).toHaveLength(1);
    expect(jobs.watched).toBe(0);
  });

  it('says what the server has against the run once it is built', async () => {
    await ofThen.begin('a');
    runs.failure = new Error('Its packages are others by now.');
    await builds('succeeded');
    expect(ofThen.get('a')).toEqual({
      environment: { ...runs.old, ready: true },
      trouble: 'Its packages are others by now.'
    });
  });

  it('goes on after a reload of the tab, and runs it once', async () => {
    await ofThen.begin('a');
    await settle();
    jobs = new FakeJobs();
    reload();
    expect(ofThen.get('a')).toEqual({ environment: runs.old });
    await builds('succeeded');
    expect(ofThen.get('a')?.again).toBe(runs.made);
    reload();
    await builds('succeeded');
    expect(ofThen.get('a')).toBeUndefined();
    expect(runs.commands.map(([command]) => command)).toEqual(['environment', 'again']);
  });

  it('says where the job that built it is gone', async () => {
    jobs.find = () => Promise.reject(new ApiError(404, { message: 'There is no job b1.' }));
    await ofThen.begin('a');
    await settle();
    expect(ofThen.get('a')?.trouble).toBe('There is no job b1.');
  });

  it('waits for a server that does not answer', async () => {
    jobs.find = () => Promise.reject(new Error('The server does not answer.'));
    await ofThen.begin('a');
    await settle();
    expect(ofThen.get('a')).toEqual({ environment: runs.old });
    await builds('succeeded');
    expect(ofThen.get('a')?.again).toBe(runs.made);
  });

  it('needs no storage, and takes nothing odd from it', async () => {
    window.sessionStorage.setItem('jupyter-crispdm:runs-of-then', 'rubbish');
    reload();
    expect(ofThen.get('a')).toBeUndefined();
    const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new Error('It is full.');
    });
    await ofThen.begin('a');
    await builds('succeeded');
    full.mockRestore();
    expect(ofThen.get('a')?.again).toBe(runs.made);
  });
});
