import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApiClient } from '../../../../src/api';
import type { ICall } from '../../../../src/api/client';
import type { IAddress } from '../../../../src/api/paths';
import { StatesManager } from '../../../../src/managers/state/manager';
import { FakeLive } from '../../live';

/** A live client that also says how its connection is. */
class Live extends FakeLive {
  state = 'open';
  readonly stateChanged = { connect: () => true, disconnect: () => true };
}

let live: Live;
let asked: { address: IAddress; call: ICall }[];
let states: StatesManager;

beforeEach(() => {
  [live, asked] = [new Live(), []];
  const api = {
    json: (address: IAddress, call: ICall) => {
      asked.push({ address, call });
      return Promise.resolve({ version: 1, value: null, state: 'AA==' });
    },
    url: ({ path }: IAddress) => `/api/${path}`
  } as unknown as ApiClient;
  states = new StatesManager(api, live.asClient, 'mine');
});
afterEach(() => vi.useRealTimers());

const topics = (): readonly string[] => live.coordinator.topics;

// proves: state.values
describe('what a page shares', () => {
  it('is followed once however many look at it, and no more when all have gone', () => {
    const [one, two] = [states.state<number>('k'), states.state<number>('k')];
    expect(one.model).toBe(two.model);
    expect(topics()).toEqual(['state/k']);
    one.dispose();
    expect(topics()).toEqual(['state/k']);
    two.dispose();
    expect(topics()).toEqual([]);
  });

  it('is told apart by its key', () => {
    const [one, two] = [states.state('a'), states.state('b')];
    live.say('state/a', 1, { version: 1, value: 7, notified: 1, session: '' });
    expect([one.model.value, two.model.value]).toEqual([7, undefined]);
    [one, two].forEach(handle => handle.dispose());
  });

  it('has a session of its own for each page, under which it writes', async () => {
    const other = new StatesManager({} as ApiClient, live.asClient);
    expect(other.session).toMatch(/^[0-9a-f]{32}$/);
    await states.putContent('k', new Blob(['x']), { kind: 'picture' }, { notify: false });
    expect(asked[0].address).toMatchObject({ method: 'PUT', path: 'state/k/content' });
    expect(asked[0].call.query).toEqual({ session: 'mine', notify: 'false' });
  });

  it('knows where bytes are, by another address for each content', () => {
    const content = { type: 'image/png', size: 1, digest: 'ab'.repeat(32), meta: {} };
    const first = states.contentUrl('k', content);
    expect(first).toMatch(/^\/api\/state\/k\/content#(ab){8}$/);
    expect(states.contentUrl('k', { ...content, digest: 'cd'.repeat(32) })).not.toBe(first);
  });
});

// proves: state.text
describe('a shared text of a page', () => {
  it('is one document for all who show it, and is left when all have gone', async () => {
    const [one, two] = await Promise.all([states.text('notes'), states.text('notes')]);
    expect(one.model.doc).toBe(two.model.doc);
    expect(topics()).toEqual(['state/notes/text']);
    one.dispose();
    two.dispose();
    expect(topics()).toEqual([]);
  });

  it('is written under the session of the page', async () => {
    vi.useFakeTimers();
    const { model } = await states.text('notes');
    model.text.insert(0, 'hello');
    await vi.advanceTimersByTimeAsync(1);
    expect(asked[0].call.body).toMatchObject({ session: 'mine' });
  });
});
