import React from 'react';
import { useTrans } from '../basics/context';
import type { IGridPlace } from '../datagrid/row';
import { GridCell, GridRow } from '../datagrid/row';
import type { IGridColumn } from '../datagrid/usecolumns';
import type { IRunGroup } from './groups';
import { figureOf, groupLabel } from './groups';

/** What the head of a group shows and does. */
export interface IGroupRowProps extends IGridPlace {
  group: IRunGroup;
  /** The field in which its runs are alike. */
  field: string;
  columns: readonly IGridColumn[];
  /** The best value in each of the columns among all runs; null where there is none. */
  best: ReadonlyMap<string, number | null>;
  isUnfolded: boolean;
  onFold: (group: IRunGroup) => void;
}

/** The head of a group: how many runs it has, and their best and mean figures. Two clicks fold and unfold. */
export const GroupRow = React.memo((props: IGroupRowProps): React.JSX.Element => {
  const { group, field, columns, isUnfolded, onFold } = props;
  const trans = useTrans();
  const label = groupLabel(trans, field, group);
  return (
    <GridRow
      {...props}
      id={group.id}
      className="crispdm-mod-group"
      label={label}
      boxLabel={trans.__('Choose the runs of %1', label)}
      level={1}
      isExpanded={isUnfolded}
      onOpen={() => onFold(group)}
    >
      {columns.map(column => (
        <Cell key={column.key} {...props} column={column} label={label} />
      ))}
    </GridRow>
  );
});
GroupRow.displayName = 'GroupRow';

function Cell(props: IGroupRowProps & { column: IGridColumn; label: string }): React.JSX.Element {
  const { group, column, best: all, label, isUnfolded, onFold } = props;
  const { key, isNumber } = column;
  const trans = useTrans();
  if (key === 'name') {
    return (
      <GridCell column={key}>
        <button
          className="crispdm-DataGrid-name crispdm-RunGroup-name"
          tabIndex={-1}
          title={label}
          onClick={event => {
            event.stopPropagation();
            onFold(group);
          }}
        >
          <span aria-hidden="true">{isUnfolded ? '▾' : '▸'}</span> {label}
        </button>
      </GridCell>
    );
  }
  const { text, title, best } =
    key === 'favourite' ? { text: '', title: '', best: null } : figureOf(trans, group.runs, key);
  return (
    <GridCell
      column={key}
      isNumber={isNumber}
      isBest={best !== null && best === (all.get(key) ?? null)}
    >
      <span className="crispdm-mod-cut" title={title}>
        {text}
      </span>
    </GridCell>
  );
}
