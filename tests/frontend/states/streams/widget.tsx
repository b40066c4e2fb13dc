import { Monitors } from '../../../../src/managers/streams/monitor';
import { IMonitors, IStreams } from '../../../../src/tokens/streams';
import { LiveMonitorView } from '../../../../src/widgets/streams';
import { aStream, FakeStreams, partsOf } from '../../streams';
import type { IScene, IView } from '../scene';
import { LONG, view } from '../scene';
import { widget } from '../widgets';
import { REFUSAL } from '../workbench';

function monitor(stream: string, change: Partial<FakeStreams> = {}): IScene['element'] {
  const streams = Object.assign(new FakeStreams(), change);
  const values = { period: null, thresholds: [], shared: false, controls: true, height: 300 };
  return widget(LiveMonitorView, { ...values, stream }, {}, share => {
    share(IStreams, streams);
    share(IMonitors, new Monitors(partsOf({ streams })));
  });
}

export const LIVE_MONITOR: IView = view({
  name: 'widget-monitor',
  files: ['widgets/streams/monitor.tsx'],
  width: 800,
  height: 700,
  scenes: {
    empty: {
      element: monitor('', { list: [] }),
      says: ['No streams yet.', 'One that a colleague makes appears here by itself.']
    },
    loading: { element: monitor('', { isReady: false }), says: ['Loading…'] },
    error: { element: monitor('', { error: REFUSAL }), says: [REFUSAL], roles: { alert: 1 } },
    usual: { element: monitor('Press 4'), says: ['Press 4', 'Anomaly threshold'] },
    missing: { element: monitor('Paint'), says: ['There is no stream “Paint”.'] },
    long: { element: monitor('', { list: [aStream({ name: LONG })] }), says: [LONG] }
  },
  without: { many: 'The view `monitor` has many alarms.' }
});
