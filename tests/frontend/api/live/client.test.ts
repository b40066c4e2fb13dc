import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IFollower, INeed, LiveState } from '../../../../src/api';
import { LiveClient, ValueFold } from '../../../../src/api';
import { FakeSocket, fakeServer, json } from '../../support';

let live: LiveClient;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.made = [];
  const { settings, asked } = fakeServer(() => json({}));
  live = new LiveClient(settings);
  expect(asked).toEqual([]);
});

afterEach(() => {
  live.dispose();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Follow a topic and collect what comes. */
function follow(
  topic: string,
  need: Partial<INeed> = {}
): { got: unknown[]; errors: string[]; follower: IFollower } {
  const got: unknown[] = [];
  const errors: string[] = [];
  const follower = live.follow(topic, {
    fold: () => new ValueFold<unknown>(),
    need,
    onData: ({ value }) => got.push(value),
    onError: error => errors.push(error.message)
  });
  return { got, errors, follower };
}

/** The socket opens, and the page has asked for its heartbeat. */
function open(): FakeSocket {
  FakeSocket.last.onopen?.();
  expect(FakeSocket.last.sent[0]).toEqual({ heartbeat: 2 });
  return FakeSocket.last;
}

const subscriptions = (socket: FakeSocket): unknown[] =>
  socket.sent.flatMap(command => ('subscribe' in command ? [command] : []));

function seeing(isHidden: boolean): void {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(isHidden);
  document.dispatchEvent(new Event('visibilitychange'));
}

describe('LiveClient', () => {
  it('opens one socket for all topics, when the first is followed', () => {
    expect(live.state).toBe('idle');
    expect(FakeSocket.made).toHaveLength(0);
    follow('jobs');
    follow('models');
    expect(FakeSocket.made).toHaveLength(1);
    expect(FakeSocket.last.url).toBe('ws://here/base/crispdm/api/live');
    open();
    expect(live.state).toBe('open');
    expect(FakeSocket.last.sent.slice(1)).toEqual([
      { subscribe: 'jobs', since: null, period: null },
      { subscribe: 'models', since: null, period: null }
    ]);
  });

  // proves: machine.page-lost
  it('hands each message to its topic, in order, none twice', () => {
    const jobs = follow('jobs');
    const models = follow('models');
    const socket = open();
    socket.say('jobs', 5, 'a');
    socket.say('jobs', 6, 'b');
    socket.say('jobs', 6, 'b');
    socket.say('jobs', 5, 'a');
    socket.say('models', 1, 'm');
    socket.say('unknown', 1, 'x');
    expect(jobs.got).toEqual(['a', 'b']);
    expect(models.got).toEqual(['m']);
  });

  it('is not spoilt by what is no frame', () => {
    const { got } = follow('jobs');
    const socket = open();
    for (const data of ['', '{', '[]', 'null', '7', '{"heartbeat":true}', '{"topic":7}']) {
      socket.onmessage?.({ data });
    }
    socket.say('jobs', 1, 'a');
    expect(got).toEqual(['a']);
  });

  // proves: work.reconnect, live.resume
  it('goes on after a loss from the last message', () => {
    const { got } = follow('jobs', { period: 5 });
    open().say('jobs', 41, 'a');
    FakeSocket.last.onclose?.({ code: 1006 });
    expect(live.state).toBe('lost');
    vi.advanceTimersByTime(1000);
    expect(FakeSocket.made).toHaveLength(2);
    const socket = open();
    expect(subscriptions(socket)).toEqual([{ subscribe: 'jobs', since: 41, period: 5 }]);
    socket.say('jobs', 42, 'b');
    expect(got).toEqual(['a', 'b']);
    expect(live.state).toBe('open');
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
  it('tells a loss within five seconds although no socket closes', () => {
    const states: LiveState[] = [];
    live.stateChanged.connect((_, state) => states.push(state), states);
    follow('jobs');
    open();
    vi.advanceTimersByTime(4400);
    expect(live.state).toBe('open');
    vi.advanceTimersByTime(599);
    expect(states).toEqual(['connecting', 'open', 'lost']);
    expect(FakeSocket.made[0].isClosed).toBe(true);
  });

  // proves: live.heartbeat
  it('keeps a quiet socket on which the server says that it is there, and asks nothing itself', () => {
    follow('jobs');
    const socket = open();
    for (let beat = 0; beat < 60; beat++) {
      vi.advanceTimersByTime(2000);
      socket.onmessage?.({ data: '{"heartbeat":true}' });
    }
    expect(live.state).toBe('open');
    expect(FakeSocket.made).toHaveLength(1);
    expect(socket.sent).toHaveLength(2);
  });

  it('takes any message for a sign of life', () => {
    follow('jobs');
    const socket = open();
    for (let seq = 0; seq < 10; seq++) {
      vi.advanceTimersByTime(4000);
      socket.say('jobs', seq, 'a');
    }
    expect(live.state).toBe('open');
  });

  it('gives a handshake up that is never answered, and leaves the next one more time', () => {
    follow('jobs');
    const lives: number[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      const begun = Date.now();
      const socket = FakeSocket.last;
      while (!socket.isClosed) {
        vi.advanceTimersByTime(100);
      }
      lives.push(Date.now() - begun);
      while (FakeSocket.last === socket) {
        vi.advanceTimersByTime(100);
      }
    }
    expect(lives[0]).toBeLessThan(5000);
    expect(lives[2]).toBeGreaterThan(lives[0]);
  });

  it('does not blame the server when the page itself stood still', () => {
    follow('jobs');
    open();
    const now = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
    vi.advanceTimersByTime(4500);
    expect(live.state).toBe('open');
    now.mockRestore();
  });

  it('doubts no socket while nobody looks, and soon when somebody does again', () => {
    follow('jobs', { inBackground: true });
    open();
    seeing(true);
    vi.advanceTimersByTime(600_000);
    expect(live.state).toBe('open');
    seeing(false);
    vi.advanceTimersByTime(4400);
    expect(live.state).toBe('open');
    vi.advanceTimersByTime(600);
    expect(live.state).toBe('lost');
  });

  it('ignores a dead socket that speaks after it was given up', () => {
    const { got } = follow('jobs');
    const first = open();
    window.dispatchEvent(new Event('offline'));
    expect(live.state).toBe('lost');
    window.dispatchEvent(new Event('online'));
    open();
    first.say('jobs', 9, 'ghost');
    first.onclose?.({ code: 1006 });
    expect(got).toEqual([]);
    expect(live.state).toBe('open');
  });

  it('stops trying when the session ended, until asked', () => {
    follow('jobs');
    open().onclose?.({ code: 4401 });
    expect(live.state).toBe('refused');
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.made).toHaveLength(1);
    live.reconnect();
    expect(FakeSocket.made).toHaveLength(2);
  });

  it('tells the follower what the server refuses', () => {
    const { got, errors } = follow('users');
    const error = { message: 'Not for you.', reason: 'Forbidden', code: 'forbidden' };
    open().onmessage?.({ data: JSON.stringify({ topic: 'users', error }) });
    expect(errors).toEqual(['Not for you.']);
    expect(got).toEqual([]);
  });

  it('closes the socket when nobody follows any more, and opens it again', () => {
    const { follower } = follow('jobs');
    const socket = open();
    follower.dispose();
    follower.dispose();
    expect(socket.sent.at(-1)).toEqual({ unsubscribe: 'jobs' });
    expect(socket.isClosed).toBe(true);
    expect(live.state).toBe('idle');
    follow('jobs');
    expect(FakeSocket.made).toHaveLength(2);
  });

  it('leaves what only a hidden page needed, and has it right when the page is seen again', () => {
    const jobs = follow('jobs', { inBackground: true });
    const log = follow('jobs/1/log');
    const socket = open();
    socket.say('jobs/1/log', 4, 'four');
    seeing(true);
    vi.advanceTimersByTime(5000);
    seeing(false);
    vi.advanceTimersByTime(2000);
    socket.onmessage?.({ data: '{"heartbeat":true}' });
    expect(socket.sent).toHaveLength(3);
    seeing(true);
    vi.advanceTimersByTime(10_000);
    expect(socket.sent.at(-1)).toEqual({ unsubscribe: 'jobs/1/log' });
    socket.onmessage?.({ data: JSON.stringify({ topic: 'jobs/1/log', left: true }) });
    socket.say('jobs', 1, 'told also now');
    expect(jobs.got).toEqual(['told also now']);
    seeing(false);
    expect(socket.sent.at(-1)).toEqual({ subscribe: 'jobs/1/log', since: 4, period: null });
    socket.say('jobs/1/log', 5, 'five');
    expect(log.got).toEqual(['four', 'five']);
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
