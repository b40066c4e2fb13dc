import { act, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LogLine } from '../../../../src/components/logs/line';
import { LogView } from '../../../../src/components/logs/view';
import { FakeLog, giveSize } from '../../support';

const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>('button', { name });
/** What a moment of typing and asking brings. */
const found = () => act(() => vi.advanceTimersByTimeAsync(200));
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
      <LogLine
        text={'a \x1b[31mre\x1b[0md fox 31'}
        marks={[
          [2, 5],
          [10, 12]
        ]}
        current={2}
      />
    );
    const marks = [...container.querySelectorAll('mark')];
    expect(marks.map(mark => mark.textContent)).toEqual(['re', 'd', '31']);
    expect(marks.map(mark => mark.dataset.current)).toEqual(['true', 'true', undefined]);
    expect(container.textContent).toBe('a red fox 31');
  });

  // proves: training.log-links
  it('opens the files that it names, and only those that can be opened', () => {
    const opened: unknown[] = [];
    const files = {
      find: (path: string) => (path.startsWith('/root/') ? path.slice(6) : null),
      open: (...place: unknown[]) => void opened.push(place)
    };
    const text = '\x1b[35m  File "/root/a/train.py", line 12, in main\x1b[0m';
    const { container, rerender } = render(
      <LogLine text={text} files={files} marks={[[13, 18]]} />
    );
    expect(container.textContent).toBe('  File "/root/a/train.py", line 12, in main');
    fireEvent.click(screen.getByRole('button'));
    expect(opened).toEqual([['a/train.py', 12]]);
    expect(container.querySelector('mark')!.textContent).toBe('/a/tr');
    rerender(<LogLine text={'File "/usr/lib/x.py", line 1'} files={files} />);
    expect(screen.queryByRole('button')).toBeNull();
    rerender(<LogLine text={text} />);
    expect(screen.queryByRole('button')).toBeNull();
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

  describe('searched', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
    afterEach(() => void vi.useRealTimers());

    // proves: ui.log-search
    it('shows places as one types, and goes round with Enter and Shift+Enter', async () => {
      const log = new FakeLog(['an Error', 'ok', 'error, error']);
      const { container } = render(<LogView log={log} />);
      const input = screen.getByRole('searchbox', { name: 'Search the log' });
      const told = (): (string | null)[] => [
        screen.getByText(/^\d of \d$/).textContent,
        container.querySelector('[data-marked]')!.textContent,
        container.querySelector('[data-current]')!.textContent
      ];
      fireEvent.change(input, { target: { value: 'error' } });
      await found();
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
      await found();
      expect(screen.getByText('Not found')).toBeTruthy();
      expect(input.getAttribute('aria-invalid')).toBe('true');
      expect(button('Next match').disabled).toBe(true);
    });

    it('minds case, and takes patterns, where one asks for it', async () => {
      const { container } = render(<LogView log={new FakeLog(['an Error 12', 'error'])} />);
      fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'Error' } });
      fireEvent.click(button('Match case'));
      await found();
      expect(container.querySelectorAll('mark')).toHaveLength(1);
      fireEvent.change(screen.getByRole('searchbox'), { target: { value: '\\d+' } });
      await found();
      expect(screen.getByText('Not found')).toBeTruthy();
      fireEvent.click(button('Pattern'));
      await found();
      expect(container.querySelector('mark')!.textContent).toBe('12');
    });

    it('says why it cannot be', async () => {
      render(<LogView log={Object.assign(new FakeLog(['a']), { failure: 'Make it simpler.' })} />);
      fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'a' } });
      await found();
      expect(screen.getByText('Make it simpler.')).toBeTruthy();
    });

    // proves: training.log-anywhere
    it('shows what was found before what is held, and goes back to the end', async () => {
      const log = new FakeLog([...Array.from({ length: 50 }, (_, n) => `line ${n}`), 'the end']);
      log.held = 40;
      const { container } = render(<LogView log={log} />);
      expect(screen.queryByText('line 3')).toBeNull();
      expect(screen.getByRole('slider', { name: 'Place in the log' })).toBeTruthy();
      fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'line 3' } });
      await found();
      fireEvent.click(button('Next match'));
      await found();
      expect(screen.getByText('2 of 11')).toBeTruthy();
      expect(log.asked.length).toBeGreaterThan(0);
      expect(container.querySelector('[data-marked]')!.textContent).toBe('line 30');
      expect(button('Follow').getAttribute('aria-pressed')).toBe('false');
      fireEvent.click(button('Follow'));
      expect(button('Pause')).toBeTruthy();
      expect(screen.getByText('the end')).toBeTruthy();
      expect(screen.queryByText('line 2')).toBeNull();
    });

    it('goes to any place by its map, and says why one does not come', async () => {
      const log = new FakeLog([...Array.from({ length: 50 }, (_, n) => `line ${n}`), 'the end']);
      log.held = 45;
      render(<LogView log={log} />);
      fireEvent.keyDown(screen.getByRole('slider'), { key: 'Home' });
      await found();
      expect(screen.getByText('line 0')).toBeTruthy();
      expect(log.asked).toEqual([0]);
      fireEvent.keyDown(screen.getByRole('slider'), { key: 'End' });
      await found();
      expect(screen.queryByText('line 0')).toBeNull();
      log.failure = 'The server is gone.';
      fireEvent.keyDown(screen.getByRole('slider'), { key: 'Home' });
      await found();
      expect(screen.getByText('The server is gone.')).toBeTruthy();
    });

    // proves: training.log-errors
    it('goes to the first error, then to the next, and round', async () => {
      const log = new FakeLog(['ok', 'ValueError: a', 'ok', 'OSError: b']);
      const { container } = render(<LogView log={log} />);
      const marked = () => container.querySelector('[data-marked]')?.textContent;
      fireEvent.click(button('First error'));
      await found();
      expect(marked()).toBe('ValueError: a');
      fireEvent.click(button('Next error'));
      await found();
      expect(marked()).toBe('OSError: b');
      fireEvent.click(button('Next error'));
      await found();
      expect(marked()).toBe('ValueError: a');
      expect(screen.getByText('1 of 2')).toBeTruthy();
    });

    it('says that there is no error, and why it cannot be known', async () => {
      const log = new FakeLog(['ok']);
      render(<LogView log={log} />);
      fireEvent.click(button('First error'));
      await found();
      expect(screen.getByText('No errors')).toBeTruthy();
      log.failure = 'Too many logs are searched at once.';
      fireEvent.click(button('First error'));
      await found();
      expect(screen.getByText(log.failure)).toBeTruthy();
    });
  });

  // proves: training.log-times
  it('shows when each line was printed', () => {
    const log = new FakeLog(['one', 'two']);
    log.printed = new Date(2026, 10, 29, 9, 5, 7).getTime() / 1000;
    const { container } = render(<LogView log={log} />);
    expect(container.querySelector('.crispdm-Log-time')).toBeNull();
    fireEvent.click(button('Times'));
    const times = [...container.querySelectorAll('.crispdm-Log-time')];
    expect(times.map(time => time.textContent)).toEqual(['09:05:07', '09:05:08']);
    log.printed = null;
    fireEvent.click(button('Times'));
    fireEvent.click(button('Times'));
    expect(container.querySelector('.crispdm-Log-time')!.textContent).toBe('–');
  });

  // proves: training.log-folds
  it('shows what is repeated once, and all of it on a click', () => {
    const log = new FakeLog(['go', ...new Array<string>(5).fill('a warning'), 'end']);
    const { container } = render(<LogView log={log} />);
    const shown = () => container.querySelectorAll('.crispdm-Log-line').length;
    expect(shown()).toBe(3);
    fireEvent.click(button('×5'));
    expect(shown()).toBe(7);
    fireEvent.click(button('×5'));
    expect(shown()).toBe(3);
    fireEvent.click(button('Fold'));
    expect(shown()).toBe(7);
    expect(screen.queryByRole('button', { name: '×5' })).toBeNull();
  });

  it('offers the rules of curves where there are some', () => {
    let count = 0;
    const { rerender } = render(<LogView log={new FakeLog(['a'])} onRules={() => void count++} />);
    fireEvent.click(button('Rules'));
    expect(count).toBe(1);
    rerender(<LogView log={new FakeLog(['a'])} />);
    expect(screen.queryByRole('button', { name: 'Rules' })).toBeNull();
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

  it('loads what lies before when the reader comes near it', () => {
    const log = new FakeLog(Array.from({ length: 600 }, (_, n) => `line ${n}`));
    log.held = 100;
    const { container } = render(<LogView log={log} />);
    const scroller = container.querySelector('.crispdm-Log-scroller')!;
    Object.defineProperty(scroller, 'scrollHeight', { value: 9000, configurable: true });
    for (const top of [9000, 5000, 300]) {
      scroller.scrollTop = top;
      fireEvent.scroll(scroller);
    }
    expect(log.loads).toBe(1);
    log.isLoadingEarlier = true;
    fireEvent.click(button('Times'));
    expect(screen.getByText('Loading…')).toBeTruthy();
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
