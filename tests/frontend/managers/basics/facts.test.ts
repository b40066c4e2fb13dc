import { describe, expect, it } from 'vitest';
import { Facts } from '../../../../src/managers/basics/facts';
import { FakeLive } from '../../support';

interface INumber {
  n: number;
}

class Numbers extends Facts {
  constructor(live: FakeLive) {
    super();
    this.followValue<INumber>(live.asClient, 'numbers', ({ n }) => {
      this.seen.push(n);
      this.arrived();
    });
  }
  readonly seen: number[] = [];
}

function made() {
  const live = new FakeLive();
  const facts = new Numbers(live);
  const told: string[] = [];
  facts.changed.connect(() => told.push(facts.error || 'ok'), told);
  return { live, facts, told };
}

describe('facts of a topic', () => {
  it('are not ready before the first message', () => {
    const { live, facts, told } = made();
    expect([facts.isReady, facts.error]).toEqual([false, '']);
    live.say('numbers', 1, { n: 1 });
    expect([facts.isReady, facts.seen, told]).toEqual([true, [1], ['ok']]);
  });

  it('say why the server refuses them, and keep what they knew', () => {
    const { live, facts, told } = made();
    live.say('numbers', 1, { n: 1 });
    live.refuse('numbers', 'You may not see these.');
    expect(facts.isReady).toBe(true);
    expect(facts.seen).toEqual([1]);
    expect(told).toEqual(['ok', 'You may not see these.']);
  });

  it('leave their topic when they are disposed of, and take nothing that comes late', () => {
    const { live, facts, told } = made();
    facts.dispose();
    live.say('numbers', 1, { n: 1 });
    expect(facts.isDisposed).toBe(true);
    expect([facts.seen, told]).toEqual([[], []]);
    expect(live.commands.at(-1)).toEqual({ unsubscribe: 'numbers' });
  });

  it('can be disposed of twice', () => {
    const { live, facts } = made();
    facts.dispose();
    const before = live.commands.length;
    facts.dispose();
    expect(live.commands).toHaveLength(before);
  });
});
