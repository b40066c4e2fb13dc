import { fireEvent, render, screen, within } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import { ScheduleForm } from '../../../../src/components/schedules/form';
import type { IScheduleListProps } from '../../../../src/components/schedules/list';
import { ScheduleList } from '../../../../src/components/schedules/list';
import type { IScheduleValues } from '../../../../src/components/schedules/values';
import {
  cronOf,
  formatThere,
  newSchedule,
  presetOf,
  valuesOf
} from '../../../../src/components/schedules/values';
import { aSchedule } from '../../schedules';
import { aJob } from '../../support';

const NOW = Date.parse('2026-11-21T12:00:00Z');

describe('cron expressions', () => {
  it.each([
    ['7 * * * *', 'hourly'],
    ['0 3 * * *', 'daily'],
    ['30 9 * * 1-5', 'weekdays'],
    ['5 23 * * 0', 'weekly'],
    ['0 0 1 * *', 'monthly'],
    ['0 0 L * *', 'monthly'],
    ['*/5 * * * *', 'custom'],
    ['0 0 1 * 1', 'custom'],
    ['0 0 1 1 *', 'custom']
  ])('%s is %s and comes back as it was', (cron, preset) => {
    const when = presetOf(cron);
    expect(when.preset).toBe(preset);
    expect(cronOf({ ...newSchedule(), ...when })).toBe(cron);
  });

  it('a field that is left empty makes no expression', () => {
    expect(cronOf({ ...newSchedule(), preset: 'hourly', minute: ' ' })).toBe('? * * * *');
    expect(cronOf({ ...newSchedule(), preset: 'daily', time: '' })).toBe('? ? * * *');
  });

  it('a new schedule is in the time zone of the browser', () => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    expect(newSchedule().timezone).toBe(zone || 'UTC');
    expect(valuesOf(aSchedule({ timezone: 'Asia/Tokyo' })).timezone).toBe('Asia/Tokyo');
  });
});

function showForm(change: Partial<IScheduleValues> = {}, errors = {}) {
  const onChange = vi.fn();
  const values = { ...newSchedule(), ...change };
  const preview = { description: 'At 03:00 every day', times: ['2026-11-22T03:00:00Z'] };
  render(<ScheduleForm values={values} errors={errors} preview={preview} onChange={onChange} />);
  return onChange;
}

describe('ScheduleForm', () => {
  it('asks for the day and time of a weekly run', () => {
    const onChange = showForm({ preset: 'weekly' });
    const days = within(screen.getByLabelText('On')).getAllByRole('option');
    expect(days.map(day => day.textContent)).toEqual([
      'Monday',
      'Tuesday',
      'Wednesday',
      'Thursday',
      'Friday',
      'Saturday',
      'Sunday'
    ]);
    fireEvent.change(screen.getByLabelText('On'), { target: { value: '0' } });
    expect(onChange).toHaveBeenCalledWith({ weekday: '0' });
    fireEvent.change(screen.getByLabelText('At'), { target: { value: '08:15' } });
    expect(onChange).toHaveBeenCalledWith({ time: '08:15' });
  });

  it('offers the last day of a month', () => {
    showForm({ preset: 'monthly' });
    expect(within(screen.getByLabelText('On day')).getAllByRole('option')).toHaveLength(32);
  });

  it('shows what is wrong at its field', () => {
    showForm(
      { preset: 'custom', cron: '1 2 3' },
      { cron: 'five fields', timezone: 'no such zone', '': 'The disk is full.' }
    );
    const cron = screen.getByLabelText('Cron expression');
    expect(cron.getAttribute('aria-invalid')).toBe('true');
    expect(document.getElementById(cron.getAttribute('aria-describedby')!)?.textContent).toBe(
      'five fields'
    );
    const zone = screen.getByLabelText('Time zone');
    expect(document.getElementById(zone.getAttribute('aria-describedby')!)?.textContent).toBe(
      'no such zone'
    );
    expect(screen.getByRole('alert').textContent).toBe('The disk is full.');
  });

  it('shows the next times in words and in the time of the reader', () => {
    showForm();
    expect(screen.getByText('At 03:00 every day')).toBeTruthy();
    expect(screen.getByRole('listitem').textContent).toMatch(/2026/);
  });

  it('lets runs overlap when each missed one is made up for', () => {
    const onChange = showForm();
    const missed = screen.getByLabelText('Missed while the server was away');
    fireEvent.change(missed, { target: { value: 'all' } });
    expect(onChange).toHaveBeenCalledWith({ missed: 'all', overlap: 'allow' });
  });

  it('makes up for one missed run when they may not overlap', () => {
    const onChange = showForm({ missed: 'all', overlap: 'allow' });
    const overlap = screen.getByLabelText('While the last run is not over');
    fireEvent.change(overlap, { target: { value: 'skip' } });
    expect(onChange).toHaveBeenCalledWith({ overlap: 'skip', missed: 'once' });
  });
});

function showList(change: Partial<IScheduleListProps>) {
  const props: IScheduleListProps = {
    schedules: [],
    now: NOW,
    jobOf: () => undefined,
    isPending: () => false,
    onAdd: vi.fn(),
    onEdit: vi.fn(),
    onRun: vi.fn(),
    onPause: vi.fn(),
    onResume: vi.fn(),
    onDelete: vi.fn(),
    onOpenJob: vi.fn(),
    ...change
  };
  render(<ScheduleList {...props} />);
  return props;
}

describe('formatThere', () => {
  const moment = '2026-11-21T20:30:00Z';

  it('tells a moment as the clocks of a zone show it, on their day', () => {
    expect(formatThere(moment, 'UTC')).toMatch(/Saturday.*21.*8:30/);
    expect(formatThere(moment, 'Asia/Tokyo')).toMatch(/Sunday.*22.*5:30/);
    expect(formatThere(moment, 'America/St_Johns')).toMatch(/Saturday.*21.*5:00/);
  });

  it('goes with the clocks of summer and winter', () => {
    expect(formatThere('2026-07-01T12:00:00Z', 'Europe/Berlin')).toMatch(/2:00/);
    expect(formatThere('2026-12-01T12:00:00Z', 'Europe/Berlin')).toMatch(/1:00/);
  });

  it.each(['Mars/Olympus', '', 'constructor', '../etc', '<b>'])(
    'knows nothing of the zone “%s”, also when it is asked again',
    zone => expect([formatThere(moment, zone), formatThere(moment, zone)]).toEqual([null, null])
  );
});

describe('ScheduleList', () => {
  it('says what to do when there is none', () => {
    const props = showList({});
    fireEvent.click(screen.getByRole('button', { name: 'Schedule a file…' }));
    expect(props.onAdd).toHaveBeenCalled();
  });

  it('tells when it runs next and what became of the last run', () => {
    const schedule = aSchedule({ timezone: 'Asia/Tokyo', last_job: 'j1' });
    const props = showList({ schedules: [schedule], jobOf: () => aJob({ state: 'failed' }) });
    expect(screen.getByText('At 03:00 every day (Asia/Tokyo)')).toBeTruthy();
    expect(screen.getByRole('img', { name: 'Failed' })).toBeTruthy();
    expect(screen.getByTitle(/Asia\/Tokyo: Sunday/)).toBeTruthy();
    fireEvent.click(screen.getByTitle(/Open the last run/));
    expect(props.onOpenJob).toHaveBeenCalledWith('j1');
  });

  it('tells the next time by the clock of its reader alone where the zone is unknown', () => {
    showList({ schedules: [aSchedule({ timezone: 'Mars/Olympus' })] });
    expect(screen.getByTitle(/^Next: /).title).not.toContain('; in ');
    expect(screen.getByText('At 03:00 every day (Mars/Olympus)')).toBeTruthy();
  });

  it('says that one never runs, where there is no next time and nobody paused it', () => {
    showList({ schedules: [aSchedule({ next_run: null })] });
    expect(screen.getByText('never')).toBeTruthy();
  });

  it('tells why the last run did not start', () => {
    showList({ schedules: [aSchedule({ reason: "There is no environment 'gone'." })] });
    expect(screen.getByText("There is no environment 'gone'.").className).toContain('Error');
  });

  it('runs, pauses, edits and deletes', () => {
    const props = showList({ schedules: [aSchedule()] });
    const click = (name: string) => fireEvent.click(screen.getAllByRole('button', { name })[0]);
    click('Run nightly now');
    click('Pause nightly');
    click('Edit nightly');
    click('Delete nightly');
    for (const told of [props.onRun, props.onPause, props.onEdit, props.onDelete]) {
      expect(told).toHaveBeenCalledWith('s1');
    }
  });

  it('resumes one that is paused', () => {
    const props = showList({ schedules: [aSchedule({ paused: true, next_run: null })] });
    expect(screen.getByText('paused')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Resume nightly' }));
    expect(props.onResume).toHaveBeenCalledWith('s1');
  });

  it('is grey while a command is on its way', () => {
    showList({ schedules: [aSchedule()], isPending: () => true });
    const run = screen.getByRole<HTMLButtonElement>('button', { name: 'Run nightly now' });
    expect(run.disabled).toBe(true);
  });

  it('shows names as text', () => {
    showList({ schedules: [aSchedule({ name: '<img src=x onerror=alert(1)>' })] });
    expect(document.querySelector('img')).toBeNull();
  });
});
