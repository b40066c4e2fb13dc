import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Merged, SnapshotChange } from '../../../../src/api';
import { ApiError } from '../../../../src/api';
import type { ISending } from '../../../../src/api/snapshots';
import { PageSaver } from '../../../../src/managers/snapshots/saver';

/** A server that answers when it is told to. */
class Server {
  readonly asked: { values: Record<string, unknown>; base: unknown; sending: ISending }[] = [];
  /** What other tabs changed; told with the next answer. */
  others: Record<string, unknown> = {};
  revision = 0;

  readonly send = (change: SnapshotChange, sending: ISending): Promise<Merged> => {
    this.asked.push({
      values: change.values,
      base: change.base,
      sending
    });
    return new Promise((done, refuse) => {
      this._waiting.push({ done, refuse });
      sending.signal.addEventListener('abort', () => refuse(new Error('aborted')));
    });
  };

  async answer(): Promise<void> {
    const merged = { revision: ++this.revision, saved: '2026-01-01', others: this.others };
    this.others = {};
    this._waiting.shift()!.done(merged);
    await vi.advanceTimersByTimeAsync(0);
  }

  async answerIfAsked(): Promise<void> {
    if (this._waiting.length > 0) {
      await this.answer();
    }
  }

  async refuse(error: Error): Promise<void> {
    this._waiting.shift()!.refuse(error);
    await vi.advanceTimersByTimeAsync(0);
  }

  get values(): Record<string, unknown>[] {
    return this.asked.map(({ values }) => values);
  }

  private readonly _waiting: { done: (merged: Merged) => void; refuse: (e: Error) => void }[] = [];
}

let server: Server;
let saver: PageSaver;

beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
  saver = new PageSaver(server.send, 4);
});
afterEach(() => vi.useRealTimers());

const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

// proves: desk.autosave
describe('saving a page', () => {
  it('sends what changed, and with it the revision that it knows', async () => {
    saver.change('train/Epochs', 20);
    await pass(0);
    expect(server.asked[0]).toMatchObject({ values: { 'train/Epochs': 20 }, base: 4 });
    expect(saver.state.kind).toBe('saving');
    server.revision = 10;
    await server.answer();
    expect([saver.state.kind, saver.revision]).toEqual(['saved', 11]);
  });

  it('asks at most once a second while something is dragged, and the last value arrives', async () => {
    for (let step = 1; step <= 100; step++) {
      saver.change('train/Rate', step);
      await pass(100);
      await server.answerIfAsked();
    }
    await pass(1000);
    await server.answerIfAsked();
    expect(server.asked.length).toBeLessThanOrEqual(11);
    expect(server.values.at(-1)).toEqual({ 'train/Rate': 100 });
    await pass(60_000);
    expect(saver.state.kind).toBe('saved');
    expect(server.asked.length).toBeLessThanOrEqual(11);
  });

  it('has one request on its way, however long that takes, and sends the newest then', async () => {
    saver.change('a', 1);
    await pass(0);
    saver.change('a', 2);
    saver.change('b', 1);
    await pass(10_000);
    saver.change('a', 3);
    expect(server.asked).toHaveLength(1);
    await server.answer();
    await pass(0);
    expect(server.values).toEqual([{ a: 1 }, { a: 3, b: 1 }]);
    await server.answer();
    expect(saver.state.kind).toBe('saved');
  });

  it('saves as soon where the clock was set back meanwhile', async () => {
    saver.change('a', 1);
    await pass(0);
    await server.answer();
    vi.setSystemTime(Date.now() - 3_600_000);
    saver.change('a', 2);
    await pass(1000);
    expect(server.values).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('saves at once when it is told to, but not into a request that is on its way', async () => {
    saver.change('a', 1);
    await pass(0);
    await server.answer();
    saver.change('a', 2);
    saver.flush();
    expect(server.values).toEqual([{ a: 1 }, { a: 2 }]);
    saver.flush();
    expect(server.asked).toHaveLength(2);
  });
});

// proves: desk.autosave
describe('a page that goes', () => {
  it('sends what is left so that it arrives, with what is on its way', async () => {
    saver.change('a', 1);
    await pass(0);
    saver.change('b', 2);
    saver.flush(true);
    expect(server.asked[0].sending.signal.aborted).toBe(true);
    expect(server.asked[1]).toMatchObject({
      values: { a: 1, b: 2 },
      sending: { keepalive: true }
    });
    await pass(0);
    expect(saver.state.kind).toBe('saving');
  });

  it('sends what is too large for that beside it', () => {
    saver.change('text', 'x'.repeat(70_000));
    saver.change('small', 1);
    saver.flush(true);
    expect(
      server.asked.map(({ values, sending }) => [Object.keys(values), sending.keepalive])
    ).toEqual([
      [['small'], true],
      [['text'], false]
    ]);
  });

  it('is saved once all parts have arrived, and is told of none of them as of another tab', async () => {
    saver.change('text', 'x'.repeat(70_000));
    saver.change('small', 1);
    saver.flush(true);
    await server.answer();
    expect(saver.state.kind).toBe('saving');
    server.others = { small: 1, theirs: 2 };
    await server.answer();
    expect(saver.state.kind).toBe('saved');
    expect([...saver.others]).toEqual([['theirs', 2]]);
  });

  it('is not overtaken by what was changed when it came back', async () => {
    saver.change('a', 1);
    saver.flush(true);
    saver.change('a', 2);
    await pass(10_000);
    expect(server.values).toEqual([{ a: 1 }]);
    await server.answer();
    expect(server.values).toEqual([{ a: 1 }, { a: 2 }]);
    expect(saver.state.kind).toBe('saving');
  });

  it('says so as often as it likes, and sends once', async () => {
    saver.change('a', 1);
    saver.flush(true);
    saver.flush(true);
    expect(server.values).toEqual([{ a: 1 }]);
    expect(server.asked[0].sending.signal.aborted).toBe(false);
    saver.change('b', 2);
    saver.flush(true);
    expect(server.values[1]).toEqual({ a: 1, b: 2 });
    await server.refuse(new Error('aborted'));
    await server.answer();
    expect(saver.state.kind).toBe('saved');
  });

  it('asks nobody when all is saved', () => {
    saver.flush(true);
    saver.dispose();
    expect(server.asked).toHaveLength(0);
  });

  it('saves what is left when it is let go, and no more afterwards', async () => {
    saver.change('a', 1);
    saver.dispose();
    saver.change('a', 2);
    saver.dispose();
    await pass(10_000);
    expect(server.values).toEqual([{ a: 1 }]);
    expect(saver.isDisposed).toBe(true);
  });

  it('goes on when it came back after all', async () => {
    saver.change('a', 1);
    saver.flush(true);
    await server.answer();
    saver.change('a', 2);
    await pass(1000);
    expect(server.values.at(-1)).toEqual({ a: 2 });
  });
});

// proves: desk.autosave
describe('a save that fails', () => {
  it('is tried again with what changed meanwhile, ever more seldom, and says why', async () => {
    saver.change('a', 1);
    saver.change('b', 1);
    await pass(0);
    saver.change('b', 2);
    await server.refuse(new Error('The server cannot be reached.'));
    expect(saver.state).toEqual({ kind: 'failed', reason: 'The server cannot be reached.' });
    await pass(1999);
    expect(server.asked).toHaveLength(1);
    await pass(1);
    expect(server.values[1]).toEqual({ a: 1, b: 2 });
    await server.refuse(new Error('Still not.'));
    await pass(3999);
    expect(server.asked).toHaveLength(2);
    await pass(1);
    expect(server.asked).toHaveLength(3);
    await server.answer();
    expect(saver.state.kind).toBe('saved');
  });

  it('pauses half a minute at most', async () => {
    saver.change('a', 1);
    await pass(0);
    for (let tries = 0; tries < 8; tries++) {
      await server.refuse(new Error('no'));
      await pass(30_000);
    }
    expect(server.asked).toHaveLength(9);
  });

  it('leaves out a field that the server refuses, and saves the others at once', async () => {
    saver.change('big', 'x');
    saver.change('small', 1);
    await pass(0);
    const body = { message: "'big' is too large.", details: { field: 'big' } };
    await server.refuse(new ApiError(413, body));
    expect(saver.state).toEqual({ kind: 'failed', reason: "'big' is too large." });
    await pass(1000);
    expect(server.values[1]).toEqual({ small: 1 });
    await server.answer();
    await pass(60_000);
    expect(server.asked).toHaveLength(2);
  });

  it('does not send for ever what is refused as a whole', async () => {
    saver.change('a', 1);
    await pass(0);
    await server.refuse(new ApiError(422, { message: 'Too many fields.', details: {} }));
    await pass(100_000);
    expect(server.asked).toHaveLength(1);
    expect(saver.state).toEqual({ kind: 'failed', reason: 'Too many fields.' });
  });

  it('brings nothing back of a page that was forgotten in another place, and says so', async () => {
    saver.change('a', 1);
    await pass(0);
    saver.change('b', 1);
    const message = 'This page was forgotten.';
    await server.refuse(new ApiError(409, { message, details: { current: null } }));
    saver.change('c', 1);
    saver.flush(true);
    await pass(100_000);
    expect(server.asked).toHaveLength(1);
    expect(saver.state).toEqual({ kind: 'failed', reason: message });
  });

  it.each([401, 403, 500, 503, 507])('is tried again after %i', async status => {
    saver.change('a', 1);
    await pass(0);
    await server.refuse(new ApiError(status, { message: 'not now' }));
    await pass(2000);
    expect(server.values[1]).toEqual({ a: 1 });
  });
});

// proves: desk.tabs
describe('two tabs of one person', () => {
  it('are told what the other changed, but for what is newer here', async () => {
    const told = vi.fn();
    saver.changed.connect(told);
    saver.change('a', 1);
    await pass(0);
    saver.change('c', 1);
    server.others = { b: 5, c: 7 };
    await server.answer();
    expect([...saver.others]).toEqual([['b', 5]]);
    expect(told).toHaveBeenCalled();
    saver.change('b', 6);
    expect(saver.others.size).toBe(0);
  });

  it('are told no more once somebody looked', async () => {
    saver.change('a', 1);
    await pass(0);
    server.others = { b: 5 };
    await server.answer();
    saver.dismissOthers();
    expect(saver.others.size).toBe(0);
  });
});
