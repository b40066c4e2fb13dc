import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { Period } from '../../api';
import { useTrans } from '../basics/context';
import type { AxisKind, ICurvesView, Move } from './view';
import { AXES } from './view';

const PERIODS = [1, 5, 30];

/** What the tools show, and whom they tell. */
export interface ICurveToolsProps {
  view: ICurvesView;
  onView: (change: Partial<ICurvesView>) => void;
  onMove: (move: Move) => void;
  /** Whether points may still come. */
  isLive: boolean;
  /** Whether the runs say in which epoch their steps were. */
  hasEpochs: boolean;
  /** What may stand along the bottom; all where nothing is said. */
  axes?: readonly AxisKind[];
  /** Whether there are so many curves that one looks for some. */
  isMany: boolean;
  children?: React.ReactNode;
}

/** How curves are drawn: smoothing, scale, axis, range, size, and how often. */
export function CurveTools(props: ICurveToolsProps): React.JSX.Element {
  const { view, onView, onMove, isLive, hasEpochs, isMany, axes = AXES, children } = props;
  const trans = useTrans();
  return (
    <div className="crispdm-Toolbar" role="toolbar" aria-label={trans.__('Curve tools')}>
      {(isMany || view.filter !== '') && (
        <input
          type="search"
          className="crispdm-Input crispdm-Curves-filter"
          aria-label={trans.__('Curves with this in their name')}
          placeholder={trans.__('Filter curves')}
          value={view.filter}
          onChange={event => onView({ filter: event.target.value })}
        />
      )}
      <SmoothingControl value={view.smoothing} onChange={smoothing => onView({ smoothing })} />
      <AxisSelect
        value={view.axis}
        axes={axes.filter(kind => kind !== 'epoch' || hasEpochs || view.axis === kind)}
        onChange={axis => onView({ axis, range: null })}
      />
      <Check
        label={trans.__('Logarithmic')}
        value={view.logScale}
        onChange={logScale => onView({ logScale })}
      />
      {(isMany || view.layout === 'small') && (
        <Check
          label={trans.__('Small charts')}
          value={view.layout === 'small'}
          onChange={isSmall => onView({ layout: isSmall ? 'small' : 'groups' })}
        />
      )}
      {isLive && <PeriodSelect value={view.period} onChange={period => onView({ period })} />}
      {children}
      <RangeTools view={view} isLive={isLive} onMove={onMove} />
    </div>
  );
}

function RangeTools(props: {
  view: ICurvesView;
  isLive: boolean;
  onMove: (move: Move) => void;
}): React.JSX.Element {
  const { view, isLive, onMove } = props;
  const trans = useTrans();
  const isAll = view.range === null;
  const moves = labels(trans).filter(
    ([move]) => move === 'closer' || (!isAll && (move !== 'newest' || isLive))
  );
  return (
    <span
      className="crispdm-Curves-range"
      role="group"
      aria-label={trans.__('Range')}
      title={trans.__(
        'Drag over a chart to look closer, with Shift to move. The wheel zooms with Ctrl. A double click shows everything.'
      )}
    >
      {moves.map(([move, sign, label]) => (
        <button
          key={move}
          type="button"
          className="crispdm-Button crispdm-Curves-move"
          aria-label={label}
          aria-pressed={move === 'newest' ? view.range?.isLive === true : undefined}
          onClick={() => onMove(move)}
        >
          {sign}
        </button>
      ))}
    </span>
  );
}

function labels(trans: TranslationBundle): [Move, string, string][] {
  return [
    ['earlier', '‹', trans.__('Earlier')],
    ['wider', '−', trans.__('Look from further away')],
    ['closer', '+', trans.__('Look closer')],
    ['later', '›', trans.__('Later')],
    ['newest', trans.__('Newest'), trans.__('Follow the newest points')],
    ['all', trans.__('All'), trans.__('Show everything')]
  ];
}

/** A box with a mark. */
export function Check(props: {
  label: string;
  value: boolean;
  onChange: (value: boolean) => void;
}): React.JSX.Element {
  return (
    <label className="crispdm-Field-inline">
      <input
        type="checkbox"
        checked={props.value}
        onChange={event => props.onChange(event.target.checked)}
      />
      {props.label}
    </label>
  );
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

function AxisSelect(props: {
  value: AxisKind;
  axes: readonly AxisKind[];
  onChange: (value: AxisKind) => void;
}): React.JSX.Element {
  const { value, axes, onChange } = props;
  const trans = useTrans();
  const names: Record<AxisKind, string> = {
    step: trans.__('steps'),
    elapsed: trans.__('elapsed time'),
    clock: trans.__('time of day'),
    epoch: trans.__('epochs')
  };
  return (
    <label className="crispdm-Field-inline">
      {trans.__('Over')}
      <select
        className="crispdm-Input"
        value={value}
        onChange={event => onChange(event.target.value as AxisKind)}
      >
        {axes.map(kind => (
          <option key={kind} value={kind}>
            {names[kind]}
          </option>
        ))}
      </select>
    </label>
  );
}

function PeriodSelect(props: {
  value: Period;
  onChange: (value: Period) => void;
}): React.JSX.Element {
  const { value, onChange } = props;
  const trans = useTrans();
  const seconds = [...new Set([...PERIODS, ...(typeof value === 'number' ? [value] : [])])];
  return (
    <label className="crispdm-Field-inline">
      {trans.__('Refresh')}
      <select
        className="crispdm-Input"
        value={value ?? ''}
        onChange={event => onChange(periodOf(event.target.value))}
      >
        <option value="">{trans.__('live')}</option>
        <option value="epoch">{trans.__('each epoch')}</option>
        {seconds.map(one => (
          <option key={one} value={one}>
            {trans.__('%1 s', one)}
          </option>
        ))}
      </select>
    </label>
  );
}

function periodOf(text: string): Period {
  return text === '' ? null : text === 'epoch' ? 'epoch' : Number(text);
}
