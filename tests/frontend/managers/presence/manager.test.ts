import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApiClient } from '../../../../src/api';
import type { ICall } from '../../../../src/api/client';
import type { IAddress } from '../../../../src/api/paths';
import type { IWord, Visitor } from '../../../../src/api/state';
import { PresenceManager } from '../../../../src/managers/presence/manager';
import type { IPlace, IPlaceSource } from '../../../../src/tokens/state';
import { FakeLive } from '../../live';

function aVisitor(session: string, change: Partial<Visitor> = {}): Visitor {
  return {
    session,
    user: 'ada',
    page: '/voila/render/a.ipynb',
    title: 'A',
    tab: '',
    scroll: 0,
    cursor: null,
    selection: null,
    color: 0,
    since: '2026-01-01T00:00:00Z',
    ...change
  };
}

/** A server that notes what a page says, and answers at once. */
class Server {
  readonly words: IWord[] = [];
  readonly visits: (number | undefined)[] = [];
  readonly goodbyes: ICall[] = [];
  failure: Error | null = null;

  readonly api = {
    json: (_: IAddress, { body }: ICall) => {
      const { visit, ...word } = structuredClone(body) as IWord;
      this.words.push(word);
      this.visits.push(visit);
      return this.failure
        ? Promise.reject(this.failure)
        : Promise.resolve(aVisitor('mine', { user: 'me', color: 3 }));
    },
    send: (_: IAddress, call: ICall) => {
      this.goodbyes.push(call);
      return Promise.resolve();
    }
  } as unknown as ApiClient;
}

/** A page, which the test moves, and which notes where it is brought. */
class FakePlace implements IPlaceSource {
  place: IPlace = { page: '/voila/render/a.ipynb', title: 'A', tab: 'data', scroll: 0 };
  readonly moved = new Signal<this, void>(this);
  readonly went: IPlace[] = [];

  move(change: Partial<IPlace>): void {
    this.place = { ...this.place, ...change };
    this.moved.emit();
  }

  go(place: IPlace): void {
    this.went.push(place);
  }
}

let server: Server;
let live: FakeLive;
let presence: PresenceManager;
let place: FakePlace;
let seq: number;

const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);
const hear = (fact: object): void => live.say('presence', ++seq, fact);

beforeEach(() => {
  vi.useFakeTimers();
  sessionStorage.clear();
  [server, live, place, seq] = [new Server(), new FakeLive(), new FakePlace(), 0];
  presence = new PresenceManager(server.api, live.asClient, 'mine');
});
afterEach(() => {
  presence.dispose();
  vi.useRealTimers();
});

// proves: presence.pages
describe('what a page says of itself', () => {
  it('is nothing before something says where it is', async () => {
    presence.move({ cursor: [0.5, 0.5] });
    await pass(60_000);
    expect(server.words).toEqual([]);
  });

  it('is where it is, at once, and every five seconds that it is still there', async () => {
    presence.locate(place);
    await pass(0);
    expect(server.words).toEqual([place.place]);
    expect(presence.me?.color).toBe(3);
    await pass(5_010);
    expect(server.words).toEqual([place.place, place.place]);
  });

  it('is only what changed, ten times a second at most, and always the last', async () => {
    presence.locate(place);
    await pass(100);
    for (let step = 1; step <= 200; step++) {
      place.move({ scroll: step / 200 });
      presence.move({ cursor: [step / 200, 0] });
      await pass(10);
    }
    await pass(100);
    const [, ...moves] = server.words;
    expect(moves.length).toBeLessThanOrEqual(23);
    expect(moves.at(-1)).toMatchObject({ scroll: 1, cursor: [1, 0] });
  });

  it('is everything again after a request that failed', async () => {
    presence.locate(place);
    await pass(100);
    server.failure = new TypeError('Failed to fetch');
    presence.move({ cursor: [0, 0] });
    await pass(100);
    server.failure = null;
    await pass(5_010);
    expect(server.words.at(-1)).toEqual({ ...place.place, cursor: [0, 0] });
  });

  it('is goodbye when it goes, in a request that outlives it, and hello when it comes back', async () => {
    presence.locate(place);
    await pass(0);
    window.dispatchEvent(new Event('pagehide'));
    expect(server.goodbyes).toEqual([{ query: { visit: '1' }, keepalive: true }]);
    await pass(60_000);
    expect(server.words.length).toBe(1);
    window.dispatchEvent(new Event('pageshow'));
    await pass(0);
    expect(server.words.length).toBe(2);
    expect(server.visits).toEqual([1, 2]);
  });

  it('is what the last source says, then that of the one before', async () => {
    const desk = new FakePlace();
    desk.place = { ...desk.place, tab: 'model' };
    presence.locate(place);
    const located: IDisposable = presence.locate(desk);
    await pass(200);
    expect(server.words.at(-1)).toMatchObject({ tab: 'model' });
    located.dispose();
    await pass(200);
    expect(server.words.at(-1)).toMatchObject({ tab: 'data' });
    desk.move({ tab: 'gone' });
    await pass(200);
    expect(server.words.at(-1)).toMatchObject({ tab: 'data' });
  });
});

// proves: presence.here
describe('who is here', () => {
  it('costs nothing while nobody looks', () => {
    expect(live.commands).toEqual([]);
    const shown = presence.show();
    expect(live.commands).toMatchObject([{ subscribe: 'presence', period: 0.1 }]);
    shown.dispose();
    expect(live.commands.at(-1)).toEqual({ unsubscribe: 'presence' });
  });

  it('is all but this page, by name, and those who look at the same', () => {
    presence.locate(place);
    presence.show();
    hear({
      visitors: [
        aVisitor('mine', { user: 'me' }),
        aVisitor('s2', { user: 'bob', tab: 'data' }),
        aVisitor('s3', { user: 'ada', tab: 'other' })
      ]
    });
    expect(presence.others.map(({ user }) => user)).toEqual(['ada', 'bob']);
    expect(presence.here.map(({ user }) => user)).toEqual(['bob']);
    hear({ visitor: aVisitor('s3', { tab: 'data' }) });
    expect(presence.here.length).toBe(2);
    hear({ left: 's2' });
    expect(presence.others.map(({ session }) => session)).toEqual(['s3']);
    expect(presence.me?.user).toBe('me');
  });
});

// proves: presence.follow
describe('following a colleague', () => {
  beforeEach(() => {
    presence.locate(place);
    presence.show();
    hear({ visitors: [aVisitor('s2')] });
    presence.follow('s2');
  });

  it('goes to their page, tab and scroll at once, and each time that they move', () => {
    expect(place.went).toEqual([{ page: '/voila/render/a.ipynb', title: 'A', tab: '', scroll: 0 }]);
    hear({ visitor: aVisitor('s2', { tab: 'model', scroll: 0.5 }) });
    hear({ visitor: aVisitor('s2', { tab: 'model', scroll: 0.5, cursor: [0, 1] }) });
    expect(place.went.slice(1)).toMatchObject([{ tab: 'model', scroll: 0.5 }]);
    expect(presence.following).toBe('s2');
  });

  it('hears of them 20 times a second, until it ends', () => {
    expect(live.commands.at(-1)).toMatchObject({ subscribe: 'presence', period: 0.05 });
    presence.follow('');
    expect([presence.following, live.commands.at(-1)]).toMatchObject(['', { period: 0.1 }]);
    hear({ visitor: aVisitor('s2', { scroll: 1 }) });
    expect(place.went.length).toBe(1);
  });

  it('goes nowhere while they are where one may not see them', () => {
    hear({ visitor: aVisitor('s2', { page: '', tab: 'secret' }) });
    expect(place.went.length).toBe(1);
  });

  it('goes on when they open another page, which has another session', async () => {
    hear({ left: 's2' });
    await pass(3_000);
    const opened = { page: '/voila/render/b.ipynb', since: '2026-01-01T00:00:05Z' };
    hear({ visitor: aVisitor('s5', opened) });
    expect([presence.following, place.went.at(-1)?.page]).toEqual(['s5', '/voila/render/b.ipynb']);
  });

  it('ends when they have left', async () => {
    hear({ left: 's2' });
    await pass(15_000);
    expect(presence.following).toBe('');
  });

  it('goes on in the page that it was brought to', () => {
    presence.dispose();
    const next = new PresenceManager(server.api, new FakeLive().asClient, 'mine2');
    next.locate(place);
    expect(next.following).toBe('s2');
    next.follow('');
    next.dispose();
    const last = new PresenceManager(server.api, new FakeLive().asClient, 'mine3');
    last.locate(place);
    expect(last.following).toBe('');
    last.dispose();
  });
});
