import React, { useRef } from 'react';
import { own } from '../../api/own';
import { useTrans } from '../basics/context';
import type { ISelection } from '../basics/selection';
import { chooseAll } from '../basics/selection';
import type { IColumnChoice, IColumnWidth } from './columnlayout';
import { withWidth } from './columnlayout';
import type { IGridColumn } from './usecolumns';

/** Pixels of one press of an arrow key. */
const STEP = 16;

/** What a column says of the order of the rows. */
export type Order = 'ascending' | 'descending' | 'none';

/** What the head shows and does. */
export interface IGridHeadProps {
  columns: readonly (IGridColumn & IColumnWidth)[];
  /** The ids of all that can be chosen. */
  ids: readonly string[];
  /** What the box for all of them is called, and says when the mouse rests on it. */
  all: { label: string; title: string };
  selection: ISelection;
  onSelection: (selection: ISelection) => void;
  orderOf: (key: string) => Order;
  onSort: (key: string) => void;
  choice: IColumnChoice;
  onChoice: (choice: IColumnChoice) => void;
}

/** The head of a grid: a click sorts, a drag at the edge makes a column wider. */
export function GridHead(props: IGridHeadProps): React.JSX.Element {
  return (
    <div className="crispdm-DataGrid-head" role="row" aria-rowindex={1}>
      <div role="columnheader" className="crispdm-DataGrid-check">
        <MarkAll {...props} />
      </div>
      {props.columns.map(column => (
        <HeadCell key={column.key} {...props} column={column} />
      ))}
    </div>
  );
}

function MarkAll({ ids, all, selection, onSelection }: IGridHeadProps): React.JSX.Element {
  const count = ids.filter(id => selection.marked.has(id)).length;
  const isWhole = count > 0 && count === ids.length;
  return (
    <input
      type="checkbox"
      aria-label={all.label}
      title={all.title}
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

type HeadCellProps = IGridHeadProps & { column: IGridColumn & IColumnWidth };

function HeadCell(props: HeadCellProps): React.JSX.Element {
  const { column, orderOf, onSort, choice, onChoice } = props;
  const { key, isNumber, width, sign } = column;
  const trans = useTrans();
  const label = column.label(trans);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const step = own({ ArrowLeft: -STEP, ArrowRight: STEP }, event.key);
    if (event.shiftKey && step !== undefined) {
      event.preventDefault();
      onChoice(withWidth(choice, key, width + step));
    }
  };
  return (
    <div role="columnheader" aria-label={label} data-number={isNumber} aria-sort={orderOf(key)}>
      <button
        aria-label={sign && label}
        title={trans.__('%1. Shift with an arrow key changes the width.', label)}
        aria-keyshortcuts="Shift+ArrowLeft Shift+ArrowRight"
        onClick={() => onSort(key)}
        onKeyDown={onKeyDown}
      >
        {sign ?? label}
      </button>
      <Edge {...props} />
    </div>
  );
}

/** The edge of a column: a drag changes its width, a double click fits it to its content. */
function Edge({ column, choice, onChoice }: HeadCellProps): React.JSX.Element {
  const { key, width } = column;
  const drag = useRef<{ from: number; width: number } | null>(null);
  const trans = useTrans();
  return (
    <span
      className="crispdm-DataGrid-edge"
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
          onChoice(withWidth(choice, key, drag.current.width + moved));
        }
      }}
      onPointerUp={() => {
        drag.current = null;
      }}
      onPointerCancel={() => {
        drag.current = null;
      }}
      onDoubleClick={() => onChoice(withWidth(choice, key, null))}
    />
  );
}
