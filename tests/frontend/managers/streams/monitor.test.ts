import { waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { Monitors } from '../../../../src/managers/streams/monitor';
import { aLine, aMonitor, aStream, FakeSamples, FakeStreams, NOON, partsOf } from '../../streams';

describe('MonitorModel', () => {
  it('shows the window where it lies, and goes along with it', () => {
    const samples = new FakeSamples(aLine(1000));
    const monitor = aMonitor({ samples });
    const before = monitor.shown(400);
    expect(before.columns).toBe(samples);
    expect(before.range).toEqual([NOON - 99.9, NOON]);
    samples.add({ seq: [1001], time: [NOON + 1], value: [0], probability: [0] });
    expect(monitor.shown(400).range).toEqual([samples.time[0], NOON + 1]);
  });

  // proves: monitor.look-back
  it('holds what it showed when it is paused, however much comes', () => {
    const samples = new FakeSamples(aLine(1000));
    const monitor = aMonitor({ samples });
    monitor.pause();
    samples.add(aLine(5000, 1001));
    const { columns, range } = monitor.shown(400);
    expect([monitor.isLive, columns.length, columns.seq[0]]).toEqual([false, 1000, 1]);
    expect(range).toEqual([NOON - 99.9, NOON]);
    monitor.goLive();
    expect(monitor.shown(400).columns).toBe(samples);
  });

  it('asks for the past when it is dragged there', async () => {
    const streams = new FakeStreams();
    streams.recorded = aLine(50);
    const monitor = aMonitor({ streams });
    let told = 0;
    monitor.changed.connect(() => void told++);
    monitor.pan(-300);
    monitor.shown(400);
    await waitFor(() => expect(streams.commands.length).toBe(1));
    const [command, id, from, to, points] = streams.commands[0];
    expect([command, id, points]).toEqual(['history', 'line1', 1200]);
    expect(Number(to) - Number(from)).toBeCloseTo(299.7);
    await waitFor(() => expect(monitor.shown(400).columns.length).toBe(50));
    expect(told).toBeGreaterThan(2);
    expect([monitor.isLoading, monitor.pastError]).toEqual([false, '']);
  });

  it('knows its stream, keeps as many samples as its window has, and gives commands to it', async () => {
    const streams = new FakeStreams();
    const samples = new FakeSamples();
    const monitor = aMonitor({ streams, samples });
    streams.list = [aStream({ window: 4000 })];
    streams.changed.emit();
    expect([monitor.stream?.window, samples.ring.capacity]).toEqual([4000, 4000]);
    await monitor.start();
    await monitor.stop();
    streams.pending.add('line1');
    expect([streams.commands, monitor.isPending]).toEqual([
      [
        ['start', 'line1'],
        ['stop', 'line1']
      ],
      true
    ]);
  });

  it('shows the last minute while there are no samples', () => {
    const monitor = aMonitor({ samples: new FakeSamples() });
    expect(monitor.shown(400).range).toEqual([NOON - 60, NOON]);
    monitor.zoom(0.5);
    expect(monitor.isLive).toBe(true);
  });

  it('hears nothing once it is gone', () => {
    const streams = new FakeStreams();
    const monitor = new Monitors(partsOf({ streams })).open(
      'line1',
      { changes: [], isShared: false },
      () => undefined
    );
    let told = 0;
    monitor.changed.connect(() => void told++);
    monitor.dispose();
    monitor.dispose();
    streams.changed.emit();
    expect([monitor.isDisposed, told]).toEqual([true, 0]);
  });
});
