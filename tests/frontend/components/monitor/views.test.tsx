import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import { Monitor } from '../../../../src/components/monitor/monitor';
import {
  aLine,
  aMonitor,
  anEvent,
  aStream,
  FakeEvents,
  FakeSamples,
  FakeStreams,
  type IMonitorGiven,
  NOON
} from '../../streams';
import { made } from './uplot';
import { pending } from '../../clock/pending';

vi.mock('uplot', async () => ({ default: (await import('./uplot')).default }));

const frames = () => act(() => pending.rest());

async function show(given: IMonitorGiven & { mayControl?: boolean; hasControls?: boolean } = {}) {
  vi.useFakeTimers({ toFake: ['Date'], now: NOON * 1000 });
  const parts = {
    streams: given.streams ?? new FakeStreams(),
    samples: given.samples ?? new FakeSamples(aLine(1000)),
    events: given.events ?? new FakeEvents()
  };
  const monitor = aMonitor({ ...given, ...parts });
  const periods: (number | null)[] = [];
  const { mayControl = true, hasControls = true } = given;
  const element = (period: number | null): React.JSX.Element => (
    <Monitor
      monitor={monitor}
      period={period}
      onPeriod={chosen => void periods.push(chosen)}
      hasControls={hasControls}
      mayControl={mayControl}
    />
  );
  const { rerender } = render(element(null));
  await frames();
  vi.useRealTimers();
  return { monitor, periods, ...parts, again: (period: number) => rerender(element(period)) };
}

const tile = (label: string): string =>
  screen.getByText(label).closest('.crispdm-Tile')?.textContent ?? '';
const press = (name: string | RegExp): void =>
  void fireEvent.click(screen.getAllByRole('button', { name })[0]);

describe('Monitor', () => {
  // proves: monitor.tiles
  it('has the tiles: value with its delta, alerts of five minutes, rate and lag', async () => {
    const events = [
      anEvent(),
      anEvent({ id: 'e2', time: NOON - 299 }),
      anEvent({ id: 'e3', time: NOON - 301 })
    ];
    const samples = new FakeSamples({
      seq: [1, 2],
      time: [NOON - 1, NOON],
      value: [1.5, 1.25],
      probability: [0, 0]
    });
    await show({ samples, events: new FakeEvents(events) });
    expect(tile('Current value')).toBe('Current value1.25▼ -0.25');
    expect(tile('Alerts, last 5 minutes')).toBe('Alerts, last 5 minutes23 open');
    expect(tile('Rate')).toContain('10');
    expect(tile('Lag')).toContain('12 ms');
  });

  it('has words for what is not known: no sample, no delta, no rate', async () => {
    const samples = new FakeSamples({ seq: [1], time: [NOON], value: [null], probability: [null] });
    const streams = Object.assign(new FakeStreams(), { list: [aStream({ state: 'stopped' })] });
    await show({ samples, streams });
    expect(tile('Current value')).toContain('–');
    expect(tile('Rate')).toContain('–');
  });

  // proves: monitor.period, monitor.controls
  it('is updated as often as the reader wants', async () => {
    const { samples, periods, again } = await show();
    expect(samples.views.shown).toEqual([null]);
    const update = screen.getByLabelText<HTMLSelectElement>('Update');
    expect([...update.options].map(({ value }) => value)).toEqual(['', '0.5', '1', '2', '5']);
    fireEvent.change(update, { target: { value: '0.5' } });
    fireEvent.change(update, { target: { value: '' } });
    expect(periods).toEqual([0.5, null]);
    again(0.5);
    expect(samples.views.shown).toEqual([0.5]);
  });

  // proves: monitor.thresholds, monitor.controls
  it('has thresholds from 0 to 1, and shows no alarm below the one', async () => {
    const list = [anEvent({ probability: 0.9 }), anEvent({ id: 'e2', probability: 0.6 })];
    const { monitor } = await show({ events: new FakeEvents(list) });
    const slider = screen.getByLabelText<HTMLInputElement>('Anomaly threshold');
    expect([slider.min, slider.max, slider.value]).toEqual(['0', '1', '0.5']);
    fireEvent.change(slider, { target: { value: '0.8' } });
    expect(monitor.thresholds.anomaly).toBe(0.8);
    fireEvent.change(screen.getByLabelText('Display threshold'), { target: { value: '0.7' } });
    expect(screen.getAllByText('raised').length).toBe(1);
    expect(screen.getByText('1 below the display threshold')).toBeTruthy();
  });

  // proves: monitor.controls
  it('starts and stops for those who may, and says why it did not', async () => {
    const { streams } = await show();
    press('Stop');
    expect(streams.commands).toEqual([['stop', 'line1']]);
    streams.failure = new Error('The disk is full.');
    press('Stop');
    await frames();
    expect(screen.getByRole('alert').textContent).toBe('The disk is full.');
  });

  it('offers a viewer neither, and without controls none of the settings', async () => {
    await show({ mayControl: false });
    expect(screen.queryByRole('button', { name: 'Stop' })).toBeNull();
    expect(screen.queryByLabelText('Update')).not.toBeNull();
    document.body.replaceChildren();
    await show({ hasControls: false });
    expect(screen.queryByLabelText('Update')).toBeNull();
  });

  // proves: monitor.look-back
  it('pauses, goes back, comes nearer, and is live again', async () => {
    const { monitor } = await show();
    press('Earlier');
    expect(monitor.isLive).toBe(false);
    await frames();
    press('Later');
    press('Zoom in');
    press('Zoom out');
    press('Live');
    await frames();
    expect(monitor.isLive).toBe(true);
    press('Pause');
    await frames();
    expect(screen.getByText('The plot stands still; samples are still recorded.')).toBeTruthy();
  });

  it('tells what is under the cursor without drawing the page again', async () => {
    await show();
    const readout = document.querySelector<HTMLElement>('.crispdm-Monitor-readout')!;
    expect(readout.dataset.cursor).toBe('false');
    const plot = made.at(-1)!;
    plot.cursor.left = 0;
    plot.options.hooks.setCursor[0]();
    expect([readout.dataset.cursor, readout.textContent?.includes('p 0.')]).toEqual(['true', true]);
  });

  it('begins to draw with the first sample', async () => {
    const samples = new FakeSamples();
    await show({ samples });
    expect(screen.getByText('No samples yet.')).toBeTruthy();
    act(() => samples.add(aLine(1)));
    await frames();
    expect(screen.queryByText('No samples yet.')).toBeNull();
  });

  it('says what is not as it should be: each word once, whoever says it', async () => {
    const reason = 'The broker does not answer.';
    const samples = Object.assign(new FakeSamples(aLine(5)), { trouble: reason });
    samples.add(aLine(1, 9));
    const streams = Object.assign(new FakeStreams(), { list: [aStream({ reason })] });
    await show({ samples, streams });
    expect(screen.getByText(`${reason} · 3 samples were left out here`)).toBeTruthy();
    act(() => {
      streams.list = [aStream({ state: 'starting' })];
      streams.changed.emit();
    });
    await waitFor(() => expect(screen.getByText(/^Starting…/)).toBeTruthy());
    act(() => {
      streams.list = [aStream({ state: 'failed', reason })];
      streams.changed.emit();
    });
    await waitFor(() => expect(screen.getByText(/^Failed: nothing is recorded/)).toBeTruthy());
    expect(screen.getByText(/^Failed/).dataset.tone).toBe('bad');
  });

  it('believes a slow line for as long as it is slow', async () => {
    const silent = (seconds: number): FakeSamples =>
      Object.assign(new FakeSamples(aLine(5)), { heard: (NOON - seconds) * 1000 });
    const slow = Object.assign(new FakeStreams(), { list: [aStream({ rate: 0.1 })] });
    await show({ samples: silent(30), streams: slow });
    expect(screen.queryByText(/^No sample for/)).toBeNull();
    document.body.replaceChildren();
    await show({ samples: silent(30) });
    expect(screen.getByText(/^No sample for/)).toBeTruthy();
  });

  it('says that a stream is gone', async () => {
    const { streams } = await show();
    act(() => {
      streams.list = [];
      streams.changed.emit();
    });
    expect(screen.getByText('There is no such stream, or not any more.')).toBeTruthy();
  });
});

describe('Alarms', () => {
  // proves: monitor.events
  it('are acknowledged, shelved, cleared, labelled and commented', async () => {
    const { events } = await show({ events: new FakeEvents([anEvent()]) });
    press('Acknowledge');
    press('More…');
    const form = within(screen.getByRole('group', { name: 'What to do about it' }));
    fireEvent.change(form.getByLabelText('Comment'), { target: { value: ' known ' } });
    fireEvent.change(form.getByLabelText('Shelve for'), { target: { value: '3600' } });
    fireEvent.change(form.getByLabelText('Label'), { target: { value: 'scratch' } });
    for (const name of ['Save comment', 'Acknowledge', 'Shelve', 'Clear', 'Set label']) {
      fireEvent.click(form.getByRole('button', { name }));
    }
    expect(events.acts).toEqual([
      ['e1', { action: 'acknowledge' }],
      ['e1', { action: 'label', label: '', comment: 'known' }],
      ['e1', { action: 'acknowledge', comment: 'known' }],
      ['e1', { action: 'shelve', seconds: 3600, comment: 'known' }],
      ['e1', { action: 'clear', comment: 'known' }],
      ['e1', { action: 'label', label: 'scratch', comment: 'known' }]
    ]);
  });

  it('do not take away the one that somebody writes about', async () => {
    const { events } = await show({ events: new FakeEvents([anEvent()]) });
    press('More…');
    fireEvent.change(screen.getByLabelText('Comment'), { target: { value: 'half a' } });
    const newer = [1, 2, 3, 4].map(at => anEvent({ id: `n${at}`, time: NOON + at }));
    events.list = [...newer, ...events.list];
    act(() => events.changed.emit());
    await waitFor(() => expect(screen.getAllByText('raised').length).toBe(4));
    expect(screen.getByLabelText<HTMLInputElement>('Comment').value).toBe('half a');
  });

  it('say beside the one that it is about why something was refused', async () => {
    const { events } = await show({ events: new FakeEvents([anEvent()]) });
    events.failure = new Error('The stream has no such event.');
    press('Acknowledge');
    await frames();
    expect(screen.getByRole('alert').textContent).toBe('The stream has no such event.');
  });

  // proves: monitor.tiles
  it('are the latest three, and all others behind them', async () => {
    const list = Array.from({ length: 60 }, (_, at) =>
      anEvent({ id: `e${at}`, state: 'cleared', time: NOON - at })
    );
    await show({ events: new FakeEvents(list) });
    const rows = (): number => screen.getAllByText('cleared').length;
    expect(rows()).toBe(3);
    press('All 60');
    expect(rows()).toBe(50);
    press('Show older ones');
    expect(rows()).toBe(60);
    press('Only the latest');
    expect(rows()).toBe(3);
  });

  it('are acknowledged together when they are a storm', async () => {
    const list = Array.from({ length: 20 }, (_, at) => anEvent({ id: `e${at}` }));
    const { events } = await show({ events: new FakeEvents(list) });
    press('Acknowledge all');
    await frames();
    expect(events.acts.length).toBe(20);
  });

  it('are acknowledged together, or say why they are not', async () => {
    const list = Array.from({ length: 20 }, (_, at) => anEvent({ id: `e${at}` }));
    const { events } = await show({ events: new FakeEvents(list) });
    events.failure = new Error('The disk is full.');
    press('Acknowledge all');
    await frames();
    expect(screen.getByRole('alert').textContent).toContain('The disk is full.');
  });
});
