import React from 'react';
import { useTrans } from '../basics/context';
import type { IGridPlace } from '../datagrid/row';
import { GridCell, GridRow } from '../datagrid/row';
import type { IGridColumn } from '../datagrid/usecolumns';
import type { IRunCellProps } from './cells';
import { isBest, RunCell } from './cells';
import { runStateLabel } from './fields';

/** What a row shows and does. */
export interface IRunRowProps extends IRunCellProps, IGridPlace {
  columns: readonly IGridColumn[];
  /** How deep it stands below the head of its group. */
  level?: number;
}

/** One run in the table. */
export const RunRow = React.memo((props: IRunRowProps): React.JSX.Element => {
  const { run, columns, onOpen } = props;
  const trans = useTrans();
  return (
    <GridRow
      {...props}
      id={run.id}
      runId={run.id}
      label={trans.__('%1, %2', run.name, runStateLabel(trans, run.state))}
      boxLabel={trans.__('Choose %1', run.name)}
      state={run.state}
      onOpen={() => onOpen(run)}
    >
      {columns.map(({ key, isNumber }) => (
        <GridCell key={key} column={key} isNumber={isNumber} isBest={isBest(props, key)}>
          <RunCell {...props} field={key} />
        </GridCell>
      ))}
    </GridRow>
  );
});
RunRow.displayName = 'RunRow';
