import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../../../src/api';
import { LogModel } from '../../../../src/managers/logs/log';
import { FakeLive, fakeServer, json } from '../../support';

function text(log: LogModel): string[] {
  return Array.from({ length: log.length }, (_, index) => log.line(index));
}

describe('LogModel', () => {
  const topic = 'jobs/j1/log';
  const make = (answer = () => new Response('')) => {
    const live = new FakeLive();
    const server = fakeServer(answer);
    const log = new LogModel(new ApiClient(server.settings), live.asClient, 'j1');
    log.show();
    return { live, log, asked: server.asked };
  };

  it('appends what comes and knows the end', () => {
    const { live, log } = make();
    live.say(topic, 6, { text: 'hello\n', start: 0, end: 6 });
    live.say(topic, 12, { text: 'world\n', start: 6, end: 12 });
    expect(text(log)).toEqual(['hello', 'world']);
    expect(log.isEnded).toBe(false);
    live.say(topic, 13, { text: '', start: 13, end: 13, ended: true });
    expect(log.isEnded).toBe(true);
  });

  it('keeps why it cannot be read until it can again', () => {
    const { live, log } = make();
    live.say(topic, 0, { text: '', start: 0, end: 0, trouble: 'a pipe' });
    expect(log.trouble).toBe('a pipe');
    live.say(topic, 2, { text: 'a\n', start: 0, end: 2 });
    expect(log.trouble).toBe('a pipe');
    live.say(topic, 2, { text: '', start: 2, end: 2, trouble: '' });
    expect(log.trouble).toBe('');
  });

  // proves: machine.log-cap
  it('says how many bytes were left out', () => {
    const { live, log } = make();
    live.say(topic, 5, { text: 'one\n', start: 0, end: 4 });
    live.say(topic, 1000, { text: 'two\n', start: 996, end: 1000, gap: true });
    expect(text(log).join(' ')).toContain('992 bytes left out');
  });

  it('loads what lies before its first part', async () => {
    const lines = [
      { at: 0, text: 'first', time: 100 },
      { at: 6, text: 'second', time: null },
      { at: 13, text: 'last', time: 102 }
    ];
    const { live, log, asked } = make(() => json({ lines, start: 0, end: 18, size: 18 }));
    live.say(topic, 18, { text: 'last\n', start: 13, end: 18, times: [[13, 102]] });
    expect([log.start, log.end, log.size]).toEqual([13, 18, 18]);
    const loading = log.loadEarlier();
    expect(log.isLoadingEarlier).toBe(true);
    await loading;
    expect(asked[0].query).toBe('?at=13&before=5000&after=1');
    expect(text(log)).toEqual(['first', 'second', 'last']);
    expect([0, 1, 2].map(index => log.time(index))).toEqual([100, 100, 102]);
    expect(log.start).toBe(0);
    await log.loadEarlier();
    expect(asked).toHaveLength(1);
  });

  it('knows when each line was printed, as far as it was told', () => {
    const { live, log } = make();
    live.say(topic, 4, { text: 'a\nb\n', start: 0, end: 4, times: [[2, 50.5]] });
    live.say(topic, 8, { text: 'c\nd\n', start: 4, end: 8 });
    live.say(topic, 12, { text: 'e\nf\n', start: 8, end: 12, times: [[8, 60]] });
    expect([0, 1, 2, 3, 4, 5].map(index => log.time(index))).toEqual([
      null,
      50.5,
      50.5,
      50.5,
      60,
      60
    ]);
  });

  it('has what came, and not what was left out', () => {
    const { live, log } = make();
    live.say(topic, 4, { text: 'one\n', start: 96, end: 100 });
    live.say(topic, 204, { text: 'two\n', start: 200, end: 204, gap: true });
    expect([95, 96, 99, 100, 199, 200, 203, 204].map(at => log.has(at))).toEqual([
      false,
      true,
      true,
      false,
      false,
      true,
      true,
      false
    ]);
  });

  // proves: training.log-anywhere
  it('opens at any place, and grows there at both ends', async () => {
    const raw = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) => ({
        at: 10 * (from + n),
        text: `line ${from + n}`,
        time: from + n
      }));
    const answers = [
      json({ lines: raw(50, 60), start: 500, end: 600, size: 1000 }),
      json({ lines: raw(40, 51), start: 400, end: 510, size: 1000 }),
      json({ lines: raw(60, 70), start: 600, end: 700, size: 1000 }),
      json({ message: 'The log is gone.' }, 404)
    ];
    const { log, asked } = make(() => answers.shift()!);
    const excerpt = await log.excerpt(555);
    const shown = () => Array.from({ length: excerpt.length }, (_, n) => excerpt.line(n));
    expect(shown()).toEqual(raw(50, 60).map(({ text: one }) => one));
    expect([excerpt.at(5), excerpt.time(5), excerpt.has(599), excerpt.has(600)]).toEqual([
      550,
      55,
      true,
      false
    ]);
    const key = excerpt.key(0);
    await excerpt.loadEarlier();
    await excerpt.loadLater();
    expect(shown()).toEqual(raw(40, 70).map(({ text: one }) => one));
    expect([excerpt.start, excerpt.end, excerpt.key(10)]).toEqual([400, 700, key]);
    await excerpt.loadLater();
    expect(excerpt.trouble).toBe('The log is gone.');
    expect(asked.map(({ query }) => query.slice(1))).toEqual([
      'at=555&before=1000&after=1000',
      'at=500&before=1000&after=1',
      'at=600&before=0&after=1000',
      'at=700&before=0&after=1000'
    ]);
  });

  it('keeps no more of a place than some thousands of lines', async () => {
    const raw = (from: number) =>
      Array.from({ length: 5000 }, (_, n) => ({ at: from + 2 * n, text: 'x', time: null }));
    let end = 100_000;
    const answer = (): Response => {
      const lines = raw(end);
      end += 10_000;
      return json({ lines, start: lines[0].at, end, size: 10 ** 9 });
    };
    const { log } = make(answer);
    const excerpt = await log.excerpt(100_000);
    for (let turn = 0; turn < 10; turn++) {
      await excerpt.loadLater();
    }
    expect(excerpt.length).toBe(20_000);
    expect([excerpt.at(0), excerpt.start, excerpt.end]).toEqual([end - 40_000, end - 40_000, end]);
  });

  it('searches on the server, and looks for errors there', async () => {
    const { signal } = new AbortController();
    const matches = [{ at: 4, places: [[0, 2]], text: 'ab' }];
    const errors = [{ at: 9, kind: 'error', text: 'E' }];
    const answers = [
      json({ matches, next: 20, whole: 20, size: 50 }),
      json({ errors, next: null, whole: 50, size: 50 })
    ];
    const { log } = make(() => answers.shift()!);
    const query = { text: 'ab', regex: false, matchCase: true };
    expect(await log.search(query, 0, signal)).toEqual({ found: matches, next: 20, whole: 20 });
    expect(await log.errors(0, signal)).toEqual({ found: errors, next: null, whole: 50 });
  });

  it('says in the log why earlier lines could not be loaded', async () => {
    const { live, log } = make(() => json({ message: 'The log is gone.' }, 404));
    live.say(topic, 100, { text: 'x\n', start: 98, end: 100 });
    await log.loadEarlier();
    expect(text(log)).toContain('The log is gone.');
    expect(log.isLoadingEarlier).toBe(false);
  });

  it('begins anew when the log does, and numbers no line twice', () => {
    const { live, log } = make();
    live.say(topic, 8, { text: 'one\ntwo\n', start: 0, end: 8 }, 'a');
    const keys = [log.key(0), log.key(1)];
    const before = log.beginnings;
    live.say(topic, 6, { text: 'three\n', start: 0, end: 6, reset: true }, 'b');
    live.say(topic, 11, { text: 'four\n', start: 6, end: 11 }, 'b');
    expect(text(log)).toEqual(['three', 'four']);
    expect(keys).not.toContain(log.key(0));
    expect(log.start).toBe(0);
    expect(log.beginnings).toBe(before + 1);
  });

  it('drops an earlier piece of a log that began anew meanwhile', async () => {
    const lines = [{ at: 0, text: 'of the old log', time: null }];
    const { live, log } = make(() => json({ lines, start: 0, end: 96, size: 100 }));
    live.say(topic, 100, { text: 'old\n', start: 96, end: 100 }, 'a');
    const loading = log.loadEarlier();
    live.say(topic, 4, { text: 'new\n', start: 0, end: 4, reset: true }, 'b');
    await loading;
    expect(text(log)).toEqual(['new']);
    expect(log.isLoadingEarlier).toBe(false);
  });

  it('is followed only while it is shown, and then goes on where it was', () => {
    const live = new FakeLive();
    const log = new LogModel(
      new ApiClient(fakeServer(() => json({})).settings),
      live.asClient,
      'j1'
    );
    expect(live.commands).toEqual([]);
    const [first, second] = [log.show(5), log.show()];
    live.say(topic, 4, { text: 'one\n', start: 0, end: 4 }, 'a');
    first.dispose();
    second.dispose();
    live.say(topic, 8, { text: 'two\n', start: 4, end: 8 }, 'a');
    expect(text(log)).toEqual(['one']);
    log.show();
    live.say(topic, 8, { text: 'two\n', start: 4, end: 8 }, 'a');
    expect(text(log)).toEqual(['one', 'two']);
    expect(live.commands).toEqual([
      { subscribe: topic, since: null, period: 5 },
      { unsubscribe: topic },
      { subscribe: topic, since: null, period: null },
      { unsubscribe: topic },
      { subscribe: topic, since: 4, period: null, epoch: 'a' }
    ]);
  });
});
