import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PageAddress } from '../../../../src/widgets/desk/address';

let taken: PageAddress | null = null;

beforeEach(() => {
  document.body.dataset.voila = 'voila';
  window.history.replaceState(null, '', '/voila/render/desk.ipynb?theme=dark&page=train');
});
afterEach(() => {
  taken?.release();
  taken = null;
  delete document.body.dataset.voila;
  window.history.replaceState(null, '', '/');
});

const take = (): PageAddress => {
  taken = PageAddress.take();
  return taken!;
};

// proves: dashboard.address
describe('the address of a dashboard', () => {
  it('names the page, beside what else it says', () => {
    const address = take();
    expect(address.slug).toBe('train');
    expect(address.hrefOf('a b&c')).toBe('/voila/render/desk.ipynb?theme=dark&page=a+b%26c');
  });

  it('is written as a step of its own, or in place of the last, and not twice', () => {
    const address = take();
    const before = window.history.length;
    address.write('train', 'push');
    address.write('data', 'replace');
    expect(window.history.length).toBe(before);
    address.write('jobs', 'push');
    expect(window.history.length).toBe(before + 1);
    expect(window.location.search).toBe('?theme=dark&page=jobs');
  });

  it('tells of the way back until it is given back', () => {
    const address = take();
    const moved = vi.fn();
    address.onMoved(moved);
    window.dispatchEvent(new PopStateEvent('popstate'));
    expect(moved.mock.calls).toEqual([['train']]);
    address.release();
    window.dispatchEvent(new PopStateEvent('popstate'));
    expect(moved).toHaveBeenCalledTimes(1);
  });

  it('belongs to the first dashboard of a page only, and in Lab to none', () => {
    const address = take();
    expect(PageAddress.take()).toBeNull();
    address.release();
    delete document.body.dataset.voila;
    expect(PageAddress.take()).toBeNull();
  });
});
