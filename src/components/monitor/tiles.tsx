import React from 'react';
import type { IMonitor } from '../../tokens/streams';
import { useTrans } from '../basics/context';
import { formatValue } from '../basics/format';
import { useFact, useFacts, useNow } from '../basics/hooks';

/** Milliseconds between two writings of the newest value: one that changes with each frame cannot be read. */
const READABLE = 250;
/** Seconds in which alerts are counted. */
const ALERTS = 300;

/** The newest value, the alerts of the last five minutes, and how the samples come. */
export function Tiles({ monitor }: { monitor: IMonitor }): React.JSX.Element {
  const trans = useTrans();
  const { samples, events } = monitor;
  useFacts(samples, READABLE);
  useFacts(events, READABLE);
  const rate = useFact(monitor, () => monitor.stream?.rate ?? NaN);
  const lag = useFact(monitor, () => monitor.stream?.lag ?? NaN);
  const isRunning = useFact(monitor, () => monitor.stream?.state === 'running');
  const now = useNow(true) / 1000;
  const alerts = events.list.filter(({ time }) => time > now - ALERTS).length;
  const { value } = samples;
  const last = value.at(-1) ?? NaN;
  return (
    <div className="crispdm-Tiles">
      <Tile label={trans.__('Current value')} value={number(last)}>
        <Delta by={last - (value.at(-2) ?? NaN)} />
      </Tile>
      <Tile
        label={trans.__('Alerts, last 5 minutes')}
        value={String(alerts)}
        tone={alerts > 0 ? 'bad' : ''}
      >
        {trans.__('%1 open', openOf(monitor))}
      </Tile>
      <Tile label={trans.__('Rate')} value={isRunning ? rateOf(rate) : '–'}>
        {trans.__('samples a second')}
      </Tile>
      <Tile label={trans.__('Lag')} value={isRunning ? lagOf(lag) : '–'}>
        {trans.__('from sample to record')}
      </Tile>
    </div>
  );
}

function Tile(props: {
  label: string;
  value: string;
  tone?: string;
  children: React.ReactNode;
}): React.JSX.Element {
  const { label, value, tone = '', children } = props;
  return (
    <div className="crispdm-Tile" data-tone={tone} role="group" aria-label={label}>
      <span className="crispdm-Tile-label">{label}</span>
      <span className="crispdm-Tile-value">{value}</span>
      <span className="crispdm-Tile-note">{children}</span>
    </div>
  );
}

/** How much more or less than the sample before. */
function Delta({ by }: { by: number }): React.JSX.Element {
  const trans = useTrans();
  if (Number.isNaN(by)) {
    return <>{trans.__('no sample before')}</>;
  }
  const sign = by > 0 ? '▲' : by < 0 ? '▼' : '=';
  return (
    <>
      <span aria-hidden="true">{sign}</span> {by > 0 ? '+' : ''}
      {formatValue(Number(by.toPrecision(3)))}
    </>
  );
}

function openOf({ events, stream }: IMonitor): number {
  const open = events.list.filter(({ state }) => state !== 'cleared').length;
  return Math.max(open, stream?.open_alarms ?? 0);
}

function number(value: number): string {
  return Number.isNaN(value) ? '–' : formatValue(value);
}

function rateOf(rate: number): string {
  return Number.isNaN(rate) ? '–' : rate.toFixed(rate < 10 ? 1 : 0);
}

/** Seconds as short as they can be said. */
function lagOf(lag: number): string {
  if (Number.isNaN(lag)) {
    return '–';
  }
  return lag < 1 ? `${Math.round(lag * 1000)} ms` : `${lag.toFixed(lag < 10 ? 1 : 0)} s`;
}
