import { describe, expect, it, vi } from 'vitest';
import { Viewers } from '../../../../src/panels/basics/viewers';

describe('Viewers', () => {
  it('calls only when somebody shows what nobody showed', () => {
    const onSeen = vi.fn();
    const viewers = new Viewers(onSeen);
    expect(viewers.isSeen).toBe(false);
    const one = viewers.show();
    const two = viewers.show();
    expect(onSeen).toHaveBeenCalledTimes(1);
    one.dispose();
    expect(viewers.isSeen).toBe(true);
    two.dispose();
    expect(viewers.isSeen).toBe(false);
    viewers.show();
    expect(onSeen).toHaveBeenCalledTimes(2);
  });

  it('counts one who leaves twice once', () => {
    const viewers = new Viewers(() => undefined);
    const one = viewers.show();
    viewers.show();
    one.dispose();
    one.dispose();
    expect(one.isDisposed).toBe(true);
    expect(viewers.isSeen).toBe(true);
  });
});
