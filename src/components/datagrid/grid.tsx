import React, { useCallback, useEffect, useRef } from 'react';
import { own } from '../../api/own';
import type { ISelection, SelectMode } from '../basics/selection';
import { choose } from '../basics/selection';
import type { IVirtualRows } from '../basics/virtualrows';
import { stepTo, useVirtualRows } from '../basics/virtualrows';
import type { IColumnChoice } from './columnlayout';
import type { IGridHeadProps } from './head';
import { GridHead } from './head';
import type { IGridPlace } from './row';
import type { IDrawnColumns, IGridColumn } from './usecolumns';

const ROW_HEIGHT = 32;
const HEAD_HEIGHT = 33;

/** What every grid is given by the page that shows it. */
export interface IGridSubject {
  selection: ISelection;
  onSelection: (selection: ISelection) => void;
  /** What stands below the rows. */
  children?: React.ReactNode;
}

/** What a grid shows and does. */
export interface IDataGridProps<T> extends IGridSubject {
  label: string;
  rows: readonly T[];
  idOf: (row: T) => string;
  /** The ids that are chosen with a row: its own, unless it stands for others. */
  membersOf?: (row: T) => readonly string[];
  /** Whether some rows stand below others. */
  isTree?: boolean;
  /** The id of a row that is to be seen: it is scrolled to when this changes. */
  reveal?: string | null;
  scroller: React.RefObject<HTMLDivElement>;
  drawn: IDrawnColumns<IGridColumn>;
  choice: IColumnChoice;
  onChoice: (choice: IColumnChoice) => void;
  all: IGridHeadProps['all'];
  orderOf: IGridHeadProps['orderOf'];
  onSort: (key: string) => void;
  /** A row, drawn at its place. */
  rowOf: (row: T, place: IGridPlace) => React.JSX.Element;
  /** What keys do to the row that has the focus, beside moving and choosing. */
  keysOf: (row: T) => Readonly<Record<string, () => void>>;
}

/**
 * Rows with columns, of which only the visible ones are in the page.
 *
 * Arrow keys move, Space chooses, Shift widens, Ctrl+A chooses all, Escape none.
 */
export function DataGrid<T>(props: IDataGridProps<T>): React.JSX.Element {
  const { rows: all, idOf, membersOf, selection, drawn, scroller } = props;
  const active = all.findIndex(row => idOf(row) === selection.active);
  const list = useVirtualRows({
    count: all.length,
    height: ROW_HEIGHT,
    head: HEAD_HEIGHT,
    keyOf: index => idOf(all[index]),
    kept: active,
    scroller
  });
  const onChoose = useChoose(props);
  useReveal(props, list);
  const { rows } = list;
  return (
    <div
      className="crispdm-DataGrid"
      ref={scroller}
      role={props.isTree ? 'treegrid' : 'grid'}
      aria-label={props.label}
      aria-rowcount={all.length + 1}
      aria-multiselectable="true"
      style={styleOf(drawn)}
      onKeyDown={keyHandler(props, list)}
    >
      <GridHead {...props} columns={drawn.columns} ids={all.flatMap(row => members(props, row))} />
      <div
        className="crispdm-DataGrid-rows"
        role="rowgroup"
        style={{ height: rows.getTotalSize() }}
      >
        {rows.getVirtualItems().map(item => {
          const row = all[item.index];
          const marks = (membersOf?.(row) ?? [idOf(row)]).map(id => selection.marked.has(id));
          const isMarked = marks.length > 0 && marks.every(Boolean);
          return (
            <div
              key={item.key}
              role="presentation"
              className="crispdm-JobTable-slot"
              style={{ transform: `translateY(${item.start - HEAD_HEIGHT}px)`, height: ROW_HEIGHT }}
            >
              {props.rowOf(row, {
                index: item.index,
                isMarked,
                isPartly: !isMarked && marks.some(Boolean),
                isActive: item.index === Math.max(0, active),
                onChoose
              })}
            </div>
          );
        })}
      </div>
      {props.children}
    </div>
  );
}

/** Choosing a row, as a function that stays the same, so that rows are not drawn anew for it. */
function useChoose<T>(props: IDataGridProps<T>): (id: string, mode: SelectMode) => void {
  const newest = useRef(props);
  newest.current = props;
  return useCallback((id, mode) => {
    const { selection, onSelection } = newest.current;
    onSelection(chosen(newest.current, selection, id, mode));
  }, []);
}

/** Scrolls to the row that is to be seen, once it is there. */
function useReveal<T>(
  { rows, idOf, reveal = null }: IDataGridProps<T>,
  { rows: virtual }: IVirtualRows
): void {
  const revealed = useRef<string | null>(null);
  const at = reveal === null ? -1 : rows.findIndex(row => idOf(row) === reveal);
  useEffect(() => {
    if (reveal === null) {
      revealed.current = null;
    } else if (at >= 0 && revealed.current !== reveal) {
      revealed.current = reveal;
      virtual.scrollToIndex(at);
    }
  }, [at, reveal, virtual]);
}

function keyHandler<T>(
  props: IDataGridProps<T>,
  { focusRow }: IVirtualRows
): (event: React.KeyboardEvent<HTMLElement>) => void {
  const { rows, idOf, selection, onSelection, keysOf } = props;
  return event => {
    const at = Number((event.target as HTMLElement).dataset.index ?? NaN);
    const row = rows.at(at);
    if (Number.isNaN(at) || row === undefined) {
      return;
    }
    const id = idOf(row);
    const next = stepTo(event.key, at, rows.length);
    const keys: Readonly<Record<string, () => void>> = {
      ' ': () => onSelection(chosen(props, selection, id, 'toggle')),
      Escape: () => onSelection({ ...selection, marked: new Set() }),
      ...keysOf(row)
    };
    const isAll = event.key === 'a' && (event.ctrlKey || event.metaKey);
    const action = isAll
      ? () =>
          onSelection({ ...selection, marked: new Set(rows.flatMap(one => members(props, one))) })
      : own(keys, event.key);
    if (next !== null) {
      onSelection(moved(props, id, idOf(rows[next]), event.shiftKey));
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
function moved<T>(
  props: IDataGridProps<T>,
  from: string,
  to: string,
  isRange: boolean
): ISelection {
  const { selection } = props;
  const anchor = selection.anchor ?? selection.active ?? from;
  return isRange
    ? chosen(props, { ...selection, anchor }, to, 'range')
    : { ...selection, active: to, anchor: to };
}

function chosen<T>(
  props: IDataGridProps<T>,
  selection: ISelection,
  id: string,
  mode: SelectMode
): ISelection {
  const { rows, idOf, membersOf } = props;
  const byId = membersOf && new Map(rows.map(row => [idOf(row), membersOf(row)]));
  return choose(selection, rows.map(idOf), id, mode, byId && (one => byId.get(one) ?? []));
}

function members<T>({ idOf, membersOf }: IDataGridProps<T>, row: T): readonly string[] {
  return membersOf?.(row) ?? [idOf(row)];
}

function styleOf({ tracks, width }: IDrawnColumns<IGridColumn>): React.CSSProperties {
  return { '--crispdm-columns': tracks, '--crispdm-width': `${width}px` } as React.CSSProperties;
}
