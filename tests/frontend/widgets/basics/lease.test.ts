import { renderHook } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { useLease } from '../../../../src/widgets/basics/lease';

describe('useLease', () => {
  it('takes the model of the job, and lets the one before go', () => {
    const dispose = vi.fn();
    const take = vi.fn((job: string) => ({
      model: `model of ${job}`,
      isDisposed: false,
      dispose: () => void dispose(job)
    }));
    const { result, rerender, unmount } = renderHook(({ job }) => useLease(job, take), {
      initialProps: { job: '' }
    });
    expect(result.current).toBeNull();
    rerender({ job: 'a' });
    expect(result.current).toBe('model of a');
    rerender({ job: 'b' });
    expect(result.current).toBe('model of b');
    expect(dispose.mock.calls).toEqual([['a']]);
    unmount();
    expect(dispose.mock.calls).toEqual([['a'], ['b']]);
    expect(take).toHaveBeenCalledTimes(2);
  });
});
