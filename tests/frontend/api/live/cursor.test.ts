import { describe, expect, it } from 'vitest';
import { Cursor } from '../../../../src/api/live/cursor';
import type { Epoch } from '../../../../src/api/live/frames';

const frame = (seq: number, data: unknown = {}, epoch?: Epoch) => ({
  topic: 't',
  seq,
  data,
  ...(epoch !== undefined && { epoch })
});

/** A cursor that has this as its last message. */
function at(seq: number, epoch?: Epoch): Cursor {
  const cursor = new Cursor('t');
  cursor.ask(null);
  cursor.take(frame(seq, {}, epoch));
  return cursor;
}

describe('Cursor', () => {
  it('begins with all there is, and asks on from the last message', () => {
    const cursor = new Cursor('t');
    expect(cursor.ask(5)).toEqual({ subscribe: 't', since: null, period: 5 });
    expect(cursor.take(frame(3))).toBe('anew');
    expect(cursor.take(frame(4))).toBe('next');
    expect(cursor.ask(null)).toEqual({ subscribe: 't', since: 4, period: null });
  });

  it('knows what came before', () => {
    const cursor = at(4);
    expect(['known', 'known', 'next']).toEqual([3, 4, 5].map(seq => cursor.take(frame(seq))));
  });

  it('takes the first message of a server that numbers from a lower place', () => {
    const cursor = at(900);
    cursor.ask(null);
    expect(cursor.take(frame(3))).toBe('next');
    expect(cursor.take(frame(4))).toBe('next');
    expect(cursor.ask(null)).toMatchObject({ since: 4 });
  });

  it.each([
    ['the end', { text: '', ended: true }],
    ['trouble', { text: '', trouble: 'a pipe' }],
    ['its end', { text: '', trouble: '' }],
    ['the end of curves', { series: {}, ended: true }]
  ])('hears word of %s, which bears the number of the last message or a lower one', (_, data) => {
    const cursor = at(10);
    expect(cursor.take(frame(10, data))).toBe('next');
    expect(cursor.take(frame(0, data))).toBe('next');
    expect(cursor.ask(null)).toMatchObject({ since: 10 });
  });

  it('takes points that come with word of trouble once', () => {
    const cursor = at(10);
    const data = { series: { loss: {} }, trouble: 'locked' };
    expect(cursor.take(frame(12, data))).toBe('next');
    expect(cursor.take(frame(12, data))).toBe('known');
  });

  it('begins anew with another epoch, also when its numbers go back', () => {
    const cursor = at(900, 'a');
    expect(cursor.take(frame(3, { reset: true }, 'b'))).toBe('anew');
    expect(cursor.take(frame(4, {}, 'b'))).toBe('next');
    expect(cursor.ask(null)).toEqual({ subscribe: 't', since: 4, period: null, epoch: 'b' });
  });

  it('takes a beginning again once: doubled, it is known', () => {
    const cursor = at(900, 'a');
    cursor.take(frame(3, { reset: true }, 'b'));
    cursor.take(frame(5, {}, 'b'));
    expect(cursor.take(frame(3, { reset: true }, 'b'))).toBe('known');
  });

  it('asks again when another epoch comes without its beginning', () => {
    const cursor = at(10, 'a');
    expect(cursor.take(frame(20, {}, 'b'))).toBe('hole');
    expect(cursor.ask(null)).toMatchObject({ since: 10, epoch: 'a' });
    expect(cursor.take(frame(20, {}, 'b'))).toBe('anew');
  });

  it('asks again where something is missing, unless the server says that it cannot be had', () => {
    const cursor = at(10, 'a');
    expect(cursor.take(frame(20, { text: 'x', start: 12 }, 'a'))).toBe('hole');
    expect(cursor.take(frame(20, { text: 'x', start: 12, gap: true }, 'a'))).toBe('next');
    expect(cursor.take(frame(30, { text: 'x', start: 20 }, 'a'))).toBe('next');
  });

  it('never asks twice for the same hole: what is answered counts', () => {
    const cursor = at(10, 'a');
    cursor.ask(null);
    expect(cursor.take(frame(20, { text: 'x', start: 12 }, 'a'))).toBe('next');
  });
});
