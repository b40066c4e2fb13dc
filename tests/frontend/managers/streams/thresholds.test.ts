import { Signal } from '@lumino/signaling';
import { waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { MOST_CHANGES, Thresholds } from '../../../../src/managers/streams/thresholds';
import type { IState, IStates } from '../../../../src/tokens/state';
import type { IKeptThresholds } from '../../../../src/tokens/streams';
import { aChange } from '../../streams';

/** One shared value, as every page knows it. */
class FakeShared {
  readonly changed = new Signal<this, void>(this);
  value: unknown;
  error = '';
  by = 'bo';
  handles = 0;
  keys: string[] = [];
  failure: Error | null = null;

  append(values: readonly unknown[], keep: number): Promise<unknown> {
    return this.become([...((this.value ?? []) as unknown[]), ...values].slice(-keep));
  }
  set(value: unknown): Promise<unknown> {
    return this.become(value);
  }
  become(value: unknown): Promise<unknown> {
    if (this.failure) {
      return Promise.reject(this.failure);
    }
    this.value = value;
    this.changed.emit();
    return Promise.resolve(value);
  }
  get states(): IStates {
    const state = (key: string): unknown => {
      this.keys.push(key);
      this.handles++;
      return { model: this as unknown as IState, dispose: () => void this.handles-- };
    };
    return { state } as unknown as IStates;
  }
}

function some(given: { kept?: Partial<IKeptThresholds>; shared?: FakeShared } = {}) {
  const kept: IKeptThresholds[] = [];
  const shared = given.shared ?? new FakeShared();
  const thresholds = new Thresholds({
    stream: 'line1',
    states: () => shared.states,
    kept: { changes: [], isShared: false, ...given.kept },
    onKept: one => void kept.push(one),
    now: () => 50_000
  });
  return { thresholds, kept, shared };
}

describe('Thresholds', () => {
  it('begin with those that were kept', () => {
    const { thresholds } = some({ kept: { changes: [aChange(0.4, 5), aChange(0.7, 9, 0.1)] } });
    expect([thresholds.anomaly, thresholds.display]).toEqual([0.7, 0.1]);
    expect(some().thresholds.anomaly).toBe(0.5);
  });

  // proves: monitor.thresholds
  it('are moved at once, and become one change when they rest', async () => {
    const { thresholds, kept } = some();
    let told = 0;
    thresholds.changed.connect(() => void told++);
    [0.51, 0.6, 0.72].forEach(anomaly => thresholds.set({ anomaly }));
    expect([thresholds.anomaly, thresholds.changes, told]).toEqual([0.72, [], 3]);
    await waitFor(() => expect(thresholds.changes).toEqual([aChange(0.72, 50)]));
    thresholds.set({ display: 0.2 });
    await waitFor(() => expect(thresholds.changes.length).toBe(2));
    expect(thresholds.changes[1]).toEqual(aChange(0.72, 50, 0.2));
    expect(kept.at(-1)).toEqual({ changes: thresholds.changes, isShared: false });
  });

  it('remember so many changes and no more', async () => {
    const changes = Array.from({ length: MOST_CHANGES }, (_, at) => aChange(0.5, at));
    const { thresholds } = some({ kept: { changes } });
    thresholds.set({ anomaly: 0.9 });
    await waitFor(() => expect(thresholds.changes.at(-1)?.anomaly).toBe(0.9));
    expect([thresholds.changes.length, thresholds.changes[0].time]).toEqual([MOST_CHANGES, 1]);
  });

  // proves: monitor.thresholds
  it('are shared under the name of the stream: whoever moves them moves all', async () => {
    const shared = new FakeShared();
    const mine = some({ shared, kept: { changes: [aChange(0.3)] } });
    const theirs = some({ shared, kept: { isShared: true } });
    mine.thresholds.share(true);
    expect(shared.keys).toEqual(['monitor:line1', 'monitor:line1']);
    expect([mine.thresholds.isShared, mine.thresholds.anomaly]).toEqual([true, 0.5]);
    mine.thresholds.set({ anomaly: 0.8 });
    await waitFor(() => expect(theirs.thresholds.anomaly).toBe(0.8));
    expect(theirs.thresholds.changes).toEqual([aChange(0.8, 50)]);
    expect(theirs.thresholds.by).toBe('bo');
    mine.thresholds.share(false);
    expect([mine.thresholds.anomaly, mine.kept.at(-1)?.isShared]).toEqual([0.3, false]);
    theirs.thresholds.dispose();
    expect(shared.handles).toBe(0);
  });

  it('say why they could not be shared, and go back to those that hold', async () => {
    const shared = Object.assign(new FakeShared(), { failure: new Error('You may not write.') });
    const { thresholds } = some({ shared, kept: { isShared: true } });
    thresholds.set({ anomaly: 0.9 });
    await waitFor(() => expect(thresholds.error).toBe('You may not write.'));
    expect(thresholds.anomaly).toBe(0.5);
  });

  it('read what anybody may have written: one pair alone, and nothing that is none', async () => {
    const shared = new FakeShared();
    const { thresholds } = some({ shared, kept: { isShared: true } });
    for (const [value, anomaly] of [
      [{ anomaly: 0.25 }, 0.25],
      ['high', 0.5],
      [[{ anomaly: 7 }, { anomaly: 0.6, time: 3 }, null], 0.6]
    ] as const) {
      await shared.become(value);
      expect(thresholds.anomaly).toBe(anomaly);
    }
    await shared.become({ anomaly: 0.25 });
    thresholds.set({ anomaly: 0.4 });
    await waitFor(() => expect(shared.value).toEqual([aChange(0.4, 50)]));
  });
});
