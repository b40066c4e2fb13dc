import { beforeEach, describe, expect, it } from 'vitest';
import { PendingCommands } from '../../../../src/managers/basics/pending';

let changes: number;
let pending: PendingCommands;

beforeEach(() => {
  changes = 0;
  pending = new PendingCommands(() => changes++);
});

describe('PendingCommands', () => {
  it('holds a command that was accepted until its fact comes', async () => {
    expect(await pending.run('j1', () => Promise.resolve('ok'))).toBe('ok');
    expect(pending.has('j1')).toBe(true);
    pending.settle('j1');
    expect(pending.has('j1')).toBe(false);
  });

  it('tells of a command before it is answered, so that its button is grey at once', () => {
    void pending.run('j1', () => new Promise(() => undefined));
    expect(changes).toBe(1);
    expect(pending.has('j1')).toBe(true);
  });

  it('lets go of a command that was refused, says so and passes the reason on', async () => {
    const refused = pending.run('j1', () => Promise.reject(new Error('No.')));
    await expect(refused).rejects.toThrow('No.');
    expect(pending.has('j1')).toBe(false);
    expect(changes).toBe(2);
  });

  it('lets go of all keys of a refused command, and of no other', async () => {
    await pending.run('other', () => Promise.resolve());
    const refused = pending.runAll(['a', 'b'], () => Promise.reject(new Error('No.')));
    expect([pending.has('a'), pending.has('b')]).toEqual([true, true]);
    await expect(refused).rejects.toThrow();
    expect(['a', 'b', 'other'].map(key => pending.has(key))).toEqual([false, false, true]);
  });

  it('takes a fact about something that nobody asked for', () => {
    pending.settle('unasked');
    expect(pending.has('unasked')).toBe(false);
  });
});
