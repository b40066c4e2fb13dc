import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveState } from '../../../src/api';
import { LiveClient } from '../../../src/api';
import { FakeSocket, fakeServer, json } from '../support';

let live: LiveClient;
let health: () => Promise<void>;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.made = [];
  health = () => Promise.resolve();
  const { settings } = fakeServer(() => json({}));
  live = new LiveClient({ settings, health: () => health() });
});

afterEach(() => {
  live.dispose();
  vi.useRealTimers();
});

/** Follow a topic and collect what comes. */
function follow(topic: string, period: number | null = null) {
  const got: unknown[] = [];
  const errors: string[] = [];
  const subscription = live.subscribe(topic, {
    period,
    onData: data => got.push(data),
    onError: error => errors.push(error.message)
  });
  return { got, errors, subscription };
}

describe('LiveClient', () => {
  it('opens one socket for all topics, when the first is followed', () => {
    expect(live.state).toBe('idle');
    expect(FakeSocket.made).toHaveLength(0);
    follow('jobs');
    follow('models');
    expect(FakeSocket.made).toHaveLength(1);
    expect(FakeSocket.last.url).toBe('ws://here/base/crispdm/api/live');
    FakeSocket.last.onopen?.();
    expect(live.state).toBe('open');
    expect(FakeSocket.last.sent.map(command => command.subscribe)).toEqual(['jobs', 'models']);
  });

  it('refuses a second follower of a topic', () => {
    follow('jobs');
    expect(() => follow('jobs')).toThrow('share its model');
  });

  // proves: machine.page-lost
  it('hands each message to its topic, in order, none twice', () => {
    const jobs = follow('jobs');
    const models = follow('models');
    FakeSocket.last.onopen?.();
    FakeSocket.last.say('jobs', 5, 'a');
    FakeSocket.last.say('jobs', 6, 'b');
    FakeSocket.last.say('jobs', 6, 'b');
    FakeSocket.last.say('jobs', 5, 'a');
    FakeSocket.last.say('models', 1, 'm');
    FakeSocket.last.say('unknown', 1, 'x');
    expect(jobs.got).toEqual(['a', 'b']);
    expect(models.got).toEqual(['m']);
  });

  // proves: work.reconnect, live.resume
  it('goes on after a loss from the last message', () => {
    const { got } = follow('jobs', 5);
    FakeSocket.last.onopen?.();
    FakeSocket.last.say('jobs', 41, 'a');
    FakeSocket.last.onclose?.({ code: 1006 });
    expect(live.state).toBe('lost');
    vi.advanceTimersByTime(1000);
    expect(FakeSocket.made).toHaveLength(2);
    FakeSocket.last.onopen?.();
    expect(FakeSocket.last.sent).toEqual([{ subscribe: 'jobs', since: 41, period: 5 }]);
    FakeSocket.last.say('jobs', 42, 'b');
    expect(got).toEqual(['a', 'b']);
    expect(live.state).toBe('open');
  });

  it('takes the first message of a server that numbers from a lower place', () => {
    const { got } = follow('jobs');
    FakeSocket.last.onopen?.();
    FakeSocket.last.say('jobs', 900, 'old');
    FakeSocket.last.onclose?.({ code: 1006 });
    vi.advanceTimersByTime(1000);
    FakeSocket.last.onopen?.();
    FakeSocket.last.say('jobs', 3, 'new');
    FakeSocket.last.say('jobs', 4, 'newer');
    expect(got).toEqual(['old', 'new', 'newer']);
  });

  it('waits longer after each failure, but never very long', () => {
    follow('jobs');
    const waits: number[] = [];
    for (let attempt = 0; attempt < 12; attempt++) {
      const before = Date.now();
      const made = FakeSocket.made.length;
      FakeSocket.last.onclose?.({ code: 1006 });
      while (FakeSocket.made.length === made) {
        vi.advanceTimersByTime(50);
      }
      waits.push(Date.now() - before);
    }
    expect(waits[0]).toBeLessThan(1000);
    expect(Math.max(...waits)).toBeGreaterThan(4000);
    expect(Math.max(...waits)).toBeLessThan(11_000);
  });

  // proves: machine.page-lost
  it('tells a loss within five seconds although no socket closes', async () => {
    const states: LiveState[] = [];
    live.stateChanged.connect((_, state) => states.push(state), states);
    follow('jobs');
    FakeSocket.last.onopen?.();
    health = () => new Promise((_, reject) => setTimeout(() => reject(new Error('timeout')), 2000));
    await vi.advanceTimersByTimeAsync(4999);
    expect(states).toEqual(['connecting', 'open', 'lost']);
    expect(FakeSocket.made[0].isClosed).toBe(true);
  });

  it('does not doubt a socket that talks', async () => {
    const checks = vi.fn(() => Promise.resolve());
    health = checks;
    follow('jobs');
    FakeSocket.last.onopen?.();
    for (let seq = 1; seq < 10; seq++) {
      await vi.advanceTimersByTimeAsync(1000);
      FakeSocket.last.say('jobs', seq, null);
    }
    expect(checks).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(6100);
    expect(checks.mock.calls.length).toBe(3);
  });

  it('ignores a dead socket that speaks after it was given up', () => {
    const { got } = follow('jobs');
    const first = FakeSocket.last;
    first.onopen?.();
    window.dispatchEvent(new Event('offline'));
    expect(live.state).toBe('lost');
    window.dispatchEvent(new Event('online'));
    FakeSocket.last.onopen?.();
    first.say('jobs', 9, 'ghost');
    first.onclose?.({ code: 1006 });
    expect(got).toEqual([]);
    expect(live.state).toBe('open');
  });

  it('stops trying when the session ended, until asked', () => {
    follow('jobs');
    FakeSocket.last.onopen?.();
    FakeSocket.last.onclose?.({ code: 4401 });
    expect(live.state).toBe('refused');
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.made).toHaveLength(1);
    live.reconnect();
    expect(FakeSocket.made).toHaveLength(2);
  });

  it('tells the follower what the server refuses', () => {
    const { got, errors } = follow('users');
    FakeSocket.last.onopen?.();
    const error = { message: 'Not for you.', reason: 'Forbidden', code: 'forbidden' };
    FakeSocket.last.onmessage?.({ data: JSON.stringify({ topic: 'users', error }) });
    expect(errors).toEqual(['Not for you.']);
    expect(got).toEqual([]);
  });

  // proves: live.period
  it('asks anew when the period changes, and drops what is on its way twice', () => {
    const { got, subscription } = follow('jobs/1/metrics');
    FakeSocket.last.onopen?.();
    FakeSocket.last.say('jobs/1/metrics', 10, 'ten');
    subscription.setPeriod(30);
    expect(FakeSocket.last.sent.at(-1)).toEqual({
      subscribe: 'jobs/1/metrics',
      since: 10,
      period: 30
    });
    FakeSocket.last.say('jobs/1/metrics', 12, 'twelve');
    FakeSocket.last.say('jobs/1/metrics', 12, 'twelve');
    expect(got).toEqual(['ten', 'twelve']);
  });

  it('never hands what was on its way to a former follower to the next one', () => {
    follow('jobs');
    const first = follow('jobs/1/log');
    FakeSocket.last.onopen?.();
    FakeSocket.last.say('jobs/1/log', 10, 'all so far');
    first.subscription.dispose();
    const second = follow('jobs/1/log');
    FakeSocket.last.say('jobs/1/log', 12, 'late');
    FakeSocket.last.onmessage?.({ data: JSON.stringify({ topic: 'jobs/1/log', left: true }) });
    FakeSocket.last.say('jobs/1/log', 12, 'all so far, and what came late');
    FakeSocket.last.say('jobs/1/log', 13, 'more');
    expect(first.got).toEqual(['all so far']);
    expect(second.got).toEqual(['all so far, and what came late', 'more']);
  });

  it('waits for as many goodbyes as it said, and forgets them with the socket', () => {
    follow('jobs');
    const left = { data: JSON.stringify({ topic: 'a', left: true }) };
    follow('a').subscription.dispose();
    FakeSocket.last.onopen?.();
    follow('a').subscription.dispose();
    follow('a').subscription.dispose();
    const { got } = follow('a');
    FakeSocket.last.onmessage?.(left);
    FakeSocket.last.say('a', 1, 'of the second');
    FakeSocket.last.onmessage?.(left);
    FakeSocket.last.say('a', 2, 'of the third');
    expect(got).toEqual(['of the third']);
    follow('b').subscription.dispose();
    FakeSocket.last.onclose?.({ code: 1006 });
    const b = follow('b');
    vi.advanceTimersByTime(1000);
    FakeSocket.last.onopen?.();
    FakeSocket.last.say('b', 1, 'first');
    expect(b.got).toEqual(['first']);
  });

  it('asks for a new period only once it knows where it is: nothing comes twice', () => {
    const { got, subscription } = follow('jobs/1/metrics');
    FakeSocket.last.onopen?.();
    subscription.setPeriod(5);
    expect(FakeSocket.last.sent).toHaveLength(1);
    FakeSocket.last.say('jobs/1/metrics', 10, 'all');
    expect(FakeSocket.last.sent.at(-1)).toEqual({
      subscribe: 'jobs/1/metrics',
      since: 10,
      period: 5
    });
    expect(FakeSocket.last.sent).toHaveLength(2);
    expect(got).toEqual(['all']);
  });

  it('hears the end of a topic, which bears the number of its last message', () => {
    const { got } = follow('jobs/1/log');
    FakeSocket.last.onopen?.();
    FakeSocket.last.say('jobs/1/log', 10, { text: 'a' });
    FakeSocket.last.say('jobs/1/log', 10, { text: '', ended: true });
    expect(got).toEqual([{ text: 'a' }, { text: '', ended: true }]);
  });

  it('hears of trouble with a topic, which bears that number too', () => {
    const { got } = follow('jobs/1/log');
    FakeSocket.last.onopen?.();
    FakeSocket.last.say('jobs/1/log', 10, { text: 'a' });
    FakeSocket.last.say('jobs/1/log', 10, { text: '', trouble: 'a pipe' });
    FakeSocket.last.say('jobs/1/log', 10, { text: '', trouble: '' });
    expect(got).toHaveLength(3);
  });

  it('closes the socket when nobody follows any more, and opens it again', () => {
    const { subscription } = follow('jobs');
    FakeSocket.last.onopen?.();
    subscription.dispose();
    subscription.dispose();
    expect(FakeSocket.last.sent.at(-1)).toEqual({ unsubscribe: 'jobs' });
    expect(FakeSocket.last.isClosed).toBe(true);
    expect(live.state).toBe('idle');
    follow('jobs');
    expect(FakeSocket.made).toHaveLength(2);
  });

  it('lets go of everything when disposed of', () => {
    follow('jobs');
    FakeSocket.last.onclose?.({ code: 1006 });
    live.dispose();
    live.dispose();
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.made).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
