import type React from 'react';
import { useMemo } from 'react';
import { isFinal } from '../../api';
import { own } from '../../api/own';
import type { IColumnChoice } from '../datagrid/columnlayout';
import type { IDrawnColumns } from '../datagrid/usecolumns';
import { MOST_MEASURED, useColumns } from '../datagrid/usecolumns';
import type { IColumn } from './columns';
import { columnsFor } from './columns';
import type { IJobGridProps } from './grid';

/** The columns of the table of jobs that are drawn, each as wide as its content and the room allow. */
export function useJobColumns(
  props: IJobGridProps,
  scroller: React.RefObject<HTMLElement>
): IDrawnColumns<IColumn> {
  const { jobs, columns: choice, environmentName, latestOf } = props;
  const columns = useMemo(() => columnsOf(choice), [choice]);
  const first = jobs[0];
  const known = jobs.slice(0, MOST_MEASURED).filter(({ id }) => latestOf(id)).length;
  const active = jobs.some(job => !isFinal(job.state));
  return useColumns(
    {
      columns,
      rows: jobs,
      textOf: ({ measure }, job) =>
        measure(job, environmentName(job.environment), latestOf(job.id)),
      occasion: [
        jobs.length,
        active,
        first?.id,
        first && environmentName(first.environment),
        known
      ].join(),
      choice
    },
    scroller
  );
}

/** The columns that are wanted, whether there is room for them or not. */
export function columnsOf({ shown }: IColumnChoice): readonly IColumn[] {
  return columnsFor(Object.keys(shown)).filter(({ key, isUsual }) => own(shown, key) ?? isUsual);
}
