import React, { useEffect, useRef, useState } from 'react';
import { ConnectionBanner } from '../../components/basics/connection';
import { useTrans } from '../../components/basics/context';
import { Empty } from '../../components/basics/empty';
import { FactsGuard } from '../../components/basics/facts';
import { useFact } from '../../components/basics/hooks';
import { Monitor } from '../../components/monitor/monitor';
import type { IKeptThresholds, IMonitor } from '../../tokens/streams';
import { IMonitors, IStreams } from '../../tokens/streams';
import type { IWorkbench } from '../../tokens/workbench';
import { ReactView } from '../basics/react';

/** A stream, live. */
export class LiveMonitorView extends ReactView {
  protected body(workbench: IWorkbench): React.ReactElement {
    return (
      <LiveMonitor
        key={this.value('stream')}
        workbench={workbench}
        stream={this.value('stream')}
        period={this.value('period')}
        height={this.value('height')}
        hasControls={this.value('controls')}
        kept={{ changes: this.value('thresholds'), isShared: this.value('shared') }}
        onPeriod={period => this.set({ period })}
        onKept={({ changes, isShared }) => this.set({ thresholds: changes, shared: isShared })}
      />
    );
  }
}

interface ILiveMonitorProps {
  workbench: IWorkbench;
  /** The id or the name of a stream; empty for the first. */
  stream: string;
  period: number | null;
  height: number;
  hasControls: boolean;
  kept: IKeptThresholds;
  onPeriod: (period: number | null) => void;
  onKept: (kept: IKeptThresholds) => void;
}

function LiveMonitor(props: ILiveMonitorProps): React.JSX.Element {
  const { workbench, stream, height } = props;
  const trans = useTrans();
  const streams = workbench.get(IStreams);
  const id = useFact(streams, () => {
    return (stream === '' ? streams.list[0] : streams.find(stream))?.id ?? '';
  });
  useFact(streams, () => `${streams.isReady} ${streams.error}`);
  return (
    <section
      className="crispdm-Card crispdm-mod-monitor"
      style={{ minHeight: height }}
      aria-label={trans.__('Live monitor')}
    >
      <ConnectionBanner connection={workbench.connection} />
      <FactsGuard facts={streams}>
        {id === '' ? <NoStream wanted={stream} /> : <Opened key={id} {...props} id={id} />}
      </FactsGuard>
    </section>
  );
}

function NoStream({ wanted }: { wanted: string }): React.JSX.Element {
  const trans = useTrans();
  return wanted === '' ? (
    <Empty title={trans.__('No streams yet.')}>
      {trans.__('One that a colleague makes appears here by itself.')}
    </Empty>
  ) : (
    <Empty title={trans.__('There is no stream “%1”.', wanted)}>
      {trans.__('It appears here by itself once somebody makes it.')}
    </Empty>
  );
}

function Opened(props: ILiveMonitorProps & { id: string }): React.JSX.Element | null {
  const { workbench, id, period, hasControls, onPeriod } = props;
  const streams = workbench.get(IStreams);
  const monitor = useMonitor(workbench, id, props.kept, props.onKept);
  const mayControl = useFact(streams, () => streams.mayControl);
  return (
    monitor && (
      <Monitor
        monitor={monitor}
        period={period}
        onPeriod={onPeriod}
        hasControls={hasControls}
        mayControl={mayControl}
      />
    )
  );
}

/** A view of a stream for as long as the component is there; it keeps what is chosen in the model of the widget. */
function useMonitor(
  workbench: IWorkbench,
  id: string,
  kept: IKeptThresholds,
  onKept: (kept: IKeptThresholds) => void
): IMonitor | null {
  const [monitor, setMonitor] = useState<IMonitor | null>(null);
  const keep = useRef(onKept);
  keep.current = onKept;
  useEffect(() => {
    const made = workbench.get(IMonitors).open(id, kept, chosen => keep.current(chosen));
    setMonitor(made);
    return () => made.dispose();
    // What is kept is read once; afterwards the view itself knows best.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [workbench, id]);
  return monitor;
}
