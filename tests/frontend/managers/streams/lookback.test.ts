import { waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Columns } from '../../../../src/api/streams';
import { Lookback } from '../../../../src/managers/streams/lookback';
import { FakeSamples } from '../../streams';
import { pending } from '../../clock/pending';

/** A sample a second; the number of each is its time. */
function recorded(from: number, to: number, every = 1): Columns {
  const time: number[] = [];
  for (let at = Math.ceil(from); at <= to; at += every) {
    time.push(at);
  }
  return { seq: time, time, value: time, probability: time.map(() => 0.1) };
}

function aLookback(every = 1) {
  const asked: number[][] = [];
  let failure: Error | null = null;
  const past = new Lookback((from, to, points) => {
    asked.push([from, to, points]);
    return failure
      ? Promise.reject(failure)
      : Promise.resolve(recorded(Math.max(0, from), to, every));
  });
  past.hold(new FakeSamples(recorded(1000, 1100)));
  return { past, asked, fail: (error: Error | null) => void (failure = error) };
}

describe('Lookback', () => {
  it('holds the window as it was, and asks for nothing that it has', async () => {
    const samples = new FakeSamples(recorded(1000, 1100));
    const { past, asked } = aLookback();
    past.hold(samples);
    samples.add(recorded(1101, 3000));
    expect([past.columns.time[0], past.columns.length]).toEqual([1000, 101]);
    past.look([1020, 1080], 1100, 400);
    await pending.rest();
    expect(asked).toEqual([]);
  });

  // proves: monitor.look-back
  it('asks for what was recorded before, with as much again on both sides', async () => {
    const { past, asked } = aLookback();
    past.look([950, 1050], 1100, 400);
    past.look([900, 1000], 1100, 400);
    await waitFor(() => expect(past.columns.time[0]).toBe(800));
    expect(asked).toEqual([[800, 1100, 1200]]);
    expect([past.isLoading, past.error]).toEqual([false, '']);
    past.look([850, 950], 1100, 400);
    expect(past.isLoading).toBe(false);
  });

  it('looks closer when it holds only a part of the samples', async () => {
    const { past, asked } = aLookback(10);
    past.look([0, 900], 1100, 400);
    await waitFor(() => expect(past.columns.length).toBe(111));
    past.look([300, 350], 1100, 400);
    await waitFor(() => expect(asked.length).toBe(2));
    expect(asked[1]).toEqual([250, 400, 1200]);
  });

  it('takes only the answer that was asked for last', async () => {
    const answers: ((columns: Columns) => void)[] = [];
    const past = new Lookback(() => new Promise(resolve => void answers.push(resolve)));
    past.hold(new FakeSamples(recorded(1000, 1100)));
    past.look([500, 600], 1100, 400);
    await waitFor(() => expect(answers.length).toBe(1));
    past.look([100, 200], 1100, 400);
    await waitFor(() => expect(answers.length).toBe(2));
    answers[1](recorded(0, 300));
    answers[0](recorded(400, 700));
    await waitFor(() => expect(past.columns.time.at(-1)).toBe(300));
    expect(past.isLoading).toBe(false);
  });

  it('says why the past does not come, and what it has stays', async () => {
    const { past, fail } = aLookback();
    fail(new Error('The disk is gone.'));
    past.look([0, 10], 1100, 400);
    await waitFor(() => expect(past.error).toBe('The disk is gone.'));
    expect(past.columns.length).toBe(101);
  });

  it('asks again for what did not come, when somebody looks again', async () => {
    const { past, asked, fail } = aLookback();
    fail(new Error('Too many at once.'));
    past.look([0, 10], 1100, 400);
    await waitFor(() => expect(past.error).toBe('Too many at once.'));
    fail(null);
    past.look([0, 10], 1100, 400);
    await waitFor(() => expect(past.error).toBe(''));
    expect([asked.length, past.columns.time[0]]).toEqual([2, 0]);
  });

  it('holds nothing of a stream without samples, and asks for what was before', async () => {
    const { past, asked } = aLookback();
    past.hold(new FakeSamples());
    expect(past.columns.length).toBe(0);
    past.look([1000, 1060], 1060, 400);
    await waitFor(() => expect(past.columns.length).toBe(121));
    expect(asked).toEqual([[940, 1060, 1200]]);
  });

  it('does not ask for the future, and tells nobody once it is gone', async () => {
    const { past, asked } = aLookback();
    past.look([1100, 1200], 1100, 400);
    past.look([0, 10], 1100, 400);
    past.dispose();
    await pending.rest();
    expect([asked, past.isDisposed]).toEqual([[], true]);
  });
});
