import React, { useCallback, useRef } from 'react';
import type { Job } from '../../api';
import { own } from '../../api/own';
import { isFinal } from '../../api';
import type { Latest } from '../../tokens/metrics';
import { useTrans } from '../basics/context';
import { useNow } from '../basics/hooks';
import type { IColumnChoice } from './columnlayout';
import { useColumns } from './usecolumns';
import type { NameOf } from '../jobs/filter';
import { JobGridRow } from './row';
import { GridHead } from './head';
import type { ISort } from './sort';
import type { ISelection, SelectMode } from '../basics/selection';
import { choose } from '../basics/selection';
import type { IVirtualRows } from '../basics/virtualrows';
import { stepTo, useVirtualRows } from '../basics/virtualrows';

const ROW_HEIGHT = 32;
const HEAD_HEIGHT = 33;

/** What the wide table shows and does. */
export interface IJobGridProps {
  jobs: readonly Job[];
  sort: ISort;
  selection: ISelection;
  environmentName: NameOf;
  isPending: (id: string) => boolean;
  isTagPressed: (tag: string) => boolean;
  latestOf: (id: string) => Latest | undefined;
  columns: IColumnChoice;
  onColumns: (choice: IColumnChoice) => void;
  onSort: (sort: ISort) => void;
  onSelection: (selection: ISelection) => void;
  onTag: (tag: string) => void;
  onOpen: (id: string) => void;
  onDelete: () => void;
  children?: React.ReactNode;
}

/**
 * Jobs with all that is known of them, of which only the visible rows are in the page.
 *
 * Arrow keys move, Space marks, Shift widens, Enter opens, Delete deletes, Escape unmarks.
 */
export function JobGrid(props: IJobGridProps): React.JSX.Element {
  const { jobs, selection, isTagPressed, onTag, onOpen } = props;
  const trans = useTrans();
  const now = useNow(jobs.some(job => !isFinal(job.state)));
  const active = jobs.findIndex(job => job.id === selection.active);
  const list = useVirtualRows({
    count: jobs.length,
    height: ROW_HEIGHT,
    head: HEAD_HEIGHT,
    keyOf: index => jobs[index].id,
    kept: active
  });
  const onChoose = useChoose(props);
  const { rows, scroller } = list;
  const { columns, tracks, width } = useColumns(props, scroller);
  return (
    <div
      className="crispdm-JobGrid"
      ref={scroller}
      role="grid"
      aria-label={trans.__('Jobs')}
      aria-rowcount={jobs.length + 1}
      aria-multiselectable="true"
      style={
        { '--crispdm-columns': tracks, '--crispdm-width': `${width}px` } as React.CSSProperties
      }
      onKeyDown={keyHandler(props, list)}
    >
      <GridHead {...props} shown={columns} />
      <div className="crispdm-JobGrid-rows" role="rowgroup" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(item => {
          const job = jobs[item.index];
          return (
            <div
              key={item.key}
              role="presentation"
              className="crispdm-JobTable-slot"
              style={{ transform: `translateY(${item.start - HEAD_HEIGHT}px)`, height: ROW_HEIGHT }}
            >
              <JobGridRow
                job={job}
                columns={columns}
                latest={props.latestOf(job.id)}
                index={item.index}
                now={isFinal(job.state) ? 0 : now}
                environment={props.environmentName(job.environment)}
                isMarked={selection.marked.has(job.id)}
                isActive={item.index === Math.max(0, active)}
                isPending={props.isPending(job.id)}
                isTagPressed={isTagPressed}
                onTag={onTag}
                onOpen={onOpen}
                onChoose={onChoose}
              />
            </div>
          );
        })}
      </div>
      {props.children}
    </div>
  );
}

/** Choosing a row, as a function that stays the same, so that rows are not drawn anew for it. */
function useChoose(props: IJobGridProps): (id: string, mode: SelectMode) => void {
  const newest = useRef(props);
  newest.current = props;
  return useCallback((id, mode) => {
    const { jobs, selection, onSelection } = newest.current;
    onSelection(choose(selection, idsOf(jobs), id, mode));
  }, []);
}

function keyHandler(
  props: IJobGridProps,
  { focusRow }: IVirtualRows
): (event: React.KeyboardEvent<HTMLElement>) => void {
  const { jobs, selection, onSelection, onOpen, onDelete } = props;
  return event => {
    const row = event.target as HTMLElement;
    const [at, id] = [row.dataset.index, row.dataset.jobId];
    if (at === undefined || id === undefined) {
      return;
    }
    const rows = idsOf(jobs);
    const next = stepTo(event.key, Number(at), rows.length);
    const keys: Record<string, () => void> = {
      Enter: () => onOpen(id),
      ' ': () => onSelection(choose(selection, rows, id, 'toggle')),
      Delete: onDelete,
      Escape: () => onSelection({ ...selection, marked: new Set() })
    };
    const isAll = event.key === 'a' && (event.ctrlKey || event.metaKey);
    const action = isAll
      ? () => onSelection({ ...selection, marked: new Set(rows) })
      : own(keys, event.key);
    if (next !== null) {
      onSelection(moved(selection, rows, rows[next], event.shiftKey));
      focusRow(next);
    } else if (action) {
      action();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
}

/** The selection after an arrow key: with Shift a range, without it only the focus moves. */
function moved(
  selection: ISelection,
  rows: readonly string[],
  id: string,
  isRange: boolean
): ISelection {
  const anchor = selection.anchor ?? selection.active;
  return isRange
    ? choose({ ...selection, anchor }, rows, id, 'range')
    : { ...selection, active: id, anchor: id };
}

function idsOf(jobs: readonly Job[]): readonly string[] {
  return jobs.map(job => job.id);
}
