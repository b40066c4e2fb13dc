import { describe, expect, it } from 'vitest';
import { numbersOf, SampleRing } from '../../../../src/managers/streams/ring';

const rows = (from: number, to: number) => {
  const seq = Array.from({ length: to - from }, (_, index) => from + index);
  return {
    seq,
    time: seq.map(at => 1000 + at),
    value: seq.map(at => at / 2),
    probability: seq.map(() => 0.1)
  };
};

describe('SampleRing', () => {
  // proves: monitor.appends, monitor.window
  it('holds the newest samples of any number of them, in one piece', () => {
    const ring = new SampleRing(100);
    for (let at = 1; at < 1000; at += 7) {
      ring.append(rows(at, at + 7));
      const newest = at + 6;
      const length = Math.min(100, newest);
      expect(ring.length).toBe(length);
      expect([ring.seq[0], ring.seq.at(-1)]).toEqual([newest - length + 1, newest]);
      expect(ring.time.at(-1)).toBe(1000 + newest);
      expect(ring.value[0]).toBe(ring.seq[0] / 2);
    }
    expect(ring.missed).toBe(0);
  });

  it('does not move what it shows when samples are added: the same memory is looked at', () => {
    const ring = new SampleRing(1000);
    ring.append(rows(1, 1001));
    const before = ring.value.buffer;
    ring.append(rows(1001, 1900));
    expect(ring.value.buffer).toBe(before);
    expect(ring.value.byteOffset).toBe(899 * 8);
  });

  it('leaves out what came already, and counts what never came', () => {
    const ring = new SampleRing(100);
    ring.append(rows(1, 11));
    ring.append(rows(6, 13));
    expect([...ring.seq]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    ring.append(rows(15, 17));
    expect(ring.missed).toBe(2);
    ring.clear();
    expect([ring.length, ring.last, ring.missed]).toEqual([0, 0, 0]);
  });

  it('keeps its newest part of a message that is longer than the window', () => {
    const ring = new SampleRing(10);
    ring.append(rows(1, 1001));
    expect([ring.length, ring.seq[0]]).toEqual([10, 991]);
  });

  it('grows to the window that is wanted, with what it has', () => {
    const ring = new SampleRing(10);
    ring.append(rows(1, 16));
    ring.keep(5);
    ring.keep(30);
    ring.append(rows(16, 60));
    expect([ring.capacity, ring.length, ring.seq[0]]).toEqual([30, 30, 30]);
  });

  it('has no number where there is none: nulls, words, columns that are not there', () => {
    const ring = new SampleRing();
    ring.append({ seq: [1, 2, 3], time: [1, 2, 3], value: [null, 'Infinity', 'good'] });
    expect([...ring.value]).toEqual([NaN, Infinity, NaN]);
    expect([...ring.probability]).toEqual([NaN, NaN, NaN]);
  });

  it('reads what was recorded in the same way', () => {
    const read = numbersOf({ seq: [4, 9], time: [1, 2], value: [0.5, null] });
    expect([read.length, [...read.seq], [...read.value]]).toEqual([2, [4, 9], [0.5, NaN]]);
    expect(numbersOf({}).length).toBe(0);
  });
});
