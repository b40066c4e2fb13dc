import { fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import type { Submission } from '../../../../src/api';
import { JobHeader } from '../../../../src/components/job/header';
import { aJob } from '../../support';

const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>('button', { name });

describe('JobHeader', () => {
  const header = (job = aJob(), isPending = false, submission: Submission | null = null) => {
    const actions = {
      onStop: vi.fn(),
      onRerun: vi.fn(),
      onDelete: vi.fn(),
      onOpen: vi.fn(),
      onSchedule: vi.fn()
    };
    const nameOf = (id: string) => `job ${id}`;
    const props = { job, isPending, submission, environment: 'torch', nameOf, ...actions };
    return { ...render(<JobHeader {...props} />), actions };
  };

  it('tells how a job ended', () => {
    header(aJob({ state: 'failed', exit_code: 137, signal: 'SIGKILL', reason: 'out of memory' }));
    expect(screen.getByRole('status').textContent).toBe(
      'Failed · out of memory · exit code 137 · signal SIGKILL'
    );
  });

  it('names a signal and a code once', () => {
    header(
      aJob({ state: 'failed', signal: 'SIGSEGV', reason: 'killed by SIGSEGV (segmentation fault)' })
    );
    expect(screen.getByRole('status').textContent).toBe(
      'Failed · killed by SIGSEGV (segmentation fault)'
    );
  });

  it('says that a job waits for input, as long as it is not over', () => {
    const { unmount } = header(aJob({ waiting_for_input: '2026-11-21T14:02:00Z' }));
    expect(screen.getByText('Waits for input')).toBeTruthy();
    unmount();
    header(aJob({ state: 'stopped', waiting_for_input: '2026-11-21T14:02:00Z' }));
    expect(screen.queryByText('Waits for input')).toBeNull();
  });

  it('offers to stop what runs, and to delete what is over', () => {
    const { actions, unmount } = header();
    expect(screen.queryByRole('button', { name: 'Delete' })).toBeNull();
    fireEvent.click(button('Stop'));
    expect(actions.onStop).toHaveBeenCalled();
    unmount();
    header(aJob({ state: 'succeeded' }));
    expect(screen.queryByRole('button', { name: 'Stop' })).toBeNull();
    expect(button('Delete').disabled).toBe(false);
  });

  it('is grey while a command is on its way', () => {
    header(aJob(), true);
    expect(button('Stop').disabled).toBe(true);
  });

  it('shows where and how it runs', () => {
    header(aJob({ resources: { cpu_percent: 99.6, memory_bytes: 3 * 1024 ** 2 }, attempt: 2 }));
    const summary = screen.getByRole('list', { name: 'Summary' });
    expect(summary.textContent).toContain('torch100 % CPU, 3.0 MiB');
    expect(screen.queryByText('python train.py')).toBeNull();
    fireEvent.click(button('Details'));
    ['torch', 'python train.py', '/work', '100 % CPU, 3.0 MiB', '2'].forEach(text =>
      expect(screen.getAllByText(text).length).toBeGreaterThan(0)
    );
    fireEvent.click(button('Less'));
    expect(screen.queryByText('python train.py')).toBeNull();
  });

  it('shows what it asked for, its share of the limit, its devices and its attempts', () => {
    const resources = { cpu_percent: 150, memory_bytes: 1024 ** 3 };
    const slots = { cpus: 2, gpus: 1, memory: 2 * 1024 ** 3, devices: ['0', '3'] };
    header(aJob({ ...slots, resources, attempt: 2 }), false, { retries: 2 });
    fireEvent.click(button('Details'));
    ['2 CPUs, 1 GPU, 2.0 GiB memory', '150 % CPU, 1.0 GiB of 2.0 GiB', '0, 3', '2 of 3'].forEach(
      text => expect(screen.getAllByText(text).length).toBeGreaterThan(0)
    );
  });

  it('says what a queued job waits for, without a progress bar', () => {
    header(aJob({ state: 'queued', started: null, reason: 'waits for 2 CPUs' }));
    expect(screen.getByRole('status').textContent).toBe('Queued · waits for 2 CPUs');
    expect(screen.queryByRole('progressbar')).toBeNull();
  });

  it('says since when nothing moved, as long as it runs', () => {
    const stalled = '2026-11-21T14:02:00Z';
    const { unmount } = header(aJob({ stalled }));
    expect(screen.getByText(/No output, metrics or CPU since/)).toBeTruthy();
    unmount();
    header(aJob({ stalled, state: 'stopped' }));
    expect(screen.queryByText(/No output, metrics or CPU since/)).toBeNull();
  });

  it('says how much is done where nobody knows of how much', () => {
    header(aJob({ progress: { done: 1200, total: null, message: 'reading' } }));
    expect(screen.getByText(/^1.?200 done · reading$/)).toBeTruthy();
    expect(screen.getByRole('progressbar').hasAttribute('aria-valuenow')).toBe(false);
  });

  // proves: jobs.owner
  it('names the program that submitted it beside its person (issue 7)', () => {
    header(aJob({ owner: 'ada', via: 'nightly' }));
    fireEvent.click(button('Details'));
    expect(screen.getByText('ada, by nightly')).toBeTruthy();
  });

  it('leads to the jobs and the schedule that it has to do with', () => {
    const { actions } = header(aJob({ after: ['a'], rerun_of: 'b', schedule: 's1' }));
    fireEvent.click(button('Details'));
    fireEvent.click(button('job a'));
    fireEvent.click(button('job b'));
    fireEvent.click(button('s1'));
    expect(actions.onOpen.mock.calls).toEqual([['a'], ['b']]);
    expect(actions.onSchedule).toHaveBeenCalledOnce();
  });

  it('offers to keep a page that is a preview, and nothing of it otherwise', () => {
    const onKeep = vi.fn();
    const props = {
      job: aJob(),
      isPending: false,
      environment: 'torch',
      nameOf: (id: string) => id
    };
    const nothing = () => undefined;
    const actions = { onStop: nothing, onRerun: nothing, onDelete: nothing, onOpen: nothing };
    render(<JobHeader {...props} {...actions} onSchedule={nothing} onKeep={onKeep} />);
    fireEvent.click(button('Keep open'));
    expect(onKeep).toHaveBeenCalledOnce();
  });

  it('has no button to keep a page that stays anyway', () => {
    header();
    expect(screen.queryByRole('button', { name: 'Keep open' })).toBeNull();
  });

  it('opens under its button the menu of a right click', () => {
    const onMenu = vi.fn();
    document.addEventListener('contextmenu', onMenu);
    header();
    fireEvent.click(button(/More/));
    document.removeEventListener('contextmenu', onMenu);
    expect(onMenu).toHaveBeenCalledOnce();
  });

  it('can end at once a job that is being stopped gently', () => {
    const { actions } = header(aJob({ state: 'stopping' }));
    fireEvent.click(button('Stop now'));
    expect(actions.onStop).toHaveBeenCalled();
  });
});
