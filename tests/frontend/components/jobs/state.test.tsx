import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import type { JobState } from '../../../../src/api';
import { NoJobs, NoMatch } from '../../../../src/components/jobs/nojobs';
import { OlderJobs } from '../../../../src/components/jobs/older';
import { JobRow } from '../../../../src/components/jobs/row';
import { StateIcon, stateLabel } from '../../../../src/components/jobs/state';
import { FakeJobs, aJob, trans } from '../../support';

const STATES: readonly JobState[] = [
  'queued',
  'starting',
  'running',
  'stopping',
  'succeeded',
  'failed',
  'stopped',
  'lost'
];

describe('the state of a job', () => {
  it('is told by words and by a shape, each of its own, and not by colour alone', () => {
    const { container } = render(
      <>
        {STATES.map(state => (
          <StateIcon key={state} state={state} />
        ))}
      </>
    );
    const told = screen.getAllByRole('img').map(one => one.getAttribute('aria-label'));
    expect(told).toEqual(STATES.map(state => stateLabel(trans, state)));
    expect(new Set(told).size).toBe(STATES.length);
    const shapes = [...container.querySelectorAll('path')].map(path => path.getAttribute('d'));
    expect(new Set(shapes).size).toBe(STATES.length);
  });
});

describe('a row', () => {
  const row = (change: Parameters<typeof aJob>[0], props = {}) => {
    const actions = { onOpen: vi.fn(), onKeep: vi.fn(), onStop: vi.fn() };
    const fixed = { index: 0, now: Date.parse('2026-11-21T10:01:01Z'), environment: 'torch' };
    const rest = { isPending: false, isSelected: false, ...actions, ...props };
    render(<JobRow job={aJob(change)} {...fixed} {...rest} />);
    return actions;
  };
  const stop = () => screen.queryByRole<HTMLButtonElement>('button', { name: 'Stop train' });

  it.each(STATES)('of a job that is %s says so to who cannot see it', state => {
    row({ state });
    const label = `train, ${stateLabel(trans, state)}`;
    expect(screen.getByRole('button', { name: label })).toBeTruthy();
  });

  it.each([
    ['queued', true, false],
    ['starting', true, false],
    ['running', true, false],
    ['stopping', true, true],
    ['succeeded', false, null],
    ['failed', false, null],
    ['stopped', false, null],
    ['lost', false, null]
  ] as const)('offers to stop one that is %s: %s', (state, isThere, isGrey) => {
    row({ state });
    expect(stop() !== null).toBe(isThere);
    expect(stop()?.disabled ?? null).toBe(isGrey);
  });

  it('offers no stop where nobody may, and is grey while one is on its way', () => {
    row({}, { onStop: undefined });
    expect(stop()).toBeNull();
    cleanup();
    row({}, { isPending: true });
    expect(stop()?.disabled).toBe(true);
  });

  it('is looked at by a click, kept by two, and not opened by its stop', () => {
    const { onOpen, onKeep, onStop } = row({});
    const open = screen.getByRole('button', { name: 'train, Running' });
    fireEvent.click(open);
    fireEvent.doubleClick(open);
    fireEvent.click(stop()!);
    expect([onOpen.mock.calls, onKeep.mock.calls, onStop.mock.calls]).toEqual([
      [['j1']],
      [['j1']],
      [['j1']]
    ]);
  });

  it('tells how long it has run, and nothing of that before it began', () => {
    row({});
    expect(screen.getByText('1m')).toBeTruthy();
    cleanup();
    row({ state: 'queued', started: null, reason: 'waits for 2 CPUs' });
    expect(document.querySelector('.crispdm-JobRow-time')?.textContent).toBe('');
    expect(screen.getByText('torch · waits for 2 CPUs')).toBeTruthy();
  });

  it('does not say twice what its state says', () => {
    row({ state: 'stopped', reason: 'stopped' });
    expect(document.querySelector('.crispdm-JobRow-detail')?.textContent).toBe('torch');
  });

  it('has its whole name for who rests on it, however long it is', () => {
    const name = 'n'.repeat(100);
    row({ name });
    expect(screen.getByRole('button', { name: `${name}, Running` }).title).toBe(name);
  });
});

describe('where there are no jobs', () => {
  it('it says what a job is, and how to run one', () => {
    const onRun = vi.fn();
    render(<NoJobs onRun={onRun} />);
    expect(screen.getByText(/goes on when you close the page/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Run a file as a job' }));
    expect(onRun).toHaveBeenCalledOnce();
  });

  it('that fit, it offers all', () => {
    const onShowAll = vi.fn();
    render(<NoMatch onShowAll={onShowAll} />);
    fireEvent.click(screen.getByRole('button', { name: 'Show all' }));
    expect(onShowAll).toHaveBeenCalledOnce();
  });

  it('that are older, it says nothing of older ones', () => {
    const jobs = new FakeJobs();
    jobs.list = Array.from({ length: 1500 }, (_, at) => aJob({ id: `j${at}` }));
    const { container, rerender } = render(<OlderJobs jobs={jobs} onLoad={vi.fn()} />);
    expect(container.textContent).toBe('');
    jobs.hasOlder = true;
    rerender(<OlderJobs jobs={jobs} onLoad={vi.fn()} />);
    expect(container.textContent).toContain(`The newest ${(1500).toLocaleString()} jobs`);
  });
});
