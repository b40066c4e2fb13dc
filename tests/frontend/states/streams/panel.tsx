import { nullTranslator } from '@jupyterlab/translation';
import React from 'react';
import type { SourceTrial } from '../../../../src/api/streams';
import { StreamsBody } from '../../../../src/panels/streams/body';
import { NewStreamDialog } from '../../../../src/panels/streams/dialog';
import { NewStreamModel } from '../../../../src/panels/streams/formmodel';
import type { IStreamValues } from '../../../../src/components/streams/source';
import { aStream, FakeStreams, NOON } from '../../streams';
import { trans } from '../../support';
import type { IScene, IView } from '../scene';
import { LONG, times, view } from '../scene';
import { commands, Lumino, press, REFUSAL } from '../workbench';

const SOME = [
  aStream({ open_alarms: 2, last_alarm: '2026-11-21T11:58:00Z' }),
  aStream({ id: 's2', name: 'Oven', rate: 0.5, lag: 1.2, last_alarm: '2026-11-21T09:10:00Z' }),
  aStream({ id: 's3', name: 'Paint shop', state: 'stopped', rate: 0 }),
  aStream({
    id: 's4',
    name: 'Packing',
    state: 'failed',
    reason: 'The broker at line-4.example refused the password.'
  })
];

function list(streams: FakeStreams): IScene['element'] {
  return () => (
    <div className="crispdm-Section" style={{ height: '100%' }}>
      <div className="crispdm-View">
        <StreamsBody streams={streams} commands={commands} />
      </div>
    </div>
  );
}

function streamsOf(list: FakeStreams['list'], change: Partial<FakeStreams> = {}): FakeStreams {
  return Object.assign(new FakeStreams(), { list, ...change });
}

export const STREAMS: IView = view({
  name: 'streams-panel',
  files: ['panels/streams/body.tsx', 'components/streams/list.tsx'],
  width: 300,
  height: 260,
  scenes: {
    empty: { element: list(streamsOf([])), says: ['No streams.', 'New stream…'] },
    loading: {
      element: list(streamsOf([], { isReady: false })),
      says: ['Loading…'],
      hides: ['No streams.']
    },
    error: {
      element: list(streamsOf([], { error: REFUSAL })),
      says: [REFUSAL],
      roles: { alert: 1 }
    },
    usual: {
      element: list(streamsOf(SOME, { pending: new Set(['s3']) })),
      says: ['Press 4', '10 a second', '2 alarms', 'Start Paint shop', 'Stop Oven', 'Packing'],
      roles: { listitem: 4 }
    },
    long: {
      element: list(
        streamsOf([aStream({ name: LONG, open_alarms: 1234, last_alarm: '2026-11-21T11:58:00Z' })])
      ),
      says: [LONG, '1234 alarms']
    },
    many: {
      element: list(streamsOf(times(40, at => aStream({ id: `s${at}`, name: `line ${at}` })))),
      says: ['line 0', 'line 39'],
      roles: { listitem: 40 }
    }
  }
});

const TRIAL: SourceTrial = {
  messages: times(4, at => JSON.stringify({ ts: NOON + at, v: 1 + at / 10, p: 0.1, unit: 'mm' })),
  columns: [
    { name: 'time', path: '$.ts', type: 'number' },
    { name: 'value', path: '$.v', type: 'number' },
    { name: 'probability', path: '$.p', type: 'number' },
    { name: 'unit', path: '$.unit', type: 'text' }
  ],
  reason: ''
};

function dialog(
  values: Partial<IStreamValues>,
  change: Partial<FakeStreams> = {}
): IScene['element'] {
  return () => {
    const model = new NewStreamModel(streamsOf(SOME, change), trans);
    model.change(values);
    return <Lumino make={() => new NewStreamDialog(model, nullTranslator)} />;
  };
}

const MQTT: Partial<IStreamValues> = {
  name: 'Press 4',
  kind: 'mqtt',
  host: 'broker.factory',
  topic: 'line/4/press'
};

export const FORM: IView = view({
  name: 'stream-form',
  files: [
    'panels/streams/dialog.ts',
    'panels/streams/dialogbody.tsx',
    'components/streams/form.tsx',
    'components/streams/trial.tsx'
  ],
  width: 700,
  height: 860,
  scenes: {
    empty: { element: dialog({}), says: ['Name of the stream', 'Samples a second'] },
    error: {
      element: dialog({ kind: 'mqtt' }),
      act: root => press(root, 'Make stream'),
      says: ['This is needed.']
    },
    usual: {
      element: dialog(MQTT, { trial: TRIAL }),
      act: root => press(root, 'Test connection'),
      settles: 100,
      says: ['$.ts', 'First messages', '"unit":"mm"', 'Variable with the password'],
      roles: { row: 5 }
    },
    nothing: {
      element: dialog(MQTT, {
        trial: { messages: [], columns: [], reason: 'Nothing came in 5 seconds.' }
      }),
      act: root => press(root, 'Test connection'),
      settles: 100,
      says: ['Nothing came in 5 seconds.']
    },
    replay: { element: dialog({ kind: 'replay' }), says: ['Times as fast', 'Choose…', 'Oven'] },
    file: { element: dialog({ kind: 'file' }), says: ['Path'] },
    http: { element: dialog({ kind: 'http' }), says: ['Address'] },
    job: { element: dialog({ kind: 'metrics' }), says: ['Id of the job'] },
    serving: { element: dialog({ kind: 'serving' }), says: ['Empty: requests to all models'] },
    long: { element: dialog({ name: LONG, kind: 'file', path: LONG }), says: [LONG] }
  },
  without: {
    loading: 'It is a form; nothing is waited for.',
    many: 'It has a fixed number of fields.'
  }
});
