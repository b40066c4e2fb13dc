import React from 'react';
import type { IMonitor, IThresholds } from '../../tokens/streams';
import { useTrans } from '../basics/context';
import { useFact, useSignal } from '../basics/hooks';

const PERIODS = [0.5, 1, 2, 5];

/** What a reader decides beside the plot. */
export interface IControlsProps {
  monitor: IMonitor;
  /** Seconds between two updates; null means as the samples come. */
  period: number | null;
  onPeriod: (period: number | null) => void;
  /** Whether to offer starting and stopping. */
  mayControl: boolean;
  onStart: () => void;
  onStop: () => void;
}

/** Thresholds, period, start and stop. */
export function Controls(props: IControlsProps): React.JSX.Element {
  const { monitor, period, onPeriod } = props;
  const trans = useTrans();
  return (
    <div
      className="crispdm-Monitor-controls"
      role="group"
      aria-label={trans.__('Monitor settings')}
    >
      <ThresholdFields thresholds={monitor.thresholds} />
      <label className="crispdm-Monitor-field">
        {trans.__('Update')}
        <select
          className="crispdm-Input"
          value={period ?? ''}
          onChange={({ target }) => onPeriod(target.value === '' ? null : Number(target.value))}
        >
          <option value="">{trans.__('push, as they come')}</option>
          {PERIODS.map(seconds => (
            <option key={seconds} value={seconds}>
              {trans.__('every %1 s', seconds)}
            </option>
          ))}
        </select>
      </label>
      {props.mayControl && <StartStop {...props} />}
    </div>
  );
}

function ThresholdFields({ thresholds }: { thresholds: IThresholds }): React.JSX.Element {
  const trans = useTrans();
  useSignal(thresholds.changed);
  const { anomaly, display, isShared, by, error } = thresholds;
  return (
    <>
      <Slider
        label={trans.__('Anomaly threshold')}
        hint={trans.__('A sample of a higher probability is an anomaly.')}
        value={anomaly}
        onChange={value => thresholds.set({ anomaly: value })}
      />
      <Slider
        label={trans.__('Display threshold')}
        hint={trans.__('Anomalies and alarms of a lower one are not shown.')}
        value={display}
        onChange={value => thresholds.set({ display: value })}
      />
      <label className="crispdm-Field-inline">
        <input
          type="checkbox"
          checked={isShared}
          onChange={event => thresholds.share(event.target.checked)}
        />
        {trans.__('Shared with everybody')}
      </label>
      {by !== '' && <small className="crispdm-Hint">{trans.__('Set by %1', by)}</small>}
      {error && (
        <small className="crispdm-Error" role="alert">
          {error}
        </small>
      )}
    </>
  );
}

function Slider(props: {
  label: string;
  hint: string;
  value: number;
  onChange: (value: number) => void;
}): React.JSX.Element {
  const { label, hint, value, onChange } = props;
  return (
    <label className="crispdm-Monitor-field" title={hint}>
      <span className="crispdm-Monitor-fieldLine">
        {label} <span className="crispdm-Monitor-number">{value.toFixed(2)}</span>
      </span>
      <input
        type="range"
        min={0}
        max={1}
        step={0.01}
        value={value}
        aria-label={label}
        onChange={event => onChange(Number(event.target.value))}
      />
    </label>
  );
}

function StartStop({ monitor, onStart, onStop }: IControlsProps): React.JSX.Element {
  const trans = useTrans();
  const state = useFact(monitor, () => monitor.stream?.state ?? '');
  const isPending = useFact(monitor, () => monitor.isPending);
  const isOn = state === 'running' || state === 'starting';
  return (
    <div className="crispdm-Monitor-startStop">
      <button
        className="crispdm-Button crispdm-mod-accept"
        disabled={isOn || isPending || state === ''}
        onClick={onStart}
      >
        {trans.__('Start')}
      </button>
      <button className="crispdm-Button" disabled={!isOn || isPending} onClick={onStop}>
        {trans.__('Stop')}
      </button>
    </div>
  );
}
