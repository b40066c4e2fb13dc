import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useMemo } from 'react';
import type { RunFields, RunView } from '../../../api';
import { useTrans } from '../../basics/context';
import { modeOf } from '../../basics/selection';
import { labelOf } from '../fields';
import { FieldOptions } from '../filter';
import { caught } from './choosing';
import { drawnAxes, MOST_AXES } from './choices';
import type { IColouring } from './colouring';
import { colouringOf } from './colouring';
import { ParallelPlot } from './parallel';
import { axisOf } from './scale';
import { ScatterPlot } from './scatter';
import type { IRunPlotProps } from './surface';

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

/** What is drawn of the table: a view's `axes`, its `x` and `y`, and its `colour`. */
export type DrawnView = Pick<RunView, 'axes' | 'x' | 'y' | 'colour'>;

/** What the plots show, and whom they tell. */
export interface IRunPlotsProps extends Omit<IRunPlotProps, 'colouring'> {
  view: DrawnView;
  fields: RunFields | null;
  /** How many fit, of which those that are drawn are the first. */
  total: number;
  onView: (change: Partial<DrawnView>) => void;
  children?: React.ReactNode;
}

/** Whether a view draws parallel coordinates, and whether a scatter. */
export function plotsOf({ axes, x, y }: DrawnView): { isParallel: boolean; isScatter: boolean } {
  return { isParallel: drawnAxes(axes).length > 0, isScatter: x !== '' && y !== '' };
}

/** The runs of the table as plots. What is chosen in one of them is chosen in all, and in the table. */
export function RunPlots(props: IRunPlotsProps): React.JSX.Element | null {
  const { runs, view, onView } = props;
  const { x, y, colour } = view;
  const trans = useTrans();
  const { isParallel, isScatter } = plotsOf(view);
  const colouring = useMemo(() => colouringOf(trans, runs, colour), [trans, runs, colour]);
  const key = view.axes.join('\n');
  // eslint-disable-next-line react-hooks/exhaustive-deps -- a view that says the same draws the same
  const axes = useMemo(() => drawnAxes(view.axes), [key]);
  if (!isParallel && !isScatter) {
    return null;
  }
  const plot = { ...props, colouring };
  return (
    <section className="crispdm-RunPlots" aria-label={trans.__('Plots')}>
      <Choices {...props} colouring={colouring} />
      <div className="crispdm-RunPlots-drawn">
        {isParallel && (
          <ParallelPlot
            {...plot}
            axes={axes}
            colour={colour}
            onAxes={next => onView({ axes: [...next] })}
          />
        )}
        {isScatter && <ScatterPlot {...plot} x={x} y={y} colour={colour} />}
        {props.children}
      </div>
    </section>
  );
}

function Choices(props: IRunPlotsProps & { colouring: IColouring }): React.JSX.Element {
  const { runs, total, view, fields, onView } = props;
  const trans = useTrans();
  const { isParallel, isScatter } = plotsOf(view);
  const axes = drawnAxes(view.axes);
  return (
    <div
      className="crispdm-Toolbar crispdm-RunPlots-tools"
      role="toolbar"
      aria-label={trans.__('What is drawn')}
    >
      {isParallel && (
        <FieldSelect
          label={trans.__('Another axis')}
          none={trans.__('Add an axis…')}
          value=""
          fields={fields}
          isDisabled={axes.length >= MOST_AXES}
          onChange={axis =>
            onView({ axes: [...axes.filter(one => axisOf(one).field !== axis), axis] })
          }
        />
      )}
      {isScatter && (
        <>
          <Named label={trans.__('Across')}>
            <FieldSelect
              label={trans.__('Across')}
              value={view.x}
              fields={fields}
              onChange={x => onView({ x })}
            />
          </Named>
          <Named label={trans.__('Upright')}>
            <FieldSelect
              label={trans.__('Upright')}
              value={view.y}
              fields={fields}
              onChange={y => onView({ y })}
            />
          </Named>
        </>
      )}
      <Named label={trans.__('Colour')}>
        <FieldSelect
          label={trans.__('Colour')}
          none={trans.__('All alike')}
          value={view.colour}
          fields={fields}
          onChange={colour => onView({ colour })}
        />
      </Named>
      <Legend {...props} />
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

function Named(props: { label: string; children: React.ReactNode }): React.JSX.Element {
  return (
    <label className="crispdm-Field-inline">
      <span>{props.label}</span>
      {props.children}
    </label>
  );
}

/** A choice of a field. One that no run has any more is there while it is chosen. */
function FieldSelect(props: {
  label: string;
  value: string;
  fields: RunFields | null;
  /** What the choice of no field is called. */
  none?: string;
  isDisabled?: boolean;
  onChange: (field: string) => void;
}): React.JSX.Element {
  const { label, value, fields, none, isDisabled, onChange } = props;
  const trans = useTrans();
  return (
    <select
      className="crispdm-Input"
      aria-label={label}
      value={value}
      disabled={isDisabled}
      onChange={event => onChange(event.target.value)}
    >
      {none !== undefined && <option value="">{none}</option>}
      {value !== '' && <option value={value}>{labelOf(trans, axisOf(value).field)}</option>}
      <FieldOptions fields={fields} usual={USUAL} />
    </select>
  );
}

/** What the colours mean. A word chooses all runs that have it. */
function Legend(props: IRunPlotsProps & { colouring: IColouring }): React.JSX.Element | null {
  const { runs, selection, colouring, onSelection } = props;
  const trans = useTrans();
  const { words, ends } = colouring;
  if (words.length === 0 && ends === null) {
    return null;
  }
  return (
    <span className="crispdm-RunPlots-legend" role="group" aria-label={trans.__('Colours')}>
      {ends && (
        <span className="crispdm-RunPlots-ramp">
          {ends[0]}
          <span aria-hidden="true" />
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
