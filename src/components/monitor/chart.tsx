import React, { useEffect, useRef, useState } from 'react';
import type { IMonitor } from '../../tokens/streams';
import { useTrans } from '../basics/context';
import { formatValue } from '../basics/format';
import { useFact, useTheme } from '../basics/hooks';
import { useVisible } from '../basics/visibility';
import { HEAT_GRADIENT } from './heat';
import { formatInstant } from './moments';
import type { ISample } from './plot';
import { MonitorPlot } from './plot';

/** The share of what is shown by which the buttons move it. */
const STEP = 0.5;
const CLOSER = 0.5;

/** The samples of a stream over time, and the tools with which one looks at them. */
export function MonitorChart({ monitor }: { monitor: IMonitor }): React.JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLOutputElement>(null);
  const trans = useTrans();
  const theme = useTheme();
  const isVisible = useVisible();
  const [anomalies, setAnomalies] = useState(0);
  useEffect(() => {
    const node = host.current;
    if (!node || !isVisible) {
      return undefined;
    }
    const onRead = (sample: ISample | null, isUnderCursor: boolean): void => {
      write(readout.current, sample, isUnderCursor);
    };
    const made = new MonitorPlot(node, { monitor, trans, onRead, onAnomalies: setAnomalies });
    return () => made.dispose();
  }, [monitor, trans, theme, isVisible]);
  return (
    <figure className="crispdm-Monitor-chart" aria-label={trans.__('Samples over time')}>
      <Tools monitor={monitor} />
      <div className="crispdm-Monitor-plot" ref={host} />
      <figcaption className="crispdm-Monitor-caption">
        <output ref={readout} className="crispdm-Monitor-readout" />
        <Legend anomalies={anomalies} />
      </figcaption>
    </figure>
  );
}

function Tools({ monitor }: { monitor: IMonitor }): React.JSX.Element {
  const trans = useTrans();
  const isLive = useFact(monitor, () => monitor.isLive);
  const word = useFact(monitor, () => monitor.pastError);
  const isLoading = useFact(monitor, () => monitor.isLoading);
  const move = (direction: number): void => {
    const { range } = monitor.shown(1);
    monitor.pan(direction * STEP * (range[1] - range[0]));
  };
  return (
    <div className="crispdm-Toolbar" role="toolbar" aria-label={trans.__('Time tools')}>
      <button
        className={`crispdm-Button crispdm-Monitor-live ${isLive ? '' : 'crispdm-mod-accept'}`}
        aria-pressed={isLive}
        onClick={() => (isLive ? monitor.pause() : monitor.goLive())}
      >
        {isLive ? trans.__('Pause') : trans.__('Live')}
      </button>
      <Tool label={trans.__('Earlier')} sign="‹" onClick={() => move(-1)} />
      <Tool label={trans.__('Later')} sign="›" isOff={isLive} onClick={() => move(1)} />
      <Tool label={trans.__('Zoom in')} sign="+" onClick={() => monitor.zoom(CLOSER)} />
      <Tool label={trans.__('Zoom out')} sign="−" onClick={() => monitor.zoom(1 / CLOSER)} />
      <span className="crispdm-Toolbar-note" role="status">
        {word || (isLoading ? trans.__('Loading…') : noteOf(isLive, trans))}
      </span>
    </div>
  );
}

function noteOf(isLive: boolean, trans: ReturnType<typeof useTrans>): string {
  return isLive ? '' : trans.__('The plot stands still; samples are still recorded.');
}

function Tool(props: {
  label: string;
  sign: string;
  isOff?: boolean;
  onClick: () => void;
}): React.JSX.Element {
  const { label, sign, isOff, onClick } = props;
  return (
    <button
      className="crispdm-Button"
      title={label}
      aria-label={label}
      disabled={isOff}
      onClick={onClick}
    >
      <span aria-hidden="true">{sign}</span>
    </button>
  );
}

/** What the lines and the colours of points mean, and how many points are in sight. */
function Legend({ anomalies }: { anomalies: number }): React.JSX.Element {
  const trans = useTrans();
  return (
    <span className="crispdm-Monitor-legend">
      <span className="crispdm-Monitor-key" data-key="value">
        {trans.__('value')}
      </span>
      <span className="crispdm-Monitor-key" data-key="probability">
        {trans.__('probability')}
      </span>
      <span className="crispdm-Monitor-key" data-key="threshold">
        {trans.__('threshold')}
      </span>
      <span className="crispdm-Monitor-anomalies">
        {trans._n('%1 anomaly in sight', '%1 anomalies in sight', anomalies)}
      </span>
      <span className="crispdm-Monitor-heat">
        0<i style={{ backgroundImage: HEAT_GRADIENT }} />1
      </span>
    </span>
  );
}

/** It changes with each frame: it is written past React. */
function write(node: HTMLElement | null, sample: ISample | null, isUnderCursor: boolean): void {
  if (node === null) {
    return;
  }
  const text =
    sample === null
      ? ''
      : [
          formatInstant(sample.time),
          formatNumber(sample.value),
          `p ${formatNumber(sample.probability)}`
        ].join('   ');
  if (node.textContent !== text) {
    node.textContent = text;
  }
  node.dataset.cursor = String(isUnderCursor);
}

function formatNumber(value: number): string {
  return Number.isNaN(value) ? '–' : formatValue(value);
}
