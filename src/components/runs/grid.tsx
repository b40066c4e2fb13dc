import React, { useMemo, useRef, useState } from 'react';
import type { Run } from '../../api';
import { useTrans } from '../basics/context';
import { NO_CHOICE } from '../datagrid/columnlayout';
import type { IGridSubject } from '../datagrid/grid';
import { DataGrid } from '../datagrid/grid';
import { MOST_MEASURED, useColumns } from '../datagrid/usecolumns';
import { gridColumns } from './cells';
import { bestOf, firstKey, sortedBy, textOf } from './fields';
import { RunRow } from './row';

/** What the table of runs shows and does. */
export interface IRunGridProps extends IGridSubject {
  runs: readonly Run[];
  /** The fields beside the name. */
  columns: readonly string[];
  sort: string;
  onSort: (sort: string) => void;
  onFavourite: (run: Run) => void;
  onOpen: (id: string) => void;
}

/** Runs with the figures that were asked for. Enter opens. */
export function RunGrid(props: IRunGridProps): React.JSX.Element {
  const { runs, columns: fields, sort, onFavourite, onOpen } = props;
  const trans = useTrans();
  const scroller = useRef<HTMLDivElement>(null);
  const [choice, setChoice] = useState(NO_CHOICE);
  const columns = useMemo(() => gridColumns(fields), [fields]);
  const known = runs.slice(0, MOST_MEASURED).filter(({ points }) => points > 0).length;
  const best = useMemo(
    () => new Map(fields.map(field => [field, bestOf(runs, field)])),
    [runs, fields]
  );
  const drawn = useColumns(
    {
      columns,
      rows: runs,
      textOf: ({ key }, run) => textOf(trans, run, key),
      occasion: [runs.length, runs.at(0)?.id, known].join(),
      choice
    },
    scroller
  );
  const now = firstKey(sort);
  const order = now.isDescending ? 'descending' : 'ascending';
  return (
    <DataGrid
      label={trans.__('Runs')}
      rows={runs}
      idOf={run => run.id}
      scroller={scroller}
      drawn={drawn}
      choice={choice}
      onChoice={setChoice}
      all={{ label: trans.__('Choose all'), title: trans.__('Choose all that are shown') }}
      selection={props.selection}
      onSelection={props.onSelection}
      orderOf={key => (now.field === key ? order : 'none')}
      onSort={key => props.onSort(sortedBy(sort, key))}
      keysOf={({ id }) => ({ Enter: () => onOpen(id) })}
      rowOf={(run, place) => (
        <RunRow
          {...place}
          run={run}
          columns={drawn.columns}
          best={best}
          onFavourite={onFavourite}
          onOpen={onOpen}
        />
      )}
    >
      {props.children}
    </DataGrid>
  );
}
