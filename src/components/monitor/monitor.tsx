import React, { useState } from 'react';
import { messageOf } from '../../api';
import type { IMonitor } from '../../tokens/streams';
import { useTrans } from '../basics/context';
import { Empty } from '../basics/empty';
import { useFact, useSignal } from '../basics/hooks';
import { useShown } from '../basics/visibility';
import { MonitorChart } from './chart';
import { Controls } from './controls';
import { Events } from './events';
import { Notices } from './states';
import { Tiles } from './tiles';

/** What a monitor needs beside the stream. */
export interface IMonitorProps {
  monitor: IMonitor;
  /** Seconds between two updates; null means as the samples come. */
  period: number | null;
  onPeriod: (period: number | null) => void;
  /** Whether thresholds, period, start and stop are offered. */
  hasControls: boolean;
  /** Whether whoever looks may start and stop. */
  mayControl: boolean;
}

/** A stream, live: tiles over the plot, settings beside it, the latest alarms below. */
export function Monitor(props: IMonitorProps): React.JSX.Element {
  const { monitor, period, hasControls, mayControl, onPeriod } = props;
  const trans = useTrans();
  const [refusal, setRefusal] = useState('');
  useShown(monitor.samples, period);
  useShown(monitor.events);
  const name = useFact(monitor, () => monitor.stream?.name ?? '');
  const command = (run: () => Promise<void>): void => {
    setRefusal('');
    run().catch(error => setRefusal(messageOf(error)));
  };
  if (name === '') {
    return <Empty title={trans.__('There is no such stream, or not any more.')} />;
  }
  return (
    <div className="crispdm-Monitor">
      <h2 className="crispdm-Monitor-title" title={name}>
        {name}
      </h2>
      {refusal !== '' && (
        <p className="crispdm-Error" role="alert">
          {refusal}
        </p>
      )}
      <Notices monitor={monitor} period={period} />
      <Tiles monitor={monitor} />
      <div className="crispdm-Monitor-main" data-controls={hasControls}>
        {hasControls && (
          <Controls
            monitor={monitor}
            period={period}
            onPeriod={onPeriod}
            mayControl={mayControl}
            onStart={() => command(() => monitor.start())}
            onStop={() => command(() => monitor.stop())}
          />
        )}
        <Samples monitor={monitor} />
      </div>
      <ShownEvents monitor={monitor} />
    </div>
  );
}

/** The plot, or why there is none yet. */
function Samples({ monitor }: { monitor: IMonitor }): React.JSX.Element {
  const trans = useTrans();
  const { samples } = monitor;
  const isEmpty = useFact(samples, () => samples.length === 0);
  const isReady = useFact(samples, () => samples.isReady);
  const isLive = useFact(monitor, () => monitor.isLive);
  const state = useFact(monitor, () => monitor.stream?.state ?? '');
  if (!isEmpty || !isLive) {
    return <MonitorChart monitor={monitor} />;
  }
  return (
    <div className="crispdm-Monitor-chart crispdm-mod-empty">
      {isReady || state === 'stopped' || state === 'failed' ? (
        <Empty title={trans.__('No samples yet.')}>
          {state === 'running' || state === 'starting'
            ? trans.__('The plot begins with the first one.')
            : trans.__('Start the stream to record some.')}
        </Empty>
      ) : (
        <p className="crispdm-Waiting">{trans.__('Loading…')}</p>
      )}
    </div>
  );
}

function ShownEvents({ monitor }: { monitor: IMonitor }): React.JSX.Element {
  useSignal(monitor.thresholds.changed);
  return <Events events={monitor.events} display={monitor.thresholds.display} />;
}
