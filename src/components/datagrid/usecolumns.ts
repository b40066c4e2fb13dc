import type { TranslationBundle } from '@jupyterlab/translation';
import type React from 'react';
import { useEffect, useMemo, useState } from 'react';
import { useTrans } from '../basics/context';
import type { IColumnChoice, IColumnNeeds, IColumnWidth } from './columnlayout';
import { layOut } from './columnlayout';
import { fontOf, measurer } from './textwidth';

const CHECK = 32;
const BESIDE = 16;
/** Of the head: what stands beside its text, the arrow of the order included. */
const BESIDE_HEAD = 28;
/** How much less important a column is that has nothing to show. */
const EMPTY = 100;
/** A head that is longer may be cut. */
const MOST_HEAD = 140;
/** Rows that are measured: more would not change much, and take their time. */
export const MOST_MEASURED = 300;
/** What the room is taken for until it is known. */
const USUAL_ROOM = 1100;

/** A column of a grid: its head, and how wide it may be. */
export interface IGridColumn {
  key: string;
  label: (trans: TranslationBundle) => string;
  /** What stands in the head where the label is too long for it. */
  sign?: string;
  /** Pixels that stand beside the text of a cell. */
  beside?: number;
  /** The least and the most pixels that it takes by itself. */
  least: number;
  most: number;
  /** Where there is too little room, the one with the highest number goes first; 0 stays. */
  rank: number;
  /** Its share of the room that is left. */
  grow?: number;
  isNumber?: boolean;
}

/** The columns that are wanted, and what they are to hold. */
export interface IWantedColumns<T, C extends IGridColumn> {
  columns: readonly C[];
  rows: readonly T[];
  /** The text that decides how wide a column is by itself; the head counts too. */
  textOf: (column: C, row: T) => string;
  /**
   * When this is another, columns are measured anew: for other rows, not for each figure that changes.
   * Columns that jump cannot be read.
   */
  occasion: string;
  choice: IColumnChoice;
}

/** The columns that are drawn, each with its pixels; what the grid's style needs of them. */
export interface IDrawnColumns<C extends IGridColumn> {
  columns: readonly (C & IColumnWidth)[];
  tracks: string;
  width: number;
}

/** The columns that are drawn, each as wide as its content and the room allow. */
export function useColumns<T, C extends IGridColumn>(
  wanted: IWantedColumns<T, C>,
  scroller: React.RefObject<HTMLElement>
): IDrawnColumns<C> {
  const trans = useTrans();
  const room = useRoom(scroller);
  const { columns, occasion, choice } = wanted;
  const asking = useMemo(
    () => {
      const widthOf = measurer(fontOf(scroller.current));
      return columns.map(column => ask(column, column.label(trans), wanted, widthOf));
    },
    // Not for the rows themselves, which are others with each fact: see `occasion`.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [columns, occasion, room > 0]
  );
  return useMemo(() => {
    const laid = layOut(asking, (room || USUAL_ROOM) - CHECK, choice);
    const byKey = new Map(columns.map(column => [column.key, column]));
    const drawn = laid.flatMap(one => {
      const column = byKey.get(one.key);
      return column ? { ...column, ...one } : [];
    });
    const width = laid.reduce((sum, one) => sum + one.width, CHECK);
    return { columns: drawn, tracks: laid.map(one => `${one.width}px`).join(' '), width };
  }, [asking, room, choice, columns]);
}

function ask<T, C extends IGridColumn>(
  column: C,
  label: string,
  { rows, textOf }: IWantedColumns<T, C>,
  widthOf: (text: string) => number
): IColumnNeeds {
  const texts = rows.slice(0, MOST_MEASURED).map(row => textOf(column, row));
  const widest = [...new Set(texts)].reduce((most, text) => Math.max(most, widthOf(text)), 0);
  const head = widthOf(column.sign ?? label) + BESIDE_HEAD;
  const content = Math.max(widest + BESIDE + (column.beside ?? 0), head);
  const rank = widest === 0 && column.rank > 0 ? column.rank + EMPTY : column.rank;
  return { ...column, content, rank, least: Math.max(column.least, Math.min(head, MOST_HEAD)) };
}

/** The width of an element; 0 while it is out of sight. */
function useRoom(node: React.RefObject<HTMLElement>): number {
  const [room, setRoom] = useState(0);
  useEffect(() => {
    const element = node.current;
    if (!element) {
      return undefined;
    }
    const measure = (): void => setRoom(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [node]);
  return room;
}
