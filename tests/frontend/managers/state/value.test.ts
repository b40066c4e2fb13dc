import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../../src/api';
import type { StateApi, StateValue } from '../../../../src/api/state';
import { StateModel } from '../../../../src/managers/state/value';
import { FakeLive } from '../../live';

/** A server that answers when it is told to. */
class Server {
  readonly asked: { how: string; with: unknown[] }[] = [];

  readonly api = Object.fromEntries(
    ['put', 'update', 'append', 'increment', 'remove', 'notify'].map(how => [
      how,
      (...args: unknown[]) => this._ask(how, args)
    ])
  ) as unknown as StateApi;

  async answer(value: unknown): Promise<void> {
    this._waiting.shift()!.done(value);
    await vi.advanceTimersByTimeAsync(0);
  }

  async refuse(error: Error): Promise<void> {
    this._waiting.shift()!.refuse(error);
    await vi.advanceTimersByTimeAsync(0);
  }

  get values(): unknown[] {
    return this.asked.map(({ with: [, value] }) => value);
  }

  get isAsked(): boolean {
    return this._waiting.length > 0;
  }

  private _ask(how: string, args: unknown[]): Promise<unknown> {
    this.asked.push({ how, with: args });
    return new Promise((done, refuse) => this._waiting.push({ done, refuse }));
  }

  private readonly _waiting: { done: (a: unknown) => void; refuse: (e: Error) => void }[] = [];
}

function told(version: number, value: unknown, change: Partial<StateValue> = {}): StateValue {
  return {
    key: 'k',
    value,
    version,
    updated: '2026-01-01T00:00:00Z',
    by: 'ada',
    session: 'theirs',
    notified: version,
    expires: null,
    read: 'viewer',
    write: 'viewer',
    content: null,
    ...change
  };
}

const refusal = (status: number, details: object = {}): ApiError =>
  new ApiError(status, { message: 'no', details: details as Record<string, unknown> });

let server: Server;
let live: FakeLive;
let model: StateModel<unknown>;
let emitted: unknown[];
let seq = 0;

const hear = (value: StateValue): void => live.say('state/k', ++seq, value);
const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  vi.useFakeTimers();
  [server, live, emitted] = [new Server(), new FakeLive(), []];
  model = new StateModel(server.api, live.asClient, 'k', 'mine');
  model.changed.connect(() => emitted.push(model.value), {});
});
afterEach(() => {
  model.dispose();
  vi.useRealTimers();
});

// proves: state.refresh
describe('following a value', () => {
  it('asks for it 20 times a second at most, and knows that there is none', () => {
    expect(live.commands[0]).toMatchObject({ subscribe: 'state/k', period: 0.05 });
    expect(model.isReady).toBe(false);
    hear(told(0, null, { updated: null, by: '', session: '' }));
    expect([model.isReady, model.value, model.version, model.by]).toEqual([true, undefined, 0, '']);
  });

  it('tells what others wrote, who and when', () => {
    hear(told(1, 5));
    hear(told(2, [1]));
    expect(emitted).toEqual([5, [1]]);
    expect([model.version, model.by, model.updated]).toEqual([2, 'ada', '2026-01-01T00:00:00Z']);
  });

  it('tells of a refresh that somebody forced, though nothing has changed', () => {
    hear(told(1, 5));
    hear(told(1, 5, { notified: 2 }));
    hear(told(1, 5, { notified: 2 }));
    expect(emitted).toEqual([5, 5]);
  });

  it('tells of what is deleted, and of what comes in its place', () => {
    hear(told(4, 5));
    hear(told(0, null));
    expect([model.value, model.version]).toEqual([undefined, 0]);
    hear(told(5, 1));
    expect(emitted).toEqual([5, undefined, 1]);
  });

  it('says why it cannot be followed', () => {
    live.refuse('state/k', 'It is not for you.');
    expect(model.error).toBe('It is not for you.');
  });
});

// proves: state.refresh
describe('setting a value', () => {
  it('shows it at once and is not refreshed by its own write, whichever comes first', async () => {
    hear(told(1, 'old'));
    const value = { deep: true };
    const arrived = model.set(value);
    expect([model.value, model.isWriting]).toEqual([value, true]);
    await pass(0);
    expect(server.asked[0]).toEqual({
      how: 'put',
      with: ['k', value, { session: 'mine', notify: true }]
    });
    await server.answer(told(2, { deep: true }, { session: 'mine' }));
    await arrived;
    hear(told(2, { deep: true }, { session: 'mine' }));
    expect(model.value).toBe(value);
    expect(emitted).toEqual(['old', value]);

    void model.set('next');
    await pass(50);
    hear(told(3, 'next', { session: 'mine' }));
    await server.answer(told(3, 'next', { session: 'mine' }));
    expect(emitted).toEqual(['old', value, 'next']);
    expect([model.version, model.isWriting]).toEqual([3, false]);
  });

  it('sends 20 values a second of those that are dragged through, and always the last', async () => {
    let last = Promise.resolve();
    for (let step = 1; step <= 200; step++) {
      last = model.set(step);
      await pass(5);
      if (server.isAsked) {
        await server.answer(told(step, server.values.at(-1), { session: 'mine' }));
      }
    }
    await pass(60);
    while (server.isAsked) {
      await server.answer(told(300, server.values.at(-1), { session: 'mine' }));
    }
    await last;
    expect(server.asked.length).toBeLessThanOrEqual(22);
    expect(server.asked.length).toBeGreaterThan(15);
    expect(server.values.at(-1)).toBe(200);
    expect(model.value).toBe(200);
  });

  it('shows over what others write meanwhile, and gives way to what comes after it', async () => {
    hear(told(1, 0));
    void model.set(10);
    await pass(0);
    hear(told(2, 20));
    expect(model.value).toBe(10);
    await server.answer(told(3, 10, { session: 'mine' }));
    expect(model.value).toBe(10);
    hear(told(4, 30));
    expect([model.value, emitted]).toEqual([30, [0, 10, 30]]);
  });

  it('gives way to somebody who was faster with a newer one', async () => {
    hear(told(1, 0));
    void model.set(10);
    await pass(0);
    hear(told(3, 30));
    await server.answer(told(2, 10, { session: 'mine' }));
    expect([model.value, model.version, emitted]).toEqual([30, 3, [0, 10, 30]]);
  });

  it('is not set back by a fact that its answer has overtaken', async () => {
    hear(told(1, 0));
    void model.set(10);
    await pass(0);
    await server.answer(told(3, 10, { session: 'mine' }));
    hear(told(2, 20));
    expect(model.value).toBe(10);
    hear(told(3, 10, { session: 'mine' }));
    await pass(3000);
    expect([model.value, emitted]).toEqual([10, [0, 10]]);
  });

  it('believes an older fact when no newer one comes: it was deleted meanwhile', async () => {
    void model.set(10);
    await pass(0);
    await server.answer(told(3, 10, { session: 'mine' }));
    hear(told(0, null));
    expect(model.value).toBe(10);
    await pass(2000);
    expect(model.value).toBe(undefined);
  });

  it('believes it as soon where the clock was set back meanwhile', async () => {
    void model.set(10);
    await pass(0);
    await server.answer(told(3, 10, { session: 'mine' }));
    vi.setSystemTime(Date.now() - 3_600_000);
    hear(told(0, null));
    await pass(2000);
    expect(model.value).toBe(undefined);
  });

  it('gives the value of the server back when it is refused, and says so', async () => {
    hear(told(1, 'old'));
    const refused = expect(model.set('no')).rejects.toThrow('no');
    await pass(0);
    await server.refuse(refusal(403));
    await refused;
    expect([model.value, emitted]).toEqual(['old', ['old', 'no', 'old']]);
  });

  it('sends the newest again after a cut', async () => {
    const first = model.set(1);
    await pass(0);
    const second = model.set(2);
    await server.refuse(new TypeError('Failed to fetch'));
    expect(model.value).toBe(2);
    await pass(499);
    expect(server.asked.length).toBe(1);
    await pass(1);
    expect(server.values).toEqual([1, 2]);
    await server.answer(told(1, 2, { session: 'mine' }));
    await Promise.all([first, second]);
  });

  it('arrives although its page looks elsewhere', async () => {
    void model.set(1);
    model.dispose();
    await pass(0);
    expect(server.values).toEqual([1]);
  });

  it('writes without a refresh where it is asked to', async () => {
    void model.set(1, { notify: false });
    await pass(0);
    expect(server.asked[0].with[2]).toEqual({ session: 'mine', notify: false });
  });
});

// proves: state.values
describe('changing a value', () => {
  it('sets it only at a version, and shows the current one where it is another', async () => {
    hear(told(1, 'old'));
    const refused = expect(model.set('new', { ifVersion: 1 })).rejects.toThrow('no');
    await pass(0);
    expect(server.asked[0].with).toEqual(['k', 'new', { session: 'mine', notify: true }, 1]);
    await server.refuse(refusal(409, { current: told(2, 'theirs') }));
    await refused;
    expect([model.value, model.version]).toEqual(['theirs', 2]);
  });

  it('adds, appends and merges, and shows what became of it once', async () => {
    const sum = model.increment(2);
    await pass(0);
    hear(told(1, 7, { session: 'mine' }));
    await server.answer(told(1, 7, { session: 'mine' }));
    expect(await sum).toBe(7);
    const list = model.append(['x'], 3);
    const merged = model.update({ a: 1 });
    await pass(0);
    expect(server.asked.length).toBe(2);
    await server.answer(told(2, ['x'], { session: 'mine' }));
    hear(told(2, ['x'], { session: 'mine' }));
    await server.answer(told(3, { a: 1 }, { session: 'mine' }));
    await Promise.all([list, merged]);
    expect(server.asked.map(({ how }) => how)).toEqual(['increment', 'append', 'update']);
    expect(server.asked[1].with).toEqual(['k', ['x'], 3, { session: 'mine', notify: true }]);
    expect(emitted).toEqual([7, ['x'], { a: 1 }]);
  });

  it('deletes it, and has everybody refreshed', async () => {
    const gone = model.remove();
    const forced = model.notify();
    await pass(0);
    await server.answer(undefined);
    await server.answer(undefined);
    await Promise.all([gone, forced]);
    expect(server.asked.map(({ how }) => how)).toEqual(['remove', 'notify']);
  });
});
