import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { IFollower, INeed } from '../../../../src/api';
import { Coordinator, TableFold, ValueFold } from '../../../../src/api';
import type { Command, IFrame } from '../../../../src/api/live/frames';
import { keyOf } from '../../../../src/api/live/packed';

let sent: Command[];
let demands: boolean[];
let coordinator: Coordinator;

beforeEach(() => {
  sent = [];
  demands = [];
  coordinator = new Coordinator({
    send: command => sent.push(command),
    onDemand: isNeeded => demands.push(isNeeded)
  });
});

function follow(
  topic: string,
  need: Partial<INeed> = {}
): { got: unknown[]; errors: string[]; follower: IFollower } {
  const got: unknown[] = [];
  const errors: string[] = [];
  const follower = coordinator.follow(topic, {
    fold: () => new ValueFold<unknown>(),
    need,
    onData: ({ value }) => got.push(value),
    onError: error => errors.push(error.message)
  });
  return { got, errors, follower };
}

const say = (topic: string, seq: number, data: unknown, more: Partial<IFrame> = {}): void =>
  coordinator.receive({ topic, seq, data, ...more });
const left = (topic: string): void => coordinator.receive({ topic, left: true });

describe('Coordinator', () => {
  // proves: live.coordinator
  it('follows a topic once, however many ask for it, until the last lets go', () => {
    coordinator.opened();
    const [first, second] = [follow('jobs'), follow('jobs')];
    say('jobs', 1, 'a');
    first.follower.dispose();
    say('jobs', 2, 'b');
    second.follower.dispose();
    expect(sent).toEqual([
      { subscribe: 'jobs', since: null, period: null },
      { unsubscribe: 'jobs' }
    ]);
    expect([first.got, second.got]).toEqual([['a'], ['a', 'b']]);
    expect(coordinator.topics).toEqual([]);
  });

  it('gives a late follower the state at once, and the error where there is one', () => {
    coordinator.opened();
    follow('jobs');
    say('jobs', 1, 'a');
    expect(follow('jobs').got).toEqual(['a']);
    const error = { message: 'Gone.', reason: 'Not found', code: 'not_found', details: {} };
    coordinator.receive({ topic: 'jobs', error });
    expect(follow('jobs')).toMatchObject({ got: ['a'], errors: ['Gone.'] });
    say('jobs', 2, 'b');
    expect(follow('jobs')).toMatchObject({ got: ['b'], errors: [] });
  });

  it('asks as often as the fastest of its visible followers needs', () => {
    coordinator.opened();
    const slow = follow('jobs', { period: 30 });
    const quick = follow('jobs', { period: 1 });
    left('jobs');
    const live = follow('jobs', { period: null, isVisible: false });
    live.follower.change({ isVisible: true });
    left('jobs');
    live.follower.dispose();
    quick.follower.dispose();
    slow.follower.change({ period: 30 });
    const periods = sent.flatMap(command => ('subscribe' in command ? [command.period] : []));
    expect(periods).toEqual([30, 1, null, 1, 30]);
  });

  // proves: live.coordinator
  it('keeps the state and the place of a topic that only hidden views need', () => {
    coordinator.opened();
    const { got, follower } = follow('jobs');
    say('jobs', 7, 'seven');
    follower.change({ isVisible: false });
    left('jobs');
    say('jobs', 8, 'not asked for');
    expect(follow('jobs', { isVisible: false }).got).toEqual(['seven']);
    follower.change({ isVisible: true });
    say('jobs', 9, 'nine');
    expect(got).toEqual(['seven', 'nine']);
    expect(sent.at(-1)).toEqual({ subscribe: 'jobs', since: 7, period: null });
  });

  it('leaves what a hidden page does not need in the background', () => {
    coordinator.opened();
    follow('jobs', { inBackground: true });
    follow('models');
    sent.splice(0);
    coordinator.isPageVisible = false;
    coordinator.isPageVisible = false;
    expect(sent).toEqual([{ unsubscribe: 'models' }]);
    coordinator.isPageVisible = true;
    expect(sent.at(-1)).toEqual({ subscribe: 'models', since: null, period: null });
  });

  it('says when a socket is needed, and when none is any more', () => {
    const first = follow('jobs', { isVisible: false });
    expect(demands).toEqual([]);
    const second = follow('models');
    first.follower.change({ isVisible: true });
    second.follower.dispose();
    expect(demands).toEqual([true]);
    first.follower.dispose();
    expect(demands).toEqual([true, false]);
    expect(sent).toEqual([]);
  });

  it('asks on each new socket for what is needed then, from where it is', () => {
    const jobs = follow('jobs');
    const models = follow('models');
    coordinator.opened();
    say('jobs', 3, 'c');
    coordinator.closed();
    models.follower.dispose();
    sent.splice(0);
    coordinator.opened();
    expect(sent).toEqual([{ subscribe: 'jobs', since: 3, period: null }]);
    say('jobs', 4, 'd');
    expect(jobs.got).toEqual(['c', 'd']);
  });

  it('never hands what was on its way to a former follower to the next one', () => {
    coordinator.opened();
    const first = follow('jobs/1/log');
    say('jobs/1/log', 10, 'all so far');
    first.follower.dispose();
    const second = follow('jobs/1/log');
    say('jobs/1/log', 12, 'late');
    left('jobs/1/log');
    say('jobs/1/log', 12, 'all so far, and what came late');
    say('jobs/1/log', 13, 'more');
    expect(first.got).toEqual(['all so far']);
    expect(second.got).toEqual(['all so far, and what came late', 'more']);
  });

  it('waits for as many goodbyes as it said, and forgets them with the socket', () => {
    coordinator.opened();
    follow('a').follower.dispose();
    follow('a').follower.dispose();
    const { got } = follow('a');
    left('a');
    say('a', 1, 'of the second');
    left('a');
    say('a', 2, 'of the third');
    expect(got).toEqual(['of the third']);
    follow('b').follower.dispose();
    const b = follow('b');
    coordinator.closed();
    coordinator.opened();
    say('b', 1, 'first');
    expect(b.got).toEqual(['first']);
  });

  it('takes nothing twice when it asks anew for another period', () => {
    coordinator.opened();
    const { got, follower } = follow('jobs/1/metrics');
    say('jobs/1/metrics', 10, 'ten');
    follower.change({ period: 30 });
    say('jobs/1/metrics', 12, 'on its way when it was asked anew');
    left('jobs/1/metrics');
    say('jobs/1/metrics', 14, 'eleven to fourteen');
    expect(got).toEqual(['ten', 'eleven to fourteen']);
  });

  it('spoils no topic and no follower by one that fails', () => {
    const complain = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    coordinator.opened();
    coordinator.follow('jobs', {
      fold: () => new ValueFold<unknown>(),
      onData: () => {
        throw new Error('a view that fails');
      }
    });
    const { got } = follow('jobs');
    say('jobs', 1, 'a');
    expect(got).toEqual(['a']);
    expect(complain).toHaveBeenCalledOnce();
    complain.mockRestore();
  });

  it('forgets everything when it is cleared', () => {
    coordinator.opened();
    const { got } = follow('jobs');
    coordinator.clear();
    say('jobs', 1, 'a');
    expect(got).toEqual([]);
  });
});

describe('TableFold', () => {
  it('takes over all rows, changes and removals', () => {
    type Data = {
      rows?: { id: string; n: number }[];
      row?: { id: string; n: number };
      gone?: string;
    };
    const table = new TableFold<{ id: string; n: number }, Data>(
      row => row.id,
      ({ rows, row, gone }) => ({ whole: rows, changed: row, deleted: gone })
    );
    table.take({
      rows: [
        { id: 'a', n: 1 },
        { id: 'b', n: 1 }
      ]
    });
    table.take({ row: { id: 'a', n: 2 } });
    table.take({ gone: 'b' });
    table.take({ gone: 'never there' });
    expect([...table.rows.values()]).toEqual([{ id: 'a', n: 2 }]);
    table.take({ rows: [] });
    expect(table.rows.size).toBe(0);
  });

  // proves: columns.wire
  it('asks for few bytes where the fold takes them, and knows the topic by its key', () => {
    coordinator.opened();
    const fold = () => new ValueFold<unknown>();
    const options = { fold, onData: () => undefined, isPacked: true };
    const follower = coordinator.follow('jobs/one/metrics', options);
    expect(sent).toEqual([
      { subscribe: 'jobs/one/metrics', since: null, period: null, packed: true }
    ]);
    expect(coordinator.topicOf(keyOf('jobs/one/metrics'))).toBe('jobs/one/metrics');
    follower.dispose();
    expect(coordinator.topicOf(keyOf('jobs/one/metrics'))).toBeUndefined();
  });

  it('asks for the second of two topics with one key as text', () => {
    const [first, second] = ['plumless', 'buckeroo']; // two words with one CRC-32
    expect(keyOf(first)).toBe(keyOf(second));
    coordinator.opened();
    const options = {
      fold: () => new ValueFold<unknown>(),
      onData: () => undefined,
      isPacked: true
    };
    [first, second].forEach(topic => coordinator.follow(topic, options));
    expect(sent).toEqual([
      { subscribe: first, since: null, period: null, packed: true },
      { subscribe: second, since: null, period: null }
    ]);
    expect(coordinator.topicOf(keyOf(first))).toBe(first);
  });

  // proves: columns.period
  it('asks for news once an epoch, unless somebody wants them more often', () => {
    coordinator.opened();
    follow('curves', { period: 'epoch' });
    const quick = follow('curves', { period: 5 });
    quick.follower.dispose();
    const asked = sent.filter(command => 'subscribe' in command);
    expect(asked.map(command => 'period' in command && command.period)).toEqual([
      'epoch',
      5,
      'epoch'
    ]);
  });
});
