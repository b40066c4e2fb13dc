import { renderHook } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { useSharedModel } from '../../../../src/widgets/basics/shared';

describe('useSharedModel', () => {
  it('takes the model of the job, and lets the one before go', () => {
    const dispose = vi.fn();
    const acquire = vi.fn((job: string) => ({
      model: `model of ${job}`,
      isDisposed: false,
      dispose: () => void dispose(job)
    }));
    const models = { acquire };
    const { result, rerender, unmount } = renderHook(({ job }) => useSharedModel(models, job), {
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
    expect(acquire).toHaveBeenCalledTimes(2);
  });
});
