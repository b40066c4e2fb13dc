import { beforeEach, describe, expect, it } from 'vitest';
import { FrameQueue } from '../../../../src/components/curves/framequeue';

/** A page whose time and frames are the test's. */
class FakePage {
  time = 0;
  frame: (() => void) | null = null;
  after: (() => void)[] = [];
  cancelled = 0;
  readonly request = (callback: () => void): number => {
    this.frame = callback;
    return 1;
  };
  readonly cancel = (): void => {
    this.cancelled++;
    this.frame = null;
  };
  readonly afterwards = (callback: () => void): void => void this.after.push(callback);
  readonly now = (): number => this.time;

  /** The next frame, and what the page does after it. */
  next(painting = () => 0): void {
    const { frame } = this;
    this.frame = null;
    this.time += 16;
    frame?.();
    this.time += painting();
    this.after.splice(0).forEach(callback => callback());
  }
}

let page: FakePage;
let queue: FrameQueue;
let drawn: string[];

/** A drawing that costs so many milliseconds. */
const draws = (name: string, cost: number) => () => {
  page.time += cost;
  drawn.push(name);
};

beforeEach(() => {
  page = new FakePage();
  queue = new FrameQueue(page, 4);
  drawn = [];
});

describe('FrameQueue', () => {
  it('draws with the next frame, once however often it is asked', () => {
    const draw = draws('a', 0);
    queue.add(draw);
    queue.add(draw);
    expect(drawn).toEqual([]);
    page.next();
    expect(drawn).toEqual(['a']);
    expect(page.frame).toBeNull();
    queue.add(draw);
    page.next();
    expect(drawn).toEqual(['a', 'a']);
  });

  it('draws no more in a frame than the budget allows, and the rest first in the next', () => {
    const all = ['a', 'b', 'c', 'd', 'e', 'f'].map(name => draws(name, 1));
    all.forEach(draw => queue.add(draw));
    page.next();
    expect(drawn).toEqual(['a', 'b', 'c', 'd']);
    queue.add(all[0]);
    page.next();
    expect(drawn.slice(4)).toEqual(['e', 'f', 'a']);
  });

  it('counts what the page does after the drawing', () => {
    const all = ['a', 'b', 'c', 'd'].map(name => draws(name, 0));
    let most = 0;
    for (let frame = 0; frame < 100; frame++) {
      all.forEach(draw => queue.add(draw));
      drawn.splice(0);
      page.next(() => 2 * drawn.length);
      most = frame < 30 ? 0 : Math.max(most, drawn.length);
    }
    expect(most).toBe(2);
  });

  it('leaves frames out after one that cost more than its budget', () => {
    const draw = draws('slow', 12);
    let [busy, frames] = [0, 0];
    for (; frames < 300; frames++) {
      queue.add(draw);
      const before = drawn.length;
      page.next();
      busy += 12 * (drawn.length - before);
    }
    expect(busy / frames).toBeLessThanOrEqual(4.5);
    expect(drawn.length).toBeGreaterThan(50);
  });

  it('goes on soon after the machine slept in the midst of a drawing', () => {
    queue.add(draws('slept', 3_600_000));
    page.next();
    queue.add(draws('awake', 1));
    for (let frame = 0; frame < 70; frame++) {
      page.next();
    }
    expect(drawn).toEqual(['slept', 'awake']);
  });

  it('draws at least one however dear it is, and never what was removed', () => {
    const [dear, removed] = [draws('dear', 100), draws('removed', 1)];
    queue.add(dear);
    queue.add(removed);
    queue.remove(removed);
    page.next();
    queue.add(removed);
    queue.remove(removed);
    expect(page.cancelled).toBe(1);
    expect(drawn).toEqual(['dear']);
  });

  it('draws in a real page too', async () => {
    const real = new FrameQueue();
    await new Promise<void>(done => real.add(done));
  });
});
