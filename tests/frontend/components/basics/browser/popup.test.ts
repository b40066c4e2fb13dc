import { waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openMenu } from '../../../../../src/components/basics/browser/popup';

afterEach(() => document.body.replaceChildren());

describe('openMenu', () => {
  it('offers choices, does what is chosen, and gives the focus back', async () => {
    const button = document.body.appendChild(document.createElement('button'));
    const chosen = vi.fn();
    const menu = openMenu(button, [
      { label: 'One', execute: vi.fn(), isToggled: true },
      { label: 'Two', execute: chosen }
    ]);
    const items = [...document.querySelectorAll('.lm-Menu-item')];
    expect(items.map(item => item.textContent)).toEqual(['One', 'Two']);
    expect(items.map(item => item.classList.contains('lm-mod-toggled'))).toEqual([true, false]);
    menu.activeIndex = 1;
    menu.triggerActiveItem();
    await waitFor(() => expect(chosen).toHaveBeenCalledTimes(1));
    expect(document.activeElement).toBe(button);
    await waitFor(() => expect(menu.isDisposed).toBe(true));
    expect(document.querySelector('.lm-Menu')).toBeNull();
  });
});
