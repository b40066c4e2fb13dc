import React, { useMemo } from 'react';
import type { IMetrics } from '../../tokens/metrics';
import { Chart } from './chart';
import { useTrans } from '../basics/context';
import { Empty } from '../basics/empty';
import { FactsGuard } from '../basics/facts';
import { groupSeries } from './groups';
import { useFact } from '../basics/hooks';
import { Trouble } from '../basics/trouble';
import { useShown } from '../basics/visibility';

const PERIODS = [1, 5, 30];
const EXAMPLE = 'import crispdm; crispdm.log(loss=loss, step=step)';

/** How the reader wants to see curves. */
export interface ICurvesView {
  /** Weight of the past in the mean, 0 to 0.99. */
  smoothing: number;
  logScale: boolean;
  /** Seconds between two updates; null means as they come. */
  period: number | null;
}

export const PLAIN_VIEW: ICurvesView = { smoothing: 0, logScale: false, period: null };

/** The curves of a job, one chart for each group, with smoothing, scale and refresh interval. */
export function Curves(props: {
  metrics: IMetrics;
  view: ICurvesView;
  onView: (change: Partial<ICurvesView>) => void;
}): React.JSX.Element {
  const { metrics, view, onView } = props;
  const trans = useTrans();
  useFact(metrics, () => stateOf(metrics));
  const { smoothing, logScale, period } = view;
  useShown(metrics, period);
  const names = [...metrics.series.keys()].join('\n');
  const groups = useMemo(() => groupSeries(names === '' ? [] : names.split('\n')), [names]);
  return (
    <div className="crispdm-Curves">
      <div className="crispdm-Toolbar" role="toolbar" aria-label={trans.__('Curve tools')}>
        <SmoothingControl value={smoothing} onChange={value => onView({ smoothing: value })} />
        <label className="crispdm-Field-inline">
          <input
            type="checkbox"
            checked={logScale}
            onChange={event => onView({ logScale: event.target.checked })}
          />
          {trans.__('Logarithmic')}
        </label>
        {!metrics.isEnded && (
          <PeriodSelect value={period} onChange={value => onView({ period: value })} />
        )}
      </div>
      <FactsGuard facts={metrics}>
        {metrics.trouble !== '' && <Trouble text={metrics.trouble} />}
        {groups.length === 0 && <NoCurves isEnded={metrics.isEnded} />}
        <div
          className="crispdm-Curves-grid"
          role="group"
          aria-label={trans.__('Curves')}
          tabIndex={0}
        >
          {groups.map(group => (
            <Chart
              key={group.name}
              title={group.name}
              names={group.series}
              series={metrics.series}
              growth={metrics.changed}
              smoothing={smoothing}
              logScale={logScale}
            />
          ))}
        </div>
      </FactsGuard>
    </div>
  );
}

function NoCurves({ isEnded }: { isEnded: boolean }): React.JSX.Element {
  const trans = useTrans();
  return (
    <Empty title={isEnded ? trans.__('This job logged no curves.') : trans.__('No curves yet.')}>
      {trans.__('They appear while the code runs, when it says:')}
      <code className="crispdm-Code">{EXAMPLE}</code>
    </Empty>
  );
}

/** What is to be drawn again when it changes; that points were added is the business of the charts. */
function stateOf({ shape, isReady, error }: IMetrics): string {
  return `${shape} ${isReady} ${error}`;
}

function SmoothingControl(props: {
  value: number;
  onChange: (value: number) => void;
}): React.JSX.Element {
  const trans = useTrans();
  return (
    <label className="crispdm-Field-inline">
      {trans.__('Smoothing')}
      <input
        type="range"
        min={0}
        max={0.99}
        step={0.01}
        value={props.value}
        onChange={event => props.onChange(Number(event.target.value))}
      />
    </label>
  );
}

function PeriodSelect(props: {
  value: number | null;
  onChange: (value: number | null) => void;
}): React.JSX.Element {
  const trans = useTrans();
  return (
    <label className="crispdm-Field-inline">
      {trans.__('Refresh')}
      <select
        className="crispdm-Input"
        value={props.value ?? ''}
        onChange={event =>
          props.onChange(event.target.value === '' ? null : Number(event.target.value))
        }
      >
        <option value="">{trans.__('live')}</option>
        {PERIODS.map(seconds => (
          <option key={seconds} value={seconds}>
            {trans.__('%1 s', seconds)}
          </option>
        ))}
      </select>
    </label>
  );
}
