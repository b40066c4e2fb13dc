import React, { useRef } from 'react';
import { own } from '../../api/own';
import { withWidth } from './columnlayout';
import { useTrans } from '../basics/context';
import type { IShownColumn } from './usecolumns';
import type { IJobGridProps } from './grid';
import type { ISort, SortKey } from './sort';
import { sortBy } from './sort';
import { chooseAll } from '../basics/selection';

/** Pixels of one press of an arrow key. */
const STEP = 16;

/** What the head shows and does. */
export type IGridHeadProps = IJobGridProps & { shown: readonly IShownColumn[] };

/** The head of the table: a click sorts, a drag at the edge makes a column wider. */
export function GridHead(props: IGridHeadProps): React.JSX.Element {
  return (
    <div className="crispdm-JobGrid-head" role="row" aria-rowindex={1}>
      <div role="columnheader" className="crispdm-JobGrid-check">
        <MarkAll {...props} />
      </div>
      {props.shown.map(column => (
        <HeadCell key={column.key} {...props} column={column} />
      ))}
    </div>
  );
}

function MarkAll({ jobs, selection, onSelection }: IGridHeadProps): React.JSX.Element {
  const trans = useTrans();
  const count = jobs.filter(job => selection.marked.has(job.id)).length;
  const isWhole = count > 0 && count === jobs.length;
  const ids = jobs.map(job => job.id);
  return (
    <input
      type="checkbox"
      aria-label={trans.__('Mark all')}
      title={trans.__('Mark all that are shown')}
      checked={isWhole}
      ref={box => {
        if (box) {
          box.indeterminate = count > 0 && !isWhole;
        }
      }}
      onChange={() => onSelection(chooseAll(selection, ids))}
    />
  );
}

type HeadCellProps = IGridHeadProps & { column: IShownColumn };

function HeadCell(props: HeadCellProps): React.JSX.Element {
  const { column, sort, onSort, columns, onColumns } = props;
  const { key, isNumber, width } = column;
  const trans = useTrans();
  const label = column.label(trans);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const step = own({ ArrowLeft: -STEP, ArrowRight: STEP }, event.key);
    if (event.shiftKey && step !== undefined) {
      event.preventDefault();
      onColumns(withWidth(columns, key, width + step));
    }
  };
  return (
    <div
      role="columnheader"
      aria-label={label}
      data-number={isNumber}
      aria-sort={ariaSort(sort, key)}
    >
      <button
        title={trans.__('%1. Shift with an arrow key changes the width.', label)}
        aria-keyshortcuts="Shift+ArrowLeft Shift+ArrowRight"
        onClick={() => onSort(sortBy(sort, key))}
        onKeyDown={onKeyDown}
      >
        {label}
      </button>
      <Edge {...props} />
    </div>
  );
}

/** The edge of a column: a drag changes its width, a double click fits it to its content. */
function Edge({ column, columns, onColumns }: HeadCellProps): React.JSX.Element {
  const { key, width } = column;
  const drag = useRef<{ from: number; width: number } | null>(null);
  const trans = useTrans();
  return (
    <span
      className="crispdm-JobGrid-edge"
      role="separator"
      aria-orientation="vertical"
      aria-label={trans.__('Width of %1', column.label(trans))}
      aria-valuenow={width}
      title={trans.__('Drag to change the width; double-click to fit the content')}
      onPointerDown={event => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { from: event.clientX, width };
      }}
      onPointerMove={event => {
        if (drag.current) {
          const moved = event.clientX - drag.current.from;
          onColumns(withWidth(columns, key, drag.current.width + moved));
        }
      }}
      onPointerUp={() => {
        drag.current = null;
      }}
      onPointerCancel={() => {
        drag.current = null;
      }}
      onDoubleClick={() => onColumns(withWidth(columns, key, null))}
    />
  );
}

function ariaSort(sort: ISort, key: SortKey): 'ascending' | 'descending' | 'none' {
  if (sort.key !== key) {
    return 'none';
  }
  return sort.descending ? 'descending' : 'ascending';
}
