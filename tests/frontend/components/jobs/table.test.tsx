import { act, fireEvent, render, screen, within } from '@testing-library/react';
import React from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { JobTable } from '../../../../src/components/jobs/table';
import { aJob, giveSize } from '../../support';

const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>('button', { name });
const frame = () => act(() => new Promise<void>(resolve => requestAnimationFrame(() => resolve())));
beforeEach(() => giveSize(520));

describe('JobTable', () => {
  const table = (jobs = [aJob()], change: Partial<React.ComponentProps<typeof JobTable>> = {}) => {
    const props = {
      jobs,
      environmentName: (id: string) => `env ${id}`,
      isPending: () => false,
      onOpen: vi.fn(),
      onStop: vi.fn(),
      ...change
    };
    return { ...render(<JobTable {...props} />), props };
  };

  it('shows the state in words, the environment, the message and the progress', () => {
    table([aJob({ progress: { done: 1, total: 3, message: 'epoch 2' } })]);
    const row = screen.getByRole('listitem');
    expect(within(row).getByRole('button', { name: 'train, Running' })).toBeTruthy();
    expect(within(row).getByText('env server · epoch 2')).toBeTruthy();
    expect(within(row).getByText('33 %')).toBeTruthy();
    expect(within(row).getByRole('progressbar').getAttribute('aria-valuenow')).toBe('33');
  });

  it('has an unknown progress bar for a job that does not say, and none for one that waits', () => {
    const { container } = table([aJob(), aJob({ id: 'q', state: 'queued', started: null })]);
    expect(container.querySelectorAll('[role=progressbar]')).toHaveLength(1);
    expect(screen.getByRole('progressbar').hasAttribute('aria-valuenow')).toBe(false);
  });

  it('opens and stops', () => {
    const { props } = table();
    fireEvent.click(button('train, Running'));
    fireEvent.click(button('Stop train'));
    expect(props.onOpen).toHaveBeenCalledWith('j1');
    expect(props.onStop).toHaveBeenCalledWith('j1');
  });

  it('does not offer what cannot be done', () => {
    const over = aJob({ id: 'over', name: 'over', state: 'failed', reason: 'out of memory' });
    const stopping = aJob({ id: 's', name: 'slow', state: 'stopping' });
    table([over, stopping, aJob()], { isPending: id => id === 'j1' });
    expect(screen.queryByRole('button', { name: 'Stop over' })).toBeNull();
    expect(button('Stop slow').disabled).toBe(true);
    expect(button('Stop train').disabled).toBe(true);
    expect(screen.getByText('env server · out of memory')).toBeTruthy();
  });

  it('holds a thousand jobs with a few rows in the page', () => {
    const many = Array.from({ length: 1000 }, (_, index) => aJob({ id: `j${index}` }));
    table(many);
    const rows = screen.getAllByRole('listitem');
    expect(rows.length).toBeLessThan(40);
    expect(rows[0].getAttribute('aria-setsize')).toBe('1000');
  });

  it('is walked with the arrow keys', async () => {
    table([aJob({ id: 'a', name: 'a' }), aJob({ id: 'b', name: 'b' })]);
    button('a, Running').focus();
    fireEvent.keyDown(button('a, Running'), { key: 'ArrowDown' });
    await frame();
    expect(document.activeElement).toBe(button('b, Running'));
    fireEvent.keyDown(button('b, Running'), { key: 'ArrowDown' });
    await frame();
    expect(document.activeElement).toBe(button('b, Running'));
  });

  // proves: names.html
  it('shows a name as text, whatever is in it', () => {
    const { container } = table([aJob({ name: '<img src=x onerror=alert(1)>' })]);
    expect(container.querySelector('img')).toBeNull();
    expect(screen.getByText('<img src=x onerror=alert(1)>')).toBeTruthy();
  });
});
