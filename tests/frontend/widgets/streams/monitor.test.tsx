import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Monitors } from '../../../../src/managers/streams/monitor';
import { IMonitors, IStreams } from '../../../../src/tokens/streams';
import { page } from '../../../../src/widgets/basics/react';
import { LiveMonitorView } from '../../../../src/widgets/streams';
import { aChange, aStream, FakeStreams, partsOf } from '../../streams';
import { FakeJobs, fakeWorkbench } from '../../support';
import { removeWidgets, showWidget, tell } from '../show';

vi.mock('uplot', async () => ({
  default: (await import('../../components/monitor/uplot')).default
}));

const VALUES = {
  stream: '',
  period: null,
  height: 600,
  controls: true,
  thresholds: [],
  shared: false
};

let streams: FakeStreams;

beforeEach(() => {
  streams = new FakeStreams();
  streams.list = [aStream(), aStream({ id: 's2', name: 'Oven' })];
  const { workbench, share } = fakeWorkbench(new FakeJobs());
  share(IStreams, streams);
  share(IMonitors, new Monitors(partsOf({ streams })));
  page.workbench = workbench;
});
afterEach(removeWidgets);

const heading = (): string | null => screen.getByRole('heading', { level: 2 }).textContent;

describe('the monitor in a notebook or dashboard', () => {
  // proves: widgets.live-monitor
  it('shows the stream of an id or a name, or the first', async () => {
    const { model } = await showWidget(LiveMonitorView, VALUES);
    expect(heading()).toBe('Press 4');
    await tell(model, { stream: 'Oven' });
    await waitFor(() => expect(heading()).toBe('Oven'));
    await tell(model, { stream: 'line1' });
    await waitFor(() => expect(heading()).toBe('Press 4'));
  });

  // proves: monitor.kept
  it('keeps what the reader chooses in the model, also when its kernel is gone', async () => {
    const { model } = await showWidget(LiveMonitorView, VALUES);
    fireEvent.change(screen.getByLabelText('Update'), { target: { value: '2' } });
    expect(model.get('period')).toBe(2);
    fireEvent.change(screen.getByLabelText('Anomaly threshold'), { target: { value: '0.75' } });
    await waitFor(() => expect(model.get('thresholds')).toHaveLength(1));
    expect((model.get('thresholds') as object[])[0]).toMatchObject({ anomaly: 0.75, display: 0 });
  });

  it('begins with what was kept', async () => {
    await showWidget(LiveMonitorView, { ...VALUES, thresholds: [aChange(0.9)], period: 5 });
    expect(screen.getByLabelText<HTMLInputElement>('Anomaly threshold').value).toBe('0.9');
    expect(screen.getByLabelText<HTMLSelectElement>('Update').value).toBe('5');
  });

  it('waits for a stream that is not there yet', async () => {
    await showWidget(LiveMonitorView, { ...VALUES, stream: 'Paint' });
    expect(screen.getByText('There is no stream “Paint”.')).toBeTruthy();
    act(() => {
      streams.list = [aStream({ id: 's3', name: 'Paint' })];
      streams.changed.emit();
    });
    await waitFor(() => expect(heading()).toBe('Paint'));
  });

  it('says that there is none at all', async () => {
    streams.list = [];
    await showWidget(LiveMonitorView, VALUES);
    expect(screen.getByText('No streams yet.')).toBeTruthy();
  });
});
