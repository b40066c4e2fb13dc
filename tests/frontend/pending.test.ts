import { expect, it } from 'vitest';
import { Pending } from './pending';

/** A clock like that of the page, which nobody else uses. */
function clock(): typeof globalThis {
  const { setTimeout, setInterval, setImmediate } = globalThis;
  const { clearTimeout, clearInterval, clearImmediate } = globalThis;
  const made = { setTimeout, setInterval, setImmediate };
  return { ...made, clearTimeout, clearInterval, clearImmediate } as typeof globalThis;
}

it('does what was put off, and what that puts off, however often', async () => {
  const time = clock();
  const pending = new Pending(time);
  let left = 100;
  const work = (): void => {
    left -= 1;
    if (left > 0) {
      time.setImmediate(work);
    }
  };
  time.setImmediate(work);
  expect(pending.count).toEqual({ timers: 0, turns: 1 });
  await pending.settle();
  expect([left, pending.count]).toEqual([0, { timers: 0, turns: 0 }]);
});

it('stops the timers of what nobody let go, and those that a turn begins', async () => {
  const time = clock();
  const pending = new Pending(time);
  const rang: string[] = [];
  time.setInterval(() => rang.push('interval'), 1);
  time.setTimeout(() => rang.push('timeout'), 1);
  time.setImmediate(() => time.setTimeout(() => rang.push('late'), 1));
  expect(pending.count).toEqual({ timers: 2, turns: 1 });
  await pending.settle();
  const after = [...rang];
  await new Promise(resolve => setTimeout(resolve, 20));
  expect([rang, pending.count]).toEqual([after, { timers: 0, turns: 0 }]);
});

it('counts only what is still to come', async () => {
  const time = clock();
  const pending = new Pending(time);
  const heard = await new Promise(resolve => time.setTimeout(resolve, 1, 'once'));
  const turned = await new Promise(resolve => time.setImmediate(resolve, 'turn'));
  time.clearInterval(time.setInterval(() => undefined, 1000));
  time.clearTimeout(time.setTimeout(() => undefined, 1000));
  time.clearImmediate(time.setImmediate(() => undefined));
  expect([heard, turned, pending.count]).toEqual(['once', 'turn', { timers: 0, turns: 0 }]);
});
