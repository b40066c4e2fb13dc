import { act, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it } from 'vitest';
import { ErrorJump } from '../../../../src/components/logs/errors';
import type { ILogError, ILogFound } from '../../../../src/tokens/logs';
import { FakeLog } from '../../support';

const error = (at: number): ILogError => ({ at, kind: 'error', text: `E${at}` });
const press = () =>
  act(async () => {
    fireEvent.click(screen.getByRole('button'));
    await new Promise(resolve => setTimeout(resolve, 0));
  });

/** A log whose errors are found part by part, as each is asked for. */
function partly(parts: Record<number, ILogFound<ILogError>>): { log: FakeLog; begins: number[] } {
  const log = new FakeLog(['x']);
  const begins: number[] = [];
  log.errors = begin => {
    begins.push(begin);
    return Promise.resolve(parts[begin] ?? { found: [], next: null, whole: 0 });
  };
  return { log, begins };
}

describe('ErrorJump', () => {
  it('looks on, part by part, until there is one', async () => {
    const { log, begins } = partly({
      0: { found: [], next: 100, whole: 100 },
      100: { found: [], next: 200, whole: 200 },
      200: { found: [error(250)], next: null, whole: 300 }
    });
    const shown: number[] = [];
    render(<ErrorJump log={log} onShow={({ at }) => void shown.push(at)} />);
    await press();
    expect([begins, shown]).toEqual([[0, 100, 200], [250]]);
    expect(screen.getByRole('status').textContent).toBe('1');
    await press();
    expect(begins.slice(3)).toEqual([251]);
    expect(shown).toEqual([250, 250]);
    expect(screen.getByRole('status').textContent).toBe('1 of 1');
  });

  it('asks for no error twice while it knows the next', async () => {
    const { log, begins } = partly({ 0: { found: [error(1), error(5)], next: 9, whole: 9 } });
    const shown: number[] = [];
    render(<ErrorJump log={log} onShow={({ at }) => void shown.push(at)} />);
    await press();
    await press();
    expect([begins, shown]).toEqual([[0], [1, 5]]);
  });

  it('finds what came since, after the last', async () => {
    const { log } = partly({
      0: { found: [error(1)], next: null, whole: 9 },
      2: { found: [error(7)], next: null, whole: 9 }
    });
    const shown: number[] = [];
    render(<ErrorJump log={log} onShow={({ at }) => void shown.push(at)} />);
    await press();
    await press();
    expect(shown).toEqual([1, 7]);
  });

  it('begins anew with the log', async () => {
    const { log } = partly({ 0: { found: [error(1)], next: null, whole: 9 } });
    const { rerender } = render(<ErrorJump log={log} onShow={() => undefined} />);
    await press();
    expect(screen.getByRole('button').textContent).toBe('Next error');
    log.beginnings++;
    rerender(<ErrorJump log={log} onShow={() => undefined} />);
    expect(screen.getByRole('button').textContent).toBe('First error');
    expect(screen.queryByRole('status')).toBeNull();
  });

  it('goes to no error of a log that began anew while it looked', async () => {
    const log = new FakeLog(['x']);
    let answer: (found: ILogFound<ILogError>) => void = () => undefined;
    log.errors = () => new Promise(done => (answer = done));
    const shown: number[] = [];
    const jump = () => <ErrorJump log={log} onShow={({ at }) => void shown.push(at)} />;
    const { rerender } = render(jump());
    await press();
    log.beginnings++;
    rerender(jump());
    await act(() => Promise.resolve(answer({ found: [error(1)], next: null, whole: 9 })));
    expect(shown).toEqual([]);
    expect(screen.getByRole<HTMLButtonElement>('button').disabled).toBe(false);
    expect(screen.getByRole('button').textContent).toBe('First error');
  });

  it('says nothing of an answer that comes when it is gone', async () => {
    const log = new FakeLog(['x']);
    let refuse: (reason: Error) => void = () => undefined;
    log.errors = () => new Promise((_, reject) => (refuse = reject));
    const { unmount } = render(<ErrorJump log={log} onShow={() => undefined} />);
    await press();
    expect(screen.getByRole('status').textContent).toBe('Looking…');
    expect(screen.getByRole<HTMLButtonElement>('button').disabled).toBe(true);
    unmount();
    refuse(new Error('gone'));
    await act(() => Promise.resolve());
  });
});
