import React from 'react';
import { stateLabel } from '../jobs/state';
import { useTrans } from '../basics/context';
import type { ICellProps, IColumn } from './columns';
import type { SelectMode } from '../basics/selection';
import { modeOf } from '../basics/selection';

/** What a row of the wide table shows and does. */
export interface IJobGridRowProps extends ICellProps {
  columns: readonly IColumn[];
  index: number;
  isMarked: boolean;
  isActive: boolean;
  isPending: boolean;
  onChoose: (id: string, mode: SelectMode) => void;
}

/** One job in the wide table. A click marks it, two open it. */
export const JobGridRow = React.memo((props: IJobGridRowProps): React.JSX.Element => {
  const { job, columns, index, isMarked, isActive, isPending, onChoose, onOpen } = props;
  const trans = useTrans();
  return (
    <div
      className="crispdm-JobGrid-row crispdm-mod-job"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isMarked}
      aria-busy={isPending}
      aria-label={trans.__('%1, %2', job.name, stateLabel(trans, job.state))}
      data-index={index}
      data-job-id={job.id}
      data-state={job.state}
      tabIndex={isActive ? 0 : -1}
      onClick={event => onChoose(job.id, modeOf(event))}
      onDoubleClick={() => onOpen(job.id)}
    >
      <div role="gridcell" className="crispdm-JobGrid-check">
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={trans.__('Mark %1', job.name)}
          checked={isMarked}
          onChange={() => undefined}
          onClick={event => {
            event.stopPropagation();
            onChoose(job.id, event.shiftKey ? 'range' : 'toggle');
          }}
          onDoubleClick={event => event.stopPropagation()}
        />
      </div>
      {columns.map(({ key, isNumber, Cell }) => (
        <div
          key={key}
          role="gridcell"
          className="crispdm-JobGrid-cell"
          data-column={key}
          data-number={isNumber}
        >
          <Cell {...props} />
        </div>
      ))}
    </div>
  );
});
JobGridRow.displayName = 'JobGridRow';
