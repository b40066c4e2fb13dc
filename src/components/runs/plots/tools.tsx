import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { RunFields } from '../../../api';
import { useTrans } from '../../basics/context';
import { modeOf } from '../../basics/selection';
import { labelOf } from '../fields';
import { FieldOptions } from '../filter';
import { drawnAxes, MOST_AXES } from './choices';
import { caught } from './choosing';
import type { IColouring } from './colouring';
import { axisOf } from './scale';
import type { IRunPlotsProps } from './view';
import { plotsOf } from './view';

/** Fields beside metrics and parameters that can be drawn. */
const USUAL = [
  'created',
  'duration',
  'state',
  'owner',
  'environment',
  'group',
  'tags',
  'points'
] as const;

type IToolProps = IRunPlotsProps & { colouring: IColouring };

/** What is drawn along which axis and in which colours. */
export function PlotTools(props: IToolProps): React.JSX.Element {
  const { runs, total } = props;
  const trans = useTrans();
  const { isParallel, isScatter, isCurves } = plotsOf(props.view);
  return (
    <div
      className="crispdm-Toolbar crispdm-RunPlots-tools"
      role="toolbar"
      aria-label={trans.__('What is drawn')}
    >
      {isParallel && <AddAxis {...props} />}
      {isScatter && <ScatterFields {...props} />}
      {isCurves && <CurvesField {...props} />}
      {(isParallel || isScatter) && <Colours {...props} />}
      {runs.length < total && (
        <span className="crispdm-Toolbar-note">
          {trans.__(
            'The first %1 of %2 runs are drawn.',
            runs.length.toLocaleString(),
            total.toLocaleString()
          )}
        </span>
      )}
    </div>
  );
}

function AddAxis({ view, fields, onView }: IToolProps): React.JSX.Element {
  const trans = useTrans();
  const axes = drawnAxes(view.axes);
  return (
    <select
      className="crispdm-Input"
      aria-label={trans.__('Another axis')}
      value=""
      disabled={axes.length >= MOST_AXES}
      onChange={({ target: { value } }) =>
        onView({ axes: [...axes.filter(one => axisOf(one).field !== value), value] })
      }
    >
      <option value="">{trans.__('Add an axis…')}</option>
      <FieldOptions fields={fields} usual={USUAL} />
    </select>
  );
}

function ScatterFields({ view, fields, onView }: IToolProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <>
      <FieldSelect
        label={trans.__('Across')}
        value={view.x}
        fields={fields}
        onChange={x => onView({ x })}
      />
      <FieldSelect
        label={trans.__('Upright')}
        value={view.y}
        fields={fields}
        onChange={y => onView({ y })}
      />
    </>
  );
}

function CurvesField({ view, fields, onView }: IToolProps): React.JSX.Element {
  const trans = useTrans();
  const names = new Set([view.curves, ...(fields?.metrics ?? []).map(({ name }) => name)]);
  return (
    <label className="crispdm-Field-inline">
      {trans.__('Curves of')}
      <select
        className="crispdm-Input"
        value={view.curves}
        onChange={event => onView({ curves: event.target.value })}
      >
        {[...names].map(name => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}

function Colours(props: IToolProps): React.JSX.Element {
  const { view, fields, onView } = props;
  const trans = useTrans();
  return (
    <>
      <FieldSelect
        label={trans.__('Colour')}
        none={trans.__('All alike')}
        value={view.colour}
        fields={fields}
        onChange={colour => onView({ colour })}
      />
      <Legend {...props} />
    </>
  );
}

/** A choice of a field. One that no run has any more is there while it is chosen. */
function FieldSelect(props: {
  label: string;
  value: string;
  fields: RunFields | null;
  /** What the choice of no field is called. */
  none?: string;
  onChange: (field: string) => void;
}): React.JSX.Element {
  const { label, value, fields, none, onChange } = props;
  const trans = useTrans();
  return (
    <label className="crispdm-Field-inline">
      {label}
      <select
        className="crispdm-Input"
        value={value}
        onChange={event => onChange(event.target.value)}
      >
        {none !== undefined && <option value="">{none}</option>}
        {value !== '' && <option value={value}>{labelOf(trans, axisOf(value).field)}</option>}
        <FieldOptions fields={fields} usual={USUAL} />
      </select>
    </label>
  );
}

/** What the colours mean. A word chooses all runs that have it. */
function Legend(props: IToolProps): React.JSX.Element | null {
  const { runs, selection, colouring, onSelection } = props;
  const trans = useTrans();
  const { colours, words, ends } = colouring;
  if (words.length === 0 && ends === null) {
    return null;
  }
  return (
    <span className="crispdm-RunPlots-legend" role="group" aria-label={trans.__('Colours')}>
      {ends && (
        <span className="crispdm-RunPlots-ramp">
          {ends[0]}
          <span aria-hidden="true">
            {colours.slice(0, -1).map(colour => (
              <i key={colour} style={{ background: colour }} />
            ))}
          </span>
          {ends[1]}
        </span>
      )}
      {words.map(({ text, colour, runs: rows }) => (
        <button
          key={text}
          className="crispdm-Chip"
          title={chooseLabel(trans, rows.length, text)}
          onClick={event => {
            const ids = rows.map(row => runs[row].id);
            onSelection(caught(selection, ids, modeOf(event)), true);
          }}
        >
          <span className="crispdm-RunPlots-colour" style={{ background: colour }} />
          <span className="crispdm-mod-cut">{text}</span>
        </button>
      ))}
    </span>
  );
}

function chooseLabel(trans: TranslationBundle, count: number, text: string): string {
  return trans._n('Choose the %1 run: %2', 'Choose the %1 runs: %2', count, text);
}
