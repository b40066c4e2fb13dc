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
    const { live, log, asked } = make(() => new Response('first\nsec'));
    live.say(topic, 100, { text: 'ond\nlast\n', start: 9, end: 18 });
    expect(log.earlier).toBe(9);
    const loading = log.loadEarlier();
    expect(log.isLoadingEarlier).toBe(true);
    await loading;
    expect(asked[0].headers.get('Range')).toBe('bytes=0-8');
    expect(text(log)).toEqual(['first', 'second', 'last']);
    expect(log.earlier).toBe(0);
    await log.loadEarlier();
    expect(asked).toHaveLength(1);
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
    live.say(topic, 6, { text: 'three\n', start: 0, end: 6, reset: true }, 'b');
    live.say(topic, 11, { text: 'four\n', start: 6, end: 11 }, 'b');
    expect(text(log)).toEqual(['three', 'four']);
    expect(keys).not.toContain(log.key(0));
    expect(log.earlier).toBe(0);
  });

  it('drops an earlier piece of a log that began anew meanwhile', async () => {
    const { live, log } = make(() => new Response('of the old log\n'));
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
