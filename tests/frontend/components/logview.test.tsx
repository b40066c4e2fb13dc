import { act, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { beforeEach, describe, expect, it } from 'vitest';
import { LogLine } from '../../../src/components/logline';
import { LogView } from '../../../src/components/logview';
import { FakeLog, giveSize } from '../support';

const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>('button', { name });
const frame = () => act(() => new Promise<void>(resolve => requestAnimationFrame(() => resolve())));

beforeEach(() => giveSize(520));

describe('LogLine', () => {
  it('gives named colours the names that the theme knows', () => {
    const { container } = render(<LogLine text={'\x1b[1;31mred\x1b[0m plain'} />);
    const red = container.querySelector('.ansi-red-fg');
    expect(red?.textContent).toBe('red');
    expect(red?.className).toContain('crispdm-ansi-bold');
    expect(container.textContent).toBe('red plain');
  });

  it('keeps exact colours exact', () => {
    const { container } = render(
      <LogLine text={'\x1b[38;5;208ma\x1b[0m\x1b[38;2;1;2;3mb\x1b[48;5;240mc'} />
    );
    const colours = [...container.querySelectorAll('span')].map(span => span.style);
    expect(colours[0].color).toBe('rgb(255, 135, 0)');
    expect(colours[1].color).toBe('rgb(1, 2, 3)');
    expect(colours[2].backgroundColor).toBe('rgb(88, 88, 88)');
  });

  it('makes no element of markup', () => {
    const { container } = render(<LogLine text={'\x1b[31m<script>x</script>'} />);
    expect(container.querySelector('script')).toBeNull();
    expect(container.textContent).toBe('<script>x</script>');
  });
});

describe('LogView', () => {
  it('has only the visible of a hundred thousand lines in the page', () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => `line ${index}`);
    const { container } = render(<LogView log={new FakeLog(lines)} />);
    expect(container.querySelectorAll('.crispdm-Log-line').length).toBeLessThan(120);
    expect(screen.getByText('100,000 lines')).toBeTruthy();
  });

  it('shows new lines, and follows until it is paused', async () => {
    const log = new FakeLog(['one']);
    const { container } = render(<LogView log={log} />);
    expect(button('Pause').getAttribute('aria-pressed')).toBe('true');
    log.lines.push('two');
    log.changed.emit();
    await frame();
    expect(container.textContent).toContain('two');
    fireEvent.click(button('Pause'));
    expect(button('Follow').getAttribute('aria-pressed')).toBe('false');
  });

  it('goes on following when the end runs ahead of it, and stops when somebody scrolls up', () => {
    const { container } = render(<LogView log={new FakeLog(['one'])} />);
    const scroller = container.querySelector('.crispdm-Log-scroller')!;
    const scroll = (top: number, height: number): void => {
      Object.defineProperty(scroller, 'scrollHeight', { value: height, configurable: true });
      scroller.scrollTop = top;
      fireEvent.scroll(scroller);
    };
    scroll(900, 900);
    scroll(900, 1200);
    expect(button('Pause')).toBeTruthy();
    scroll(400, 1200);
    expect(button('Follow')).toBeTruthy();
    scroll(1200, 1200);
    expect(button('Pause')).toBeTruthy();
  });

  it('finds the next line that holds a text, round the end', () => {
    const { container } = render(<LogView log={new FakeLog(['Error a', 'fine', 'error b'])} />);
    const input = screen.getByRole('searchbox');
    const marked = () => container.querySelector('[data-marked]')?.textContent;
    fireEvent.change(input, { target: { value: 'ERROR' } });
    fireEvent.keyDown(input, { key: 'Enter' });
    expect(marked()).toBe('Error a');
    fireEvent.keyDown(input, { key: 'Enter' });
    expect(marked()).toBe('error b');
    fireEvent.keyDown(input, { key: 'Enter' });
    expect(marked()).toBe('Error a');
    fireEvent.keyDown(input, { key: 'Enter', shiftKey: true });
    expect(marked()).toBe('error b');
    fireEvent.change(input, { target: { value: 'nowhere' } });
    fireEvent.keyDown(input, { key: 'Enter' });
    expect(input.getAttribute('aria-invalid')).toBe('true');
  });

  it('offers what lies before, and says when lines were dropped', () => {
    const log = new FakeLog(['x']);
    log.earlier = 2048;
    const { rerender } = render(<LogView log={log} />);
    expect(screen.getByText(/2.0 KiB before this/)).toBeTruthy();
    fireEvent.click(button('Load earlier lines'));
    expect(log.loads).toBe(1);
    const cut = new FakeLog(['x']);
    cut.isCut = true;
    rerender(<LogView log={cut} />);
    expect(screen.getByText(/oldest lines are not shown/)).toBeTruthy();
  });

  it('says why it is empty', () => {
    const log = new FakeLog();
    const { rerender } = render(<LogView log={log} />);
    expect(screen.getByText('No output yet.')).toBeTruthy();
    const over = new FakeLog();
    over.isEnded = true;
    rerender(<LogView log={over} />);
    expect(screen.getByText('Nothing was printed.')).toBeTruthy();
  });
});
