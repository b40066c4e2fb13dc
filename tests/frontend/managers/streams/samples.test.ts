import { describe, expect, it } from 'vitest';
import { SamplesModel } from '../../../../src/managers/streams/samples';
import { FakeLive } from '../../support';
import { aLine } from '../../streams';

const TOPIC = 'streams/line1';

function shown(live: FakeLive, now = () => 5000): SamplesModel {
  const samples = new SamplesModel(live.asClient, 'line1', now);
  samples.show();
  return samples;
}

function say(live: FakeLive, first: number, count: number, more: object = {}, epoch = 'a'): void {
  const seq = first + count - 1;
  live.say(TOPIC, seq, { columns: aLine(count, first), seq, ...more }, epoch);
}

describe('SamplesModel', () => {
  // proves: monitor.late, monitor.appends
  it('begins with the window, and then takes what is new only', () => {
    const live = new FakeLive();
    const samples = shown(live);
    expect([samples.isReady, samples.length, samples.heard]).toEqual([false, 0, 0]);
    say(live, 501, 1000);
    expect([samples.isReady, samples.length, samples.seq[0]]).toEqual([true, 1000, 501]);
    say(live, 1501, 3);
    expect([samples.length, samples.seq[0], samples.seq.at(-1)]).toEqual([1000, 504, 1503]);
    expect(samples.version).toBe(2);
  });

  // proves: monitor.resume
  it('asks after a cut for what comes after its last sample, and has each once', () => {
    const live = new FakeLive();
    const samples = shown(live);
    say(live, 1, 20);
    live.coordinator.closed();
    live.coordinator.opened();
    expect(live.commands.at(-1)).toEqual({ subscribe: TOPIC, since: 20, period: null, epoch: 'a' });
    say(live, 21, 30);
    say(live, 51, 1);
    expect([...samples.seq]).toEqual(Array.from({ length: 51 }, (_, at) => at + 1));
    expect(samples.missed).toBe(0);
  });

  it('begins anew when the stream was numbered anew', () => {
    const live = new FakeLive();
    const samples = shown(live);
    say(live, 1, 20, { trouble: 'A file is torn.' });
    say(live, 1, 4, { reset: true }, 'b');
    expect([...samples.seq]).toEqual([1, 2, 3, 4]);
    expect(samples.trouble).toBe('');
  });

  it('takes no word of trouble for samples', () => {
    const live = new FakeLive();
    const samples = shown(live, () => 7000);
    say(live, 1, 20);
    live.say(TOPIC, 20, { trouble: 'A file is torn.' }, 'a');
    expect([samples.trouble, samples.length]).toEqual(['A file is torn.', 20]);
    say(live, 21, 1, { trouble: '' });
    expect([samples.trouble, samples.length]).toEqual(['', 21]);
  });

  it('knows when samples came last', () => {
    const live = new FakeLive();
    let now = 1000;
    const samples = shown(live, () => now);
    say(live, 1, 2);
    now = 9000;
    live.say(TOPIC, 2, { trouble: 'slow' }, 'a');
    expect(samples.heard).toBe(1000);
    say(live, 3, 1);
    expect(samples.heard).toBe(9000);
  });

  it('keeps as many as the window of the stream has', () => {
    const live = new FakeLive();
    const samples = shown(live);
    samples.keep(3000);
    say(live, 1, 2500);
    say(live, 2501, 1000);
    expect(samples.length).toBe(3000);
  });

  // proves: monitor.period
  it('comes as often as it is asked for', () => {
    const live = new FakeLive();
    const samples = new SamplesModel(live.asClient, 'line1');
    expect(live.commands).toEqual([]);
    const follower = samples.show(0.5);
    follower.change({ period: 5 });
    follower.change({ period: null });
    const periods = live.commands.flatMap(one => ('subscribe' in one ? [one.period] : []));
    expect(periods).toEqual([0.5, 5, null]);
  });

  it('says why the server refuses it', () => {
    const live = new FakeLive();
    const samples = shown(live);
    live.refuse(TOPIC, 'There is no such stream.');
    expect(samples.error).toBe('There is no such stream.');
  });
});
