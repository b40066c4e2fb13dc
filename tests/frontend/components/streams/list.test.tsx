import { fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it } from 'vitest';
import type { Stream } from '../../../../src/api/streams';
import { StreamList } from '../../../../src/components/streams/list';
import { aStream, NOON } from '../../streams';

function show(streams: Stream[], pending: string[] = []) {
  const done: string[] = [];
  const note = (name: string) => (id: string) => void done.push(`${name} ${id}`);
  render(
    <StreamList
      streams={streams}
      now={NOON * 1000}
      isPending={id => pending.includes(id)}
      onAdd={() => void done.push('add')}
      onOpen={note('open')}
      onStart={note('start')}
      onStop={note('stop')}
      onDelete={note('delete')}
    />
  );
  return done;
}

const press = (name: string): void => void fireEvent.click(screen.getByRole('button', { name }));

describe('the list of streams', () => {
  // proves: monitor.panel
  it('opens, stops, starts and deletes the one whose button is pressed', () => {
    const done = show([aStream(), aStream({ id: 's2', name: 'Oven', state: 'stopped' })]);
    ['Open Press 4', 'Stop Press 4', 'Start Oven', 'Delete Oven'].forEach(press);
    expect(done).toEqual(['open line1', 'stop line1', 'start s2', 'delete s2']);
    expect(screen.queryByRole('button', { name: 'Start Press 4' })).toBeNull();
  });

  it('lets nobody press twice', () => {
    show([aStream()], ['line1']);
    const stop = screen.getByRole<HTMLButtonElement>('button', { name: 'Stop Press 4' });
    expect(stop.disabled).toBe(true);
  });

  it('says how the samples come, or why they do not', () => {
    show([
      aStream({ rate: 2.5, lag: 0.25 }),
      aStream({ id: 's2', name: 'b', rate: 120, lag: null }),
      aStream({ id: 's3', name: 'c', state: 'failed', reason: 'The broker is gone.' }),
      aStream({ id: 's4', name: 'd', state: 'starting' }),
      aStream({ id: 's5', name: 'e', reason: 'No sample for 20 s.' })
    ]);
    for (const text of [
      '2.5 a second · lag 0.25 s',
      '120 a second',
      'The broker is gone.',
      'starting'
    ]) {
      expect(screen.getByText(text)).toBeTruthy();
    }
    expect(screen.getByText('No sample for 20 s.').className).toContain('crispdm-Error');
  });

  it('tells open alarms, or else when the last one was', () => {
    show([
      aStream({ open_alarms: 1, last_alarm: '2026-11-21T11:00:00Z' }),
      aStream({ id: 's2', name: 'b', last_alarm: '2026-11-21T11:00:00Z' }),
      aStream({ id: 's3', name: 'c' })
    ]);
    const alarms = [...document.querySelectorAll<HTMLElement>('.crispdm-StreamRow-alarm')];
    expect(alarms[0].textContent).toBe('1 alarm');
    expect(alarms[0].dataset.open).toBe('true');
    expect(alarms[1].textContent).toMatch(/\d/);
    expect(alarms[2].textContent).toBe('');
  });

  it('offers a new one where there is none', () => {
    const done = show([]);
    press('New stream…');
    expect(done).toEqual(['add']);
  });
});
