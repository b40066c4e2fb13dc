import React from 'react';
import { Monitor } from '../../../../src/components/monitor/monitor';
import { StreamPageBody } from '../../../../src/panels/streams/pagebody';
import { StreamPageModel } from '../../../../src/panels/streams/model';
import { Monitors } from '../../../../src/managers/streams/monitor';
import { IMonitors, IStreams } from '../../../../src/tokens/streams';
import type { StreamEvent } from '../../../../src/api/streams';
import {
  aChange,
  aLine,
  aMonitor,
  anEvent,
  aStream,
  FakeEvents,
  FakeSamples,
  FakeStreams,
  type IMonitorGiven,
  NOON,
  partsOf
} from '../../streams';
import { FakeJobs, fakeWorkbench } from '../../support';
import type { IScene, IView } from '../scene';
import { LONG, times, view } from '../scene';
import { press, quiet, REFUSAL } from '../workbench';

const FILES = ['monitor', 'chart', 'controls', 'eventform', 'events', 'states', 'tiles'];

function monitor(given: IMonitorGiven = {}, isViewer = false): IScene['element'] {
  const made = aMonitor(given);
  return () => (
    <div className="crispdm-StreamPage">
      <Monitor monitor={made} period={null} onPeriod={quiet} hasControls mayControl={!isViewer} />
    </div>
  );
}

function streamsOf(...list: Parameters<typeof aStream>): FakeStreams {
  return Object.assign(new FakeStreams(), { list: list.map(change => aStream(change)) });
}

const SOME: StreamEvent[] = [
  anEvent({ value: 1.43, probability: 0.92 }),
  anEvent({
    id: 'e2',
    time: NOON - 95,
    value: 1.21,
    probability: 0.71,
    state: 'acknowledged',
    by: 'ann',
    comment: 'A scratch on the left edge; the roll was cleaned.',
    label: 'scratch'
  }),
  anEvent({
    id: 'e3',
    time: NOON - 250,
    value: 0.98,
    probability: 0.58,
    state: 'shelved',
    by: 'bo',
    shelved_until: '2026-11-21T12:20:00Z'
  }),
  anEvent({ id: 'e4', time: NOON - 7300, state: 'cleared', by: '', ended: NOON - 7200 })
];

function storm(): StreamEvent[] {
  return times(57, at =>
    anEvent({ id: `s${at}`, time: NOON - 2 * at, probability: 0.55 + (at % 9) / 20 })
  );
}

const CHANGES = [aChange(0.7, NOON - 1000), aChange(0.5, NOON - 55, 0.05)];

export const MONITOR: IView = view({
  name: 'monitor',
  files: FILES.map(name => `components/monitor/${name}.tsx`),
  width: 1100,
  height: 720,
  scenes: {
    empty: {
      element: monitor({ samples: new FakeSamples(), streams: streamsOf({ rate: 0, lag: null }) }),
      says: ['No samples yet.', 'The plot begins with the first one.', 'No alarms.']
    },
    loading: {
      element: monitor({ samples: Object.assign(new FakeSamples(), { isReady: false }) }),
      says: ['Loading…'],
      hides: ['No samples yet.']
    },
    error: {
      element: monitor({
        samples: Object.assign(new FakeSamples(), { error: REFUSAL, isReady: false }),
        streams: streamsOf({ state: 'failed', reason: 'The broker refused the password.' })
      }),
      says: [REFUSAL, 'Failed: nothing is recorded.', 'The broker refused the password.']
    },
    usual: {
      element: monitor({ events: new FakeEvents(SOME), kept: { changes: CHANGES } }),
      says: [
        'Press 4',
        'Current value',
        'Alerts, last 5 minutes',
        'samples a second',
        '12 ms',
        'Anomaly threshold',
        'Pause',
        'Acknowledge',
        'shelved until',
        'All 4'
      ],
      roles: { row: 4, figure: 1 }
    },
    long: {
      element: monitor({
        streams: streamsOf({ name: LONG, reason: `${LONG}: ${LONG}` }),
        events: new FakeEvents([anEvent({ comment: `${LONG}, ${LONG}`, label: LONG })])
      }),
      says: [LONG]
    },
    many: {
      element: monitor({
        events: new FakeEvents(storm()),
        streams: streamsOf({ open_alarms: 57 })
      }),
      act: root => press(root, 'All 57'),
      says: [
        'Alarm storm: 57 alarms that nobody has looked at.',
        'Acknowledge all',
        'Only the latest',
        'Show older ones'
      ],
      roles: { row: 51 }
    },
    actions: {
      element: monitor({ events: new FakeEvents(SOME) }),
      act: root => press(root, 'More…'),
      says: ['Save comment', 'Shelve', 'Clear', 'Set label']
    },
    stopped: {
      element: monitor({ streams: streamsOf({ state: 'stopped', rate: 0, lag: null }) }),
      says: ['Stopped: nothing is recorded.', 'Start']
    },
    silent: {
      element: monitor({
        samples: Object.assign(new FakeSamples(aLine(400)), { heard: (NOON - 75) * 1000 })
      }),
      says: ['No sample for 1m15s: what is shown is old.']
    },
    paused: {
      element: monitor({ events: new FakeEvents(SOME) }),
      act: root => press(root, 'Pause'),
      says: ['Live', 'The plot stands still; samples are still recorded.']
    },
    viewer: {
      element: monitor({ events: new FakeEvents(SOME) }, true),
      says: ['Acknowledge'],
      hides: ['Start']
    }
  }
});

function page(given: IMonitorGiven & { streams: FakeStreams }): IScene['element'] {
  const { workbench, share } = fakeWorkbench(new FakeJobs());
  share(IStreams, given.streams);
  share(IMonitors, new Monitors(partsOf(given)));
  const model = new StreamPageModel(workbench, 'line1');
  return () => <StreamPageBody model={model} />;
}

/** As high as a window of Lab leaves it. */
export const PAGE: IView = view({
  name: 'monitor-page',
  files: ['panels/streams/pagebody.tsx'],
  width: 800,
  height: 560,
  scenes: {
    empty: {
      element: page({ streams: Object.assign(new FakeStreams(), { list: [] }) }),
      says: ['There is no such stream, or not any more.']
    },
    loading: {
      element: page({ streams: Object.assign(new FakeStreams(), { isReady: false }) }),
      says: ['Loading…']
    },
    error: {
      element: page({ streams: Object.assign(new FakeStreams(), { error: REFUSAL }) }),
      says: [REFUSAL],
      roles: { alert: 1 }
    },
    usual: {
      element: page({ streams: new FakeStreams(), events: new FakeEvents(SOME) }),
      says: ['Press 4', 'All 4']
    },
    narrow: {
      element: () => (
        <div style={{ width: 420, height: '100%', display: 'flex', flexDirection: 'column' }}>
          {page({ streams: new FakeStreams(), events: new FakeEvents(SOME) })()}
        </div>
      ),
      says: ['Press 4']
    }
  },
  without: {
    long: 'The view `monitor` has long names.',
    many: 'The view `monitor` has many alarms.'
  }
});
