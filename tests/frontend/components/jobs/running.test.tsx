import { act, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import { RunningJobs } from '../../../../src/components/jobs/running';
import { FakeConnection, FakeJobs, aJob } from '../../support';

const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>('button', { name });
const frame = () => act(() => new Promise<void>(resolve => requestAnimationFrame(() => resolve())));

describe('RunningJobs', () => {
  it('counts, and says when nobody knows', async () => {
    const jobs = new FakeJobs();
    jobs.list = [aJob(), aJob({ id: 'j2' })];
    const connection = new FakeConnection();
    const onOpen = vi.fn();
    render(<RunningJobs jobs={jobs} connection={connection} onOpen={onOpen} />);
    fireEvent.click(button('2 jobs'));
    expect(onOpen).toHaveBeenCalled();
    jobs.list = [aJob()];
    jobs.changed.emit();
    await frame();
    expect(button('1 job')).toBeTruthy();
    act(() => connection.become('lost'));
    expect(button('Offline')).toBeTruthy();
  });
});
