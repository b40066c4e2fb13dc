import { fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import { StalledBadge, WaitingBadge } from '../../../../src/components/jobs/badges';
import { ownerOf } from '../../../../src/components/jobs/owner';
import { Tags } from '../../../../src/components/jobs/tags';
import { AfterField } from '../../../../src/components/run/afterfield';
import { aJob, trans } from '../../support';

describe('tags', () => {
  it('ask for the jobs that have them, and open no row by it', () => {
    const [onTag, onRow] = [vi.fn(), vi.fn()];
    render(
      <div onClick={onRow}>
        <Tags tags={['a', '<b>']} isPressed={tag => tag === 'a'} onTag={onTag} />
      </div>
    );
    fireEvent.click(screen.getByRole('button', { name: '<b>' }));
    expect(onTag).toHaveBeenCalledWith('<b>');
    expect(onRow).not.toHaveBeenCalled();
    const pressed = screen.getAllByRole('button').map(one => one.getAttribute('aria-pressed'));
    expect(pressed).toEqual(['true', 'false']);
  });

  it('are no buttons where nothing can be asked for', () => {
    render(<Tags tags={['a']} />);
    expect(screen.queryByRole('button')).toBeNull();
    expect(screen.getByText('a')).toBeTruthy();
  });
});

describe('badges', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  const since = '2026-11-21T11:00:00Z';

  it('say in a table by their picture what they say beside it elsewhere', () => {
    const { container } = render(<WaitingBadge since={since} now={now} compact />);
    expect(screen.getByRole('img').getAttribute('aria-label')).toMatch(/^Waits for input since/);
    expect(container.textContent).toBe('');
  });

  it('are read once where their words stand beside the picture', () => {
    render(<StalledBadge since={since} now={now} />);
    expect(screen.queryByRole('img')).toBeNull();
    expect(screen.getByText(/^No output, metrics or CPU since/)).toBeTruthy();
  });
});

describe('the owner of a job', () => {
  it('is told with the program that sent it', () => {
    expect(ownerOf(trans, aJob())).toBe('ann');
    expect(ownerOf(trans, aJob({ via: 'nightly' }))).toBe('ann, by nightly');
  });
});

describe('the jobs to wait for', () => {
  const show = (after: string[], jobs = [aJob(), aJob({ id: 'j2', name: 'two' })]) => {
    const onChange = vi.fn();
    render(<AfterField {...{ after, jobs, onChange }} />);
    return onChange;
  };
  const options = () =>
    [...screen.getByRole<HTMLSelectElement>('combobox').options].map(({ text }) => text);

  it('are offered once each', () => {
    const onChange = show(['j1']);
    expect(options()).toEqual(['Choose a job…', 'two']);
    fireEvent.change(screen.getByRole('combobox'), { target: { value: 'j2' } });
    expect(onChange).toHaveBeenCalledWith(['j1', 'j2']);
  });

  it('are called by their ids when they are gone, and can still be taken away', () => {
    const onChange = show(['gone'], []);
    expect(options()).toEqual(['No other job runs']);
    expect(screen.getByRole<HTMLSelectElement>('combobox').disabled).toBe(true);
    fireEvent.click(screen.getByRole('button', { name: 'Do not wait for gone' }));
    expect(onChange).toHaveBeenCalledWith([]);
  });
});
