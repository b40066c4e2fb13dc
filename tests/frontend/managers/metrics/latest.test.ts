import { describe, expect, it, vi } from 'vitest';
import type { SeriesDelta } from '../../../../src/api';
import { LatestMetrics } from '../../../../src/managers/metrics/latest';
import { aJob } from '../../support';

const settled = () => new Promise(resolve => setTimeout(resolve));
const curve = (...value: (number | null)[]): SeriesDelta => ({ step: [], value, time: [] });

function make(answer: (job: string) => Record<string, SeriesDelta> | Promise<never>) {
  const asked: string[] = [];
  const clock = { now: 0 };
  const latest = new LatestMetrics(
    async job => {
      asked.push(job);
      return answer(job);
    },
    () => clock.now
  );
  return { asked, clock, latest };
}

describe('LatestMetrics', () => {
  it('knows the last value of each metric, and tells when it comes', async () => {
    const { latest } = make(() => ({ loss: curve(2, 0.5), acc: curve(null) }));
    let changes = 0;
    latest.changed.connect(() => changes++, latest);
    latest.want([aJob()]);
    await settled();
    expect(latest.of('j1')?.get('loss')).toBe(0.5);
    expect(changes).toBe(1);
    latest.dispose();
  });

  it('asks about a job that is over once, and about one that runs now and then', async () => {
    const { asked, clock, latest } = make(() => ({}));
    const jobs = [aJob({ id: 'over', state: 'failed' }), aJob({ id: 'runs' })];
    for (const now of [0, 1000, 9000]) {
      clock.now = now;
      latest.want(jobs);
      await settled();
    }
    expect(asked).toEqual(['over', 'runs', 'runs']);
    latest.want([aJob({ id: 'runs', state: 'succeeded' })]);
    await settled();
    expect(asked.at(-1)).toBe('runs');
    expect(asked.length).toBe(4);
  });

  it('asks again after a while about a job that is over where no answer came', async () => {
    const answers = [() => Promise.reject<never>(new Error('gone')), () => ({ loss: curve(0.5) })];
    const { asked, clock, latest } = make(() => answers.shift()!());
    for (const now of [0, 1000, 9000, 18_000]) {
      clock.now = now;
      latest.want([aJob({ state: 'succeeded' })]);
      await settled();
    }
    expect(asked).toEqual(['j1', 'j1']);
    expect(latest.of('j1')?.get('loss')).toBe(0.5);
    latest.dispose();
  });

  it('asks as often where the clock was set back meanwhile', async () => {
    vi.useFakeTimers();
    const ask = vi.fn(() => Promise.resolve({}));
    const latest = new LatestMetrics(ask);
    for (let times = 0; times < 2; times++) {
      latest.want([aJob()]);
      vi.setSystemTime(Date.now() - 3_600_000);
      await vi.advanceTimersByTimeAsync(6000);
    }
    expect(ask).toHaveBeenCalledTimes(2);
    latest.dispose();
    vi.useRealTimers();
  });

  it('asks about no job that has not begun, and about few at a time', async () => {
    const waiting: (() => void)[] = [];
    const { asked, latest } = make(
      () => new Promise<never>((_, no) => void waiting.push(() => no(new Error('gone'))))
    );
    const jobs = Array.from({ length: 9 }, (_, at) => aJob({ id: `j${at}` }));
    latest.want([aJob({ id: 'queued', started: null }), ...jobs]);
    await settled();
    expect(asked).toEqual(['j0', 'j1', 'j2', 'j3']);
    waiting[0]();
    await settled();
    expect(asked.at(-1)).toBe('j4');
    expect(latest.of('j0')).toBeUndefined();
    latest.dispose();
  });
});
