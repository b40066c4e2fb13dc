import React from 'react';
import type { Run } from '../../api';
import { own } from '../../api/own';
import { useTrans } from '../basics/context';
import type { IGridColumn } from '../datagrid/usecolumns';
import { StateIcon } from '../jobs/state';
import { isNumberField, labelOf, textOf, valueOf } from './fields';

/** What the cells of one row know. */
export interface IRunCellProps {
  run: Run;
  /** The best value in each of the columns; null where there is none. */
  best: ReadonlyMap<string, number | null>;
  onFavourite: (run: Run) => void;
  onOpen: (run: Run) => void;
}

/** Pixels of a star, and of what marks a state or the best. */
const STAR = 36;
const SIGN = 24;

/** What a column takes at least, in pixels: less would cut what stands in every one of its cells. */
const LEAST: Readonly<Record<string, number>> = {
  state: 116,
  created: 124,
  started: 124,
  ended: 124
};

/** The columns of the table of runs: a star, the name, and the fields that were asked for. */
export function gridColumns(fields: readonly string[]): readonly IGridColumn[] {
  return [
    {
      key: 'favourite',
      label: trans => trans.__('Favourite'),
      sign: '★',
      least: STAR,
      most: STAR,
      rank: 0
    },
    {
      key: 'name',
      label: trans => labelOf(trans, 'name'),
      beside: 8,
      least: 160,
      most: 420,
      rank: 0,
      grow: 2
    },
    ...fields.map((key): IGridColumn => ({
      key,
      label: trans => labelOf(trans, key),
      isNumber: isNumberField(key),
      beside: key === 'state' || key.startsWith('metrics.') ? SIGN : 8,
      least: own(LEAST, key) ?? 64,
      most: 240,
      rank: 0,
      grow: 1
    }))
  ];
}

/** The best value of a column among the runs shown, where the run has it. */
export function isBest({ run, best }: IRunCellProps, field: string): boolean {
  const value = best.get(field) ?? null;
  return value !== null && valueOf(run, field) === value;
}

/** What stands in a cell. */
export function RunCell(props: IRunCellProps & { field: string }): React.JSX.Element {
  const { run, field } = props;
  const trans = useTrans();
  if (field === 'favourite') {
    return <Star {...props} />;
  }
  if (field === 'name') {
    return <Name {...props} />;
  }
  const text = textOf(trans, run, field);
  return (
    <>
      {field === 'state' && run.state !== 'ended' && (
        <span className="crispdm-RunState" aria-hidden="true">
          <StateIcon state={run.state} />
        </span>
      )}
      <span
        className="crispdm-mod-cut"
        title={isBest(props, field) ? trans.__('%1: the best of the runs shown', text) : text}
      >
        {text}
      </span>
    </>
  );
}

function Star({ run, onFavourite }: IRunCellProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <button
      className="crispdm-RunStar"
      tabIndex={-1}
      aria-pressed={run.favourite}
      aria-label={trans.__('%1 is a favourite', run.name)}
      title={trans.__('Favourite')}
      onClick={event => {
        event.stopPropagation();
        onFavourite(run);
      }}
    >
      {run.favourite ? '★' : '☆'}
    </button>
  );
}

function Name({ run, onOpen }: IRunCellProps): React.JSX.Element {
  return (
    <button
      className="crispdm-DataGrid-name"
      tabIndex={-1}
      title={`${run.name}\n${run.folder || run.id}`}
      onClick={event => {
        event.stopPropagation();
        onOpen(run);
      }}
    >
      {run.name}
    </button>
  );
}
