import { act, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { beforeEach, describe, expect, it } from 'vitest';
import { LogLine } from '../../../../src/components/logs/line';
import { LogView } from '../../../../src/components/logs/view';
import { FakeLog, giveSize } from '../../support';

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

  it('marks what is searched for across its colours, and no colour codes', () => {
    const { container } = render(
      <LogLine text={'a \x1b[31mre\x1b[0md fox 31'} pattern={/red|31/gi} current={2} />
    );
    const marks = [...container.querySelectorAll('mark')];
    expect(marks.map(mark => mark.textContent)).toEqual(['re', 'd', '31']);
    expect(marks.map(mark => mark.dataset.current)).toEqual(['true', 'true', undefined]);
    expect(container.textContent).toBe('a red fox 31');
  });

  // proves: names.html
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

  it('says why a log cannot be read, beside what was read of it', async () => {
    const log = new FakeLog(['one']);
    render(<LogView log={log} />);
    log.trouble = "The log cannot be read: 'output.log' is a pipe, not a file.";
    log.changed.emit();
    await frame();
    expect(screen.getByText(log.trouble)).toBeTruthy();
  });

  // proves: training.log-live
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

  // proves: ui.log-search
  it('searches as one types, and goes round with Enter and Shift+Enter', () => {
    const { container } = render(<LogView log={new FakeLog(['an Error', 'ok', 'error, error'])} />);
    const input = screen.getByRole('searchbox', { name: 'Search the log' });
    const told = (): (string | null)[] => [
      screen.getByText(/^\d of \d$/).textContent,
      container.querySelector('[data-marked]')!.textContent,
      container.querySelector('[data-current]')!.textContent
    ];
    fireEvent.change(input, { target: { value: 'error' } });
    expect(told()).toEqual(['1 of 3', 'an Error', 'Error']);
    expect(container.querySelectorAll('mark')).toHaveLength(3);
    fireEvent.keyDown(input, { key: 'Enter' });
    expect(told()).toEqual(['2 of 3', 'error, error', 'error']);
    fireEvent.click(button('Next match'));
    fireEvent.keyDown(input, { key: 'Enter' });
    expect(told()[0]).toBe('1 of 3');
    fireEvent.keyDown(input, { key: 'Enter', shiftKey: true });
    fireEvent.click(button('Previous match'));
    expect(told()[0]).toBe('2 of 3');
    fireEvent.change(input, { target: { value: 'error.' } });
    expect(screen.getByText('Not found')).toBeTruthy();
    expect(input.getAttribute('aria-invalid')).toBe('true');
    expect(button('Next match').disabled).toBe(true);
  });

  it('counts what comes while one searches, and stays where one is', async () => {
    const log = new FakeLog(['error']);
    render(<LogView log={log} />);
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'error' } });
    log.lines.push('error again');
    log.changed.emit();
    await frame();
    expect(screen.getByText('1 of 2')).toBeTruthy();
  });

  it('is searched with the key of every program, and left with Escape', () => {
    const { container } = render(<LogView log={new FakeLog(['one'])} />);
    const input = screen.getByRole<HTMLInputElement>('searchbox');
    const scroller = container.querySelector('.crispdm-Log-scroller')!;
    const isOurs = !fireEvent.keyDown(scroller, { key: 'f', ctrlKey: true });
    expect(isOurs).toBe(true);
    expect(document.activeElement).toBe(input);
    fireEvent.change(input, { target: { value: 'one' } });
    fireEvent.keyDown(input, { key: 'Escape' });
    expect(document.activeElement).toBe(scroller);
    expect(input.value).toBe('');
    expect(container.querySelector('mark')).toBeNull();
  });

  it('offers no following of a log that is over', async () => {
    const log = new FakeLog(['one']);
    render(<LogView log={log} />);
    expect(button('Pause')).toBeTruthy();
    log.isEnded = true;
    log.changed.emit();
    await frame();
    expect(screen.queryByRole('button', { name: 'Pause' })).toBeNull();
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
    const coming = new FakeLog();
    coming.isReady = false;
    const { rerender } = render(<LogView log={coming} />);
    expect(screen.getByText('Loading…')).toBeTruthy();
    expect(screen.queryByRole('log')).toBeNull();
    rerender(<LogView log={new FakeLog()} />);
    expect(screen.getByText('No output yet.')).toBeTruthy();
    const over = new FakeLog();
    over.isEnded = true;
    rerender(<LogView log={over} />);
    expect(screen.getByText('Nothing was printed.')).toBeTruthy();
  });

  it('has its lines in place of its words as soon as there are some', async () => {
    const log = new FakeLog();
    render(<LogView log={log} />);
    log.lines.push('at last');
    log.changed.emit();
    await frame();
    expect(screen.queryByText('No output yet.')).toBeNull();
    expect(screen.getByRole('log').textContent).toBe('at last');
  });

  it('says why it is refused, and shows nothing that was read before', async () => {
    const log = new FakeLog(['secret']);
    render(<LogView log={log} />);
    log.error = 'You may not read this log.';
    log.changed.emit();
    await frame();
    expect(screen.getByRole('alert').textContent).toContain('You may not read this log.');
    expect(screen.queryByText('secret')).toBeNull();
  });
});
