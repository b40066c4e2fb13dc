import { describe, expect, it } from 'vitest';
import { MetricsModel } from '../../../../src/managers/metrics/metrics';
import { FakeLive } from '../../support';

const NO_API = {
  metrics: () => Promise.resolve({}),
  everything: async function* () {
    yield await Promise.resolve({});
  }
};

/** The metrics of a job at which somebody looks. */
function shown(live: FakeLive): MetricsModel {
  const metrics = new MetricsModel(live.asClient, NO_API, 'j1');
  metrics.show();
  return metrics;
}

describe('MetricsModel', () => {
  const topic = 'jobs/j1/metrics';
  const points = (from: number, to: number) => ({
    step: Array.from({ length: to - from }, (_, index) => from + index),
    value: Array.from({ length: to - from }, (_, index) => Math.sin(from + index)),
    time: Array.from({ length: to - from }, (_, index) => from + index)
  });

  it('appends new points to the curves', () => {
    const live = new FakeLive();
    const metrics = shown(live);
    live.say(topic, 2, { series: { loss: points(0, 2) }, cursor: 2 });
    live.say(topic, 5, { series: { loss: points(2, 4), iou: points(0, 1) }, cursor: 5 });
    expect(metrics.series.get('loss')?.step).toEqual(Float64Array.of(0, 1, 2, 3));
    expect([...metrics.series.keys()]).toEqual(['loss', 'iou']);
  });

  it('follows a run that no job made where the server tells of runs', () => {
    const live = new FakeLive();
    const metrics = new MetricsModel(live.asClient, NO_API, 'loose', 'runs');
    metrics.show();
    live.say('jobs/loose/metrics', 1, { series: { wrong: points(0, 1) }, cursor: 1 });
    live.say('runs/loose/metrics', 2, { series: { loss: points(0, 2) }, cursor: 2 });
    expect([...metrics.series.keys()]).toEqual(['loss']);
  });

  it('says why some of it cannot be read', () => {
    const live = new FakeLive();
    const metrics = shown(live);
    live.say(topic, 0, { series: {}, trouble: 'locked' });
    expect(metrics.trouble).toBe('locked');
    live.say(topic, 2, { series: { loss: points(0, 2) }, reset: true });
    expect(metrics.trouble).toBe('');
  });

  it('keeps values that are no finite numbers as what they are', () => {
    const live = new FakeLive();
    const metrics = shown(live);
    const value = [1, null, 'Infinity', '-Infinity'];
    live.say(topic, 4, { series: { loss: { step: [0, 1, 2, 3], value, time: [0, 1, 2, 3] } } });
    expect(metrics.series.get('loss')?.value).toEqual(Float64Array.of(1, NaN, Infinity, -Infinity));
  });

  it('bounds its memory and keeps the peaks', () => {
    const live = new FakeLive();
    const metrics = shown(live);
    for (let at = 0; at < 100_000; at += 1000) {
      const delta = points(at, at + 1000);
      if (at === 3000) {
        delta.value[500] = 99;
      }
      live.say(topic, at + 1000, { series: { loss: delta }, cursor: at + 1000 });
    }
    const { step, value } = metrics.series.get('loss')!;
    expect(step.length).toBeLessThanOrEqual(20_000);
    expect(step.at(-1)).toBe(99_999);
    expect(Math.max(...value)).toBe(99);
    expect(step.slice().sort()).toEqual(step);
  });

  // proves: training.interval, live.period
  it('comes as often as the fastest of its views needs it, from where it is', () => {
    const live = new FakeLive();
    const metrics = new MetricsModel(live.asClient, NO_API, 'j1');
    const slow = metrics.show(30);
    live.say(topic, 7, { series: {}, cursor: 7 });
    const quick = metrics.show(5);
    quick.change({ period: 1 });
    quick.dispose();
    slow.change({ period: 30 });
    expect(live.commands.filter(command => 'subscribe' in command)).toEqual(
      [null, 7, 7, 7].map((since, at) => ({
        subscribe: topic,
        packed: true,
        since,
        period: [30, 5, 1, 30][at]
      }))
    );
  });

  it('begins anew when its run was written anew', () => {
    const live = new FakeLive();
    const metrics = shown(live);
    live.say(topic, 4, { series: { loss: points(0, 4), old: points(0, 1) }, cursor: 4 }, 'a');
    const before = metrics.series.get('loss');
    const { shape } = metrics;
    live.say(topic, 1, { series: { loss: points(0, 1) }, cursor: 1, reset: true }, 'b');
    expect([...metrics.series.keys()]).toEqual(['loss']);
    expect(metrics.series.get('loss')).not.toBe(before);
    expect(metrics.series.get('loss')).toHaveLength(1);
    expect(metrics.shape).toBeGreaterThan(shape);
  });

  it('keeps its shape while only points are added', () => {
    const live = new FakeLive();
    const metrics = shown(live);
    live.say(topic, 2, { series: { loss: points(0, 2) }, cursor: 2 });
    const { shape } = metrics;
    live.say(topic, 3, { series: { loss: points(2, 3) }, cursor: 3 });
    expect(metrics.shape).toBe(shape);
    live.say(topic, 3, { series: {}, cursor: 3, ended: true });
    expect(metrics.shape).toBeGreaterThan(shape);
    expect(metrics.isEnded).toBe(true);
  });

  it('gives a view that comes late what is known at once', () => {
    const live = new FakeLive();
    shown(live);
    live.say(topic, 2, { series: { loss: points(0, 2) }, cursor: 2 });
    const late = new MetricsModel(live.asClient, NO_API, 'j1');
    expect(late.isReady).toBe(true);
    expect(late.series.get('loss')).toHaveLength(2);
  });
});
