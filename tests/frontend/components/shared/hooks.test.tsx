import { act, renderHook } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { useSharedText } from '../../../../src/components/shared/text/usesharedtext';
import { useMe } from '../../../../src/components/shared/useme';
import { useShared } from '../../../../src/components/shared/useshared';
import { FakeStates } from '../../shared';

const frame = () => new Promise<void>(resolve => requestAnimationFrame(() => resolve()));
const settle = () =>
  act(async () => {
    await frame();
    await frame();
  });

describe('a shared value in a view', () => {
  it('is drawn again when it changes, and let go when the view goes or looks at another', async () => {
    const states = new FakeStates();
    states.server.write('a', 1);
    const { result, rerender, unmount } = renderHook(({ key }) => useShared(states, key), {
      initialProps: { key: 'a' }
    });
    await settle();
    expect(result.current?.value).toBe(1);
    act(() => void states.server.write('a', 2));
    await settle();
    expect(result.current?.value).toBe(2);
    rerender({ key: 'b' });
    expect(result.current?.key).not.toBe('a');
    await settle();
    expect([states.server.followed.get('a'), states.server.followed.get('b')]).toEqual([0, 1]);
    unmount();
    expect(states.server.followed.get('b')).toBe(0);
  });
});

describe('a shared text in a view', () => {
  it('comes when it is loaded, and goes with the view', async () => {
    const states = Object.assign(new FakeStates(), { texts: { goal: 'Find them.' } });
    const { result, unmount } = renderHook(() => useSharedText(states, 'goal'));
    expect(result.current).toEqual({ shared: null, error: '' });
    await settle();
    const { shared } = result.current;
    expect(shared?.text.toJSON()).toBe('Find them.');
    unmount();
    expect(shared?.isDisposed).toBe(true);
  });

  it('that comes when nobody looks any more is let go at once', async () => {
    const states = new FakeStates();
    const made = await states.text('goal');
    vi.spyOn(states, 'text').mockResolvedValue(made);
    const { unmount } = renderHook(() => useSharedText(states, 'goal'));
    unmount();
    await settle();
    expect(made.model.isDisposed).toBe(true);
  });

  it('says why it cannot be loaded', async () => {
    const states = new FakeStates();
    vi.spyOn(states, 'text').mockRejectedValue(new Error('The part could not be loaded.'));
    const { result } = renderHook(() => useSharedText(states, 'goal'));
    await settle();
    expect(result.current).toEqual({ shared: null, error: 'The part could not be loaded.' });
  });

  it('says nothing of a text that nobody looks at any more, whenever it fails', async () => {
    const states = new FakeStates();
    const loads = new Map<string, (reason: Error) => void>();
    vi.spyOn(states, 'text').mockImplementation(
      key => new Promise((_, refuse) => void loads.set(key, refuse))
    );
    const { result, rerender } = renderHook(({ key }) => useSharedText(states, key), {
      initialProps: { key: 'early' }
    });
    loads.get('early')?.(new Error('early'));
    await settle();
    expect(result.current.error).toBe('early');
    rerender({ key: 'late' });
    expect(result.current.error).toBe('');
    rerender({ key: 'now' });
    loads.get('late')?.(new Error('late'));
    await settle();
    expect(result.current.error).toBe('');
  });
});

describe('the name of whoever looks', () => {
  it('is asked once, and empty until it is known', async () => {
    const ask = vi.fn(() => Promise.resolve('ann'));
    const known = renderHook(() => useMe(() => ask()));
    expect(known.result.current).toBe('');
    await settle();
    known.rerender();
    expect([known.result.current, ask.mock.calls.length]).toEqual(['ann', 1]);
  });

  it('is asked again where the server was away, as long as somebody looks', async () => {
    vi.useFakeTimers();
    const ask = vi.fn().mockRejectedValueOnce(new Error('gone')).mockResolvedValue('ann');
    const gone = vi.fn().mockRejectedValue(new Error('gone'));
    const known = renderHook(() => useMe(ask));
    const unknown = renderHook(() => useMe(gone));
    await act(() => vi.advanceTimersByTimeAsync(1));
    expect([known.result.current, ask.mock.calls.length]).toEqual(['', 1]);
    await act(() => vi.advanceTimersByTimeAsync(5000));
    expect([known.result.current, ask.mock.calls.length]).toEqual(['ann', 2]);
    const asked = gone.mock.calls.length;
    unknown.unmount();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(gone).toHaveBeenCalledTimes(asked);
    vi.useRealTimers();
  });
});
