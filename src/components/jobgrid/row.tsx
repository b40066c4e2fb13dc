import React from 'react';
import { useTrans } from '../basics/context';
import type { IGridPlace } from '../datagrid/row';
import { GridCell, GridRow } from '../datagrid/row';
import { stateLabel } from '../jobs/state';
import type { ICellProps, IColumn } from './columns';

/** What a row of the wide table shows and does. */
export interface IJobGridRowProps extends ICellProps, IGridPlace {
  columns: readonly IColumn[];
  isPending: boolean;
}

/** One job in the wide table. */
export const JobGridRow = React.memo((props: IJobGridRowProps): React.JSX.Element => {
  const { job, columns, onOpen } = props;
  const trans = useTrans();
  return (
    <GridRow
      {...props}
      id={job.id}
      jobId={job.id}
      className="crispdm-mod-job"
      label={trans.__('%1, %2', job.name, stateLabel(trans, job.state))}
      boxLabel={trans.__('Mark %1', job.name)}
      state={job.state}
      onOpen={() => onOpen(job.id)}
    >
      {columns.map(({ key, isNumber, Cell }) => (
        <GridCell key={key} column={key} isNumber={isNumber}>
          <Cell {...props} />
        </GridCell>
      ))}
    </GridRow>
  );
});
JobGridRow.displayName = 'JobGridRow';
