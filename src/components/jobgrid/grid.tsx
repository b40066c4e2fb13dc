import React, { useRef } from 'react';
import type { Job } from '../../api';
import { isFinal } from '../../api';
import type { Latest } from '../../tokens/metrics';
import { useTrans } from '../basics/context';
import { useNow } from '../basics/hooks';
import type { IColumnChoice } from '../datagrid/columnlayout';
import type { IGridSubject } from '../datagrid/grid';
import { DataGrid } from '../datagrid/grid';
import type { NameOf } from '../jobs/filter';
import { JobGridRow } from './row';
import type { ISort } from './sort';
import { sortBy } from './sort';
import { useJobColumns } from './usecolumns';

/** What the wide table shows and does. */
export interface IJobGridProps extends IGridSubject {
  jobs: readonly Job[];
  sort: ISort;
  environmentName: NameOf;
  isPending: (id: string) => boolean;
  isTagPressed: (tag: string) => boolean;
  latestOf: (id: string) => Latest | undefined;
  columns: IColumnChoice;
  onColumns: (choice: IColumnChoice) => void;
  onSort: (sort: ISort) => void;
  onTag: (tag: string) => void;
  onOpen: (id: string) => void;
  onDelete: () => void;
}

/** Jobs with all that is known of them. Enter opens, Delete deletes. */
export function JobGrid(props: IJobGridProps): React.JSX.Element {
  const { jobs, sort, isTagPressed, onTag, onOpen, onDelete } = props;
  const trans = useTrans();
  const now = useNow(jobs.some(job => !isFinal(job.state)));
  const scroller = useRef<HTMLDivElement>(null);
  const drawn = useJobColumns(props, scroller);
  return (
    <DataGrid
      label={trans.__('Jobs')}
      rows={jobs}
      idOf={job => job.id}
      scroller={scroller}
      drawn={drawn}
      choice={props.columns}
      onChoice={props.onColumns}
      all={{ label: trans.__('Mark all'), title: trans.__('Mark all that are shown') }}
      selection={props.selection}
      onSelection={props.onSelection}
      orderOf={key => (sort.key === key ? (sort.descending ? 'descending' : 'ascending') : 'none')}
      onSort={key => props.onSort(sortBy(sort, key))}
      keysOf={({ id }) => ({ Enter: () => onOpen(id), Delete: onDelete })}
      rowOf={(job, place) => (
        <JobGridRow
          {...place}
          job={job}
          columns={drawn.columns}
          latest={props.latestOf(job.id)}
          now={isFinal(job.state) ? 0 : now}
          environment={props.environmentName(job.environment)}
          isPending={props.isPending(job.id)}
          isTagPressed={isTagPressed}
          onTag={onTag}
          onOpen={onOpen}
        />
      )}
    >
      {props.children}
    </DataGrid>
  );
}
