import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Typed } from '../../../../src/widgets/desk/typed';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  document.body.innerHTML = '';
});

/** Type into the field of a page. */
function typeInto(html: string): Typed {
  const typed = new Typed();
  document.body.innerHTML = html;
  const field = document.querySelector('textarea, input, select')!;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  return typed;
}

// proves: desk.go-on
describe('what was typed', () => {
  it('into a widget of the kernel is kept: the page stays until it is finished', () => {
    const typed = typeInto('<div class="jupyter-widgets"><textarea></textarea></div>');
    expect(typed.isThere).toBe(true);
    vi.advanceTimersByTime(2000);
    expect(typed.isThere).toBe(false);
    vi.setSystemTime(Date.now() - 3_600_000);
    expect(typed.isThere).toBe(false);
  });

  it.each([
    '<div class="jupyter-widgets"><input type="password"></div>',
    '<div class="jupyter-widgets"><input type="file"></div>',
    '<div class="jupyter-widgets"><div class="crispdm-Widget"><input type="text"></div></div>',
    '<div class="crispdm-Widget jupyter-widgets"><input></div>',
    '<form><input></form>'
  ])('is kept by nobody: %s', html => {
    const typed = typeInto(html);
    vi.advanceTimersByTime(60_000);
    expect(typed.isThere).toBe(true);
  });

  it.each(['<select></select>', '<input type="checkbox">', '<input type="range">'])(
    'is nothing in %s',
    html => expect(typeInto(html).isThere).toBe(false)
  );

  it('is nothing at first', () => expect(new Typed().isThere).toBe(false));
});
