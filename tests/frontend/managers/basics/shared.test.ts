import { describe, expect, it, vi } from 'vitest';
import { SharedModels } from '../../../../src/managers/basics/shared';

describe('SharedModels', () => {
  it('shares a model until the last view lets go', () => {
    const made: string[] = [];
    const dispose = vi.fn();
    const models = new SharedModels(key => {
      made.push(key);
      return { isDisposed: false, dispose };
    });
    const [first, second] = [models.acquire('j1'), models.acquire('j1')];
    expect(first.model).toBe(second.model);
    first.dispose();
    first.dispose();
    expect(dispose).not.toHaveBeenCalled();
    second.dispose();
    expect(dispose).toHaveBeenCalledOnce();
    models.acquire('j1');
    expect(made).toEqual(['j1', 'j1']);
  });
});
