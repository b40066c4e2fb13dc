import { expect, it, vi } from 'vitest';
import { Pending, pending as everything } from './pending';

/** A clock like that of the page, which nobody else uses. */
function clock(): typeof globalThis {
  const { setTimeout, setInterval, setImmediate, requestAnimationFrame } = globalThis;
  const { clearTimeout, clearInterval, clearImmediate, cancelAnimationFrame } = globalThis;
  const begin = { setTimeout, setInterval, setImmediate, requestAnimationFrame };
  const end = { clearTimeout, clearInterval, clearImmediate, cancelAnimationFrame };
  return { ...begin, ...end } as typeof globalThis;
}

function aPending() {
  const time = clock();
  return { time, pending: new Pending(time), rang: [] as string[] };
}

it('does what was put off, and what that puts off, however often', async () => {
  const { time, pending } = aPending();
  const work = vi.fn(() => void (work.mock.calls.length < 100 && time.setImmediate(work)));
  time.setImmediate(work);
  await pending.settle();
  expect(work).toHaveBeenCalledTimes(100);
});

it('stops what nobody let go, and what a turn begins', async () => {
  const { time, pending, rang } = aPending();
  time.setInterval(() => rang.push('interval'), 1);
  time.setTimeout(() => rang.push('timeout'), 1);
  time.requestAnimationFrame(() => rang.push('frame'));
  time.setImmediate(() => time.setTimeout(() => rang.push('late'), 1));
  await pending.settle();
  const after = [...rang];
  setTimeout(() => undefined, 30);
  await everything.rest();
  expect(rang).toEqual(after);
});

it('rests once all that comes soon has come, in whatever order it was put off', async () => {
  const { time, pending, rang } = aPending();
  const late = time.setTimeout(() => rang.push('in an hour'), 3_600_000);
  time.setTimeout(
    (said: string) => {
      rang.push(said);
      time.requestAnimationFrame(() => time.setImmediate(() => rang.push('drawn')));
    },
    20,
    'told'
  );
  await pending.rest();
  time.clearTimeout(late);
  expect(rang).toEqual(['told', 'drawn']);
});

it('waits for nothing that was taken back', async () => {
  const { time, pending, rang } = aPending();
  time.clearInterval(time.setInterval(() => rang.push('interval'), 1));
  time.clearTimeout(time.setTimeout(() => rang.push('timeout'), 1));
  time.clearImmediate(time.setImmediate(() => rang.push('turn')));
  time.cancelAnimationFrame(time.requestAnimationFrame(() => rang.push('frame')));
  await pending.rest();
  await pending.settle();
  expect(rang).toEqual([]);
});
