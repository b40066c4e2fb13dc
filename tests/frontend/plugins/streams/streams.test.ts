import { Dialog, Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StreamPage } from '../../../../src/panels/streams';
import { Monitors } from '../../../../src/managers/streams/monitor';
import { streamCommandsPlugin } from '../../../../src/plugins/streams/commands';
import { streamPagesPlugin } from '../../../../src/plugins/streams/pages';
import { streamsSectionPlugin } from '../../../../src/plugins/streams/section';
import type { ISection, ISidePanel } from '../../../../src/tokens/sidepanel';
import { IMonitors, IStreams, StreamCommands } from '../../../../src/tokens/streams';
import { dialogShown, press } from '../../dialogs';
import { FakeLab } from '../../lab';
import { aStream, FakeStreams, partsOf } from '../../streams';
import { FakeJobs, fakeWorkbench } from '../../support';

vi.mock('uplot', async () => ({
  default: (await import('../../components/monitor/uplot')).default
}));

let lab: FakeLab;
let streams: FakeStreams;
let sections: ISection[];

beforeEach(() => {
  lab = new FakeLab();
  streams = new FakeStreams();
  streams.list = [aStream(), aStream({ id: 's2', name: 'Oven <b>', state: 'stopped' })];
  sections = [];
  const { workbench, share } = fakeWorkbench(new FakeJobs());
  share(IStreams, streams);
  share(IMonitors, new Monitors(partsOf({ streams })));
  const panel: ISidePanel = {
    addSection: section => {
      sections.push(section);
      return { isDisposed: false, dispose: () => undefined };
    }
  };
  void streamCommandsPlugin.activate(lab.app, workbench, nullTranslator, null);
  void streamPagesPlugin.activate(lab.app, workbench, nullTranslator, null);
  void streamsSectionPlugin.activate(lab.app, workbench, nullTranslator, panel);
});

afterEach(() => {
  Dialog.flush();
  lab.places.splice(0).forEach(({ widget }) => widget.dispose());
});

const told = () => Notification.manager.notifications[0]?.message;

describe('commands for streams', () => {
  // proves: monitor.panel
  it('start and stop the one that is named, or the one under the mouse', async () => {
    await lab.run(StreamCommands.stop, { id: 'line1' });
    lab.hit = { streamId: 's2' };
    await lab.run(StreamCommands.start);
    expect(streams.commands).toEqual([
      ['stop', 'line1'],
      ['start', 's2']
    ]);
  });

  it('offer only the one of start and stop that changes something', () => {
    const seen = (id: string) =>
      [StreamCommands.start, StreamCommands.stop].map(one => lab.commands.isVisible(one, { id }));
    expect([seen('line1'), seen('s2')]).toEqual([
      [false, true],
      [true, false]
    ]);
  });

  it('say why a stream was not stopped', async () => {
    streams.failure = new Error('It is not yours.');
    await lab.run(StreamCommands.stop, { id: 'line1' });
    expect(told()).toBe('The stream was not stopped: It is not yours.');
  });

  it('delete after a question that says what goes with it', async () => {
    const done = lab.run(StreamCommands.remove, { id: 's2' });
    const dialog = await dialogShown();
    expect(dialog.textContent).toContain('“Oven <b>” ends, and all that it recorded is deleted');
    await press(dialog, 'Delete stream', done);
    expect(streams.commands).toEqual([['remove', 's2']]);
  });

  it('make a stream in a dialog, and open its monitor', async () => {
    const done = lab.run(StreamCommands.create);
    const dialog = await dialogShown();
    await waitFor(() => expect(screen.getByLabelText('Name of the stream')).toBeTruthy());
    fireEvent.change(screen.getByLabelText('Name of the stream'), { target: { value: 'Line 9' } });
    await press(dialog, 'Make stream', done);
    expect(streams.commands[0].slice(0, 2)).toEqual([
      'create',
      {
        name: 'Line 9',
        source: { kind: 'simulated', rate: 10 },
        window: 1000,
        alert: { field: 'probability', over: 0.5 }
      }
    ]);
    expect(lab.places.map(({ widget }) => widget.id)).toEqual(['jupyter-crispdm:stream:new']);
  });
});

describe('pages of streams', () => {
  it('are opened once each, bear the name, and keep what was chosen', async () => {
    await Promise.all([1, 2].map(() => lab.run(StreamCommands.open, { id: 'line1' })));
    await lab.run(StreamCommands.open, { id: 'line1' });
    expect(lab.places.length).toBe(1);
    const page = lab.places[0].widget as StreamPage;
    expect(page.title.label).toBe('Press 4');
    streams.list = [aStream({ name: 'Press 5' })];
    streams.changed.emit();
    expect(page.title.label).toBe('Press 5');
    page.model.setView({ period: 2 });
    page.model.monitor.thresholds.set({ anomaly: 0.9 });
    await waitFor(() => expect(page.model.view.changes.at(-1)?.anomaly).toBe(0.9));
    expect([page.model.view.period, page.model.view.isShared]).toEqual([2, false]);
    page.dispose();
    expect(page.model.isDisposed).toBe(true);
  });

  it('come back as they were left', async () => {
    const view = { period: 5, changes: [{ time: 1, anomaly: 0.3, display: 0 }], isShared: false };
    await lab.run(StreamCommands.open, { id: 'line1', view });
    const { model } = lab.places[0].widget as StreamPage;
    expect([model.view.period, model.monitor.thresholds.anomaly]).toEqual([5, 0.3]);
  });
});

describe('the section of streams', () => {
  it('stands in the side panel, with a button for a new one', () => {
    expect(sections.map(({ name, label, buttons }) => [name, label, buttons?.length])).toEqual([
      ['streams', 'Streams', 1]
    ]);
    expect(sections[0].render()).toBeTruthy();
  });
});
