import { beforeEach, describe, expect, it } from 'vitest';
import type { Columns } from '../../../../src/api/streams';
import { SamplesModel } from '../../../../src/managers/streams/samples';
import { Choices } from '../../random';
import { FakeLive } from '../../support';

const TOPIC = 'streams/line1';
const WINDOW = 50;

function columns(from: number, to: number): Columns {
  const seq = Array.from({ length: Math.max(0, to - from) }, (_, at) => from + 1 + at);
  return { seq, time: seq, value: seq.map(at => at * 2), probability: seq.map(() => 0.5) };
}

/** A server whose stream grows; it tells who follows what comes after their place. */
class Server {
  constructor(private readonly _live: FakeLive) {}

  epoch = 'a';
  end = 0;

  /** Some samples more. */
  grow(count: number): void {
    this.end += count;
  }

  /** Number the stream anew, as after its recording was deleted. */
  begin(epoch: string): void {
    this.epoch = epoch;
    this.end = 0;
    this._place = null;
  }

  /** The socket is gone, and a new one comes; what was on its way is lost. */
  cut(): void {
    this._live.coordinator.closed();
    this._live.coordinator.opened();
    const asked = this._live.commands.filter(one => 'subscribe' in one).at(-1);
    const isKnown = asked && 'epoch' in asked && asked.epoch === this.epoch;
    this._isReset = Boolean(asked && 'epoch' in asked && !isKnown);
    this._place = isKnown && 'since' in asked ? asked.since : null;
  }

  /** Tell what is new, in one message. */
  tell(): void {
    const from = this._place ?? Math.max(0, this.end - WINDOW);
    if (from < this.end) {
      const reset = this._isReset && { reset: true };
      this._last = { columns: columns(from, this.end), seq: this.end, ...reset };
      this._live.say(TOPIC, this.end, this._last, this.epoch);
      this._place = this.end;
      this._isReset = false;
    }
  }

  /** Tell the last message once more: a proxy may do so. */
  stutter(): void {
    if (this._last) {
      this._live.say(TOPIC, this.end, this._last, this.epoch);
    }
  }

  private _place: number | null = null;
  private _isReset = false;
  private _last: object | null = null;
}

let live: FakeLive;
let samples: SamplesModel;
let server: Server;

beforeEach(() => {
  live = new FakeLive();
  samples = new SamplesModel(live.asClient, 'line1');
  samples.show();
  server = new Server(live);
});

/** The window holds consecutive samples up to the newest, each with its own value. */
function expectWhole(): void {
  const { seq, value, length } = samples;
  expect(seq.at(-1)).toBe(server.end);
  seq.forEach((number, at) => expect(number).toBe(seq[0] + at));
  value.forEach((one, at) => expect(one).toBe(seq[at] * 2));
  expect([length, samples.missed]).toEqual([seq.length, 0]);
}

describe('a line that is cut off', () => {
  // proves: monitor.resume
  it.each([1, 2, 3, 4, 5, 6])('has every sample once, whatever happens (%s)', seed => {
    const choices = new Choices(seed);
    server.grow(1);
    server.tell();
    for (let step = 0; step < 200; step++) {
      server.grow(choices.below(9));
      if (choices.below(5) === 0) {
        server.cut();
      }
      server.tell();
    }
    server.grow(1);
    server.tell();
    expectWhole();
  });

  it('has no sample of the numbering before, when there is a new one', () => {
    server.grow(120);
    server.tell();
    server.begin('b');
    server.grow(7);
    server.cut();
    server.tell();
    expectWhole();
    expect(samples.length).toBe(7);
  });

  it('asks for nothing while nobody looks, and for exactly the rest when somebody does', () => {
    const other = new SamplesModel(live.asClient, 'line2');
    const asked = (): number => live.commands.filter(one => 'subscribe' in one).length;
    const before = asked();
    const looks = other.show();
    expect(asked()).toBe(before + 1);
    live.say('streams/line2', 30, { columns: columns(0, 30), seq: 30 }, 'a');
    looks.dispose();
    expect(live.commands.at(-1)).toEqual({ unsubscribe: 'streams/line2' });
    other.show();
    expect(live.commands.at(-1)).toMatchObject({ subscribe: 'streams/line2', since: 30 });
    expect(other.length).toBe(30);
  });

  it('takes no message twice', () => {
    server.grow(10);
    server.tell();
    server.grow(5);
    server.tell();
    server.stutter();
    expectWhole();
    expect(samples.length).toBe(15);
  });
});
