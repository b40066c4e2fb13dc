import { act, render, renderHook } from '@testing-library/react';
import React from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useFact, useFacts, useNow } from '../../../../src/components/basics/hooks';
import { Sight } from '../../../../src/components/basics/sight';
import {
  useShown,
  useVisible,
  Visibility,
  VisibilityContext
} from '../../../../src/components/basics/visibility';
import { FakeFacts } from '../../facts';
import { FakeShown } from '../../support';

let visibility: Visibility;

const wrapper = ({ children }: { children: React.ReactNode }) => (
  <VisibilityContext.Provider value={visibility}>{children}</VisibilityContext.Provider>
);
const see = (isVisible: boolean): void =>
  act(() => {
    visibility.isVisible = isVisible;
  });
const frame = () => act(() => new Promise<void>(done => requestAnimationFrame(() => done())));

beforeEach(() => {
  visibility = new Visibility();
});

describe('a view that is hidden', () => {
  it('knows it, and one that nobody hides is seen', () => {
    expect(renderHook(() => useVisible()).result.current).toBe(true);
    const { result } = renderHook(() => useVisible(), { wrapper });
    expect(result.current).toBe(true);
    see(false);
    expect(result.current).toBe(false);
  });

  it('is not drawn when facts change, and once when it is shown again', async () => {
    const facts = new FakeFacts();
    let drawings = 0;
    const View = () => {
      useFacts(facts);
      drawings++;
      return null;
    };
    render(<View />, { wrapper });
    await frame();
    see(false);
    await frame();
    const before = drawings;
    facts.changed.emit();
    facts.changed.emit();
    await frame();
    expect(drawings).toBe(before);
    see(true);
    await frame();
    expect(drawings).toBeGreaterThan(before);
    expect(drawings - before).toBeLessThanOrEqual(2);
  });

  it('reads a fact that changed meanwhile when it is shown again', () => {
    const facts = Object.assign(new FakeFacts(), { count: 1 });
    const { result } = renderHook(() => useFact(facts, () => facts.count), { wrapper });
    see(false);
    facts.count = 2;
    act(() => facts.changed.emit());
    expect(result.current).toBe(1);
    see(true);
    expect(result.current).toBe(2);
  });

  it('has no clock', () => {
    vi.useFakeTimers();
    const { result } = renderHook(() => useNow(true), { wrapper });
    see(false);
    const then = result.current;
    act(() => void vi.advanceTimersByTime(5000));
    expect(result.current).toBe(then);
    see(true);
    expect(result.current).toBe(then + 5000);
    vi.useRealTimers();
  });

  it('lets nothing come, and when it is shown again what it needs then', () => {
    const shown = new FakeShown();
    const { rerender, unmount } = renderHook(({ period }) => useShown(shown, period), {
      wrapper,
      initialProps: { period: null as number | null }
    });
    expect(shown.shown).toEqual([null]);
    rerender({ period: 5 });
    expect(shown.shown).toEqual([5]);
    see(false);
    rerender({ period: 30 });
    expect(shown.shown).toEqual([]);
    see(true);
    expect(shown.shown).toEqual([30]);
    unmount();
    expect(shown.shown).toEqual([]);
  });
});

describe('a view that is drawn once in a while', () => {
  it('shows the first change at once and the last one after its pause', () => {
    vi.useFakeTimers();
    const facts = new FakeFacts();
    const { result } = renderHook(() => useFacts(facts, 500));
    act(() => void vi.advanceTimersByTime(20));
    const first = result.current;
    for (let count = 0; count < 10; count++) {
      facts.changed.emit();
      act(() => void vi.advanceTimersByTime(30));
    }
    expect(result.current).toBe(first);
    act(() => void vi.advanceTimersByTime(600));
    expect(result.current).toBe(first + 1);
    act(() => void vi.advanceTimersByTime(5000));
    expect(result.current).toBe(first + 1);
    vi.useRealTimers();
  });
});

describe('Sight', () => {
  const NoObserver = globalThis.IntersectionObserver;
  let tell: (entries: { isIntersecting: boolean }[]) => void;
  let disconnected = 0;

  beforeEach(() => {
    disconnected = 0;
    vi.stubGlobal(
      'IntersectionObserver',
      class {
        constructor(callback: typeof tell) {
          tell = callback;
        }
        observe(): void {}
        disconnect(): void {
          disconnected++;
        }
      }
    );
  });
  afterEach(() => vi.stubGlobal('IntersectionObserver', NoObserver));

  it('tells whether an element can be seen, by the newest that is known', () => {
    const sight = new Sight(document.createElement('div'));
    expect(sight.visibility.isVisible).toBe(true);
    tell([{ isIntersecting: true }, { isIntersecting: false }]);
    expect(sight.visibility.isVisible).toBe(false);
    tell([{ isIntersecting: true }]);
    expect(sight.visibility.isVisible).toBe(true);
    sight.dispose();
    expect([sight.isDisposed, disconnected]).toEqual([true, 1]);
  });
});
