import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../../src/api';
import { LogModel } from '../../../src/managers/logs/log';
import { MetricsModel } from '../../../src/managers/metrics/metrics';
import { FakeLive, fakeServer, json } from '../support';

function text(log: LogModel): string[] {
  return Array.from({ length: log.length }, (_, index) => log.line(index));
}

describe('LogModel', () => {
  const topic = 'jobs/j1/log';
  const make = (answer = () => new Response('')) => {
    const live = new FakeLive();
    const server = fakeServer(answer);
    const log = new LogModel(new ApiClient(server.settings), live.asClient, 'j1');
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
});

describe('MetricsModel', () => {
  const topic = 'jobs/j1/metrics';
  const points = (from: number, to: number) => ({
    step: Array.from({ length: to - from }, (_, index) => from + index),
    value: Array.from({ length: to - from }, (_, index) => Math.sin(from + index)),
    time: Array.from({ length: to - from }, (_, index) => from + index)
  });

  it('appends new points to the curves', () => {
    const live = new FakeLive();
    const metrics = new MetricsModel(live.asClient, 'j1');
    live.say(topic, 2, { series: { loss: points(0, 2) }, cursor: 2 });
    live.say(topic, 5, { series: { loss: points(2, 4), iou: points(0, 1) }, cursor: 5 });
    expect(metrics.series.get('loss')?.step).toEqual([0, 1, 2, 3]);
    expect([...metrics.series.keys()]).toEqual(['loss', 'iou']);
  });

  it('says why some of it cannot be read', () => {
    const live = new FakeLive();
    const metrics = new MetricsModel(live.asClient, 'j1');
    live.say(topic, 0, { series: {}, trouble: 'locked' });
    expect(metrics.trouble).toBe('locked');
  });

  it('keeps values that are no finite numbers as what they are', () => {
    const live = new FakeLive();
    const metrics = new MetricsModel(live.asClient, 'j1');
    const value = [1, null, 'Infinity', '-Infinity'];
    live.say(topic, 4, { series: { loss: { step: [0, 1, 2, 3], value, time: [0, 1, 2, 3] } } });
    expect(metrics.series.get('loss')?.value).toEqual([1, NaN, Infinity, -Infinity]);
  });

  it('bounds its memory and keeps the peaks', () => {
    const live = new FakeLive();
    const metrics = new MetricsModel(live.asClient, 'j1');
    for (let at = 0; at < 100_000; at += 1000) {
      const delta = points(at, at + 1000);
      if (at === 3000) {
        delta.value[500] = 99;
      }
      live.say(topic, at + 1000, { series: { loss: delta }, cursor: at + 1000 });
    }
    const { step, value } = metrics.series.get('loss') ?? { step: [], value: [] };
    expect(step.length).toBeLessThanOrEqual(20_000);
    expect(step.at(-1)).toBe(99_999);
    expect(Math.max(...value)).toBe(99);
    expect([...step].sort((a, b) => a - b)).toEqual(step);
  });

  // proves: training.interval
  it('asks for another period from where it is', () => {
    const live = new FakeLive();
    const metrics = new MetricsModel(live.asClient, 'j1');
    live.say(topic, 7, { series: {}, cursor: 7 });
    metrics.period = 5;
    metrics.period = 5;
    expect(live.commands.slice(1)).toEqual([{ subscribe: topic, since: 7, period: 5 }]);
  });
});
