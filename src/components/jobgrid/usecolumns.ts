import type React from 'react';
import { useEffect, useMemo, useState } from 'react';
import { isFinal } from '../../api';
import { own } from '../../api/own';
import type { IColumnNeeds, IColumnChoice, IColumnWidth } from './columnlayout';
import { layOut } from './columnlayout';
import { useTrans } from '../basics/context';
import type { IColumn } from './columns';
import { columnsFor } from './columns';
import type { IJobGridProps } from './grid';
import { fontOf, measurer } from './textwidth';

const CHECK = 32;
const BESIDE = 16;
/** Of the head: what stands beside its text, the arrow of the order included. */
const BESIDE_HEAD = 28;
/** How much less important a column is that has nothing to show. */
const EMPTY = 100;
/** A head that is longer may be cut. */
const MOST_HEAD = 140;
/** Jobs that are measured: more would not change much, and take their time. */
const MOST_MEASURED = 300;
/** What the room is taken for until it is known. */
const USUAL_ROOM = 1100;

/** A column and the pixels that it got. */
export type IShownColumn = IColumn & IColumnWidth;

/** The columns that are drawn, each as wide as its content and the room allow. */
export function useColumns(
  props: IJobGridProps,
  scroller: React.RefObject<HTMLElement>
): { columns: readonly IShownColumn[]; tracks: string; width: number } {
  const trans = useTrans();
  const room = useRoom(scroller);
  const { jobs, columns: choice, environmentName, latestOf } = props;
  const chosen = useMemo(() => columnsOf(choice), [choice]);
  const first = jobs[0];
  const known = jobs.slice(0, MOST_MEASURED).filter(({ id }) => latestOf(id)).length;
  const active = jobs.some(job => !isFinal(job.state));
  const key = [
    jobs.length,
    active,
    first?.id,
    first && environmentName(first.environment),
    known
  ].join();
  const asking = useMemo(
    () => {
      const widthOf = measurer(fontOf(scroller.current));
      return chosen.map(column => ask(column, column.label(trans), props, widthOf));
    },
    // Measured anew for other jobs, not for each figure that changes: columns that jump cannot be read.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [chosen, key, room > 0]
  );
  return useMemo(() => {
    const laid = layOut(asking, (room || USUAL_ROOM) - CHECK, choice);
    const columns = laid.map(one => ({
      ...(chosen.find(({ key }) => key === one.key) as IColumn),
      ...one
    }));
    const width = laid.reduce((sum, one) => sum + one.width, CHECK);
    return { columns, tracks: laid.map(one => `${one.width}px`).join(' '), width };
  }, [asking, room, choice, chosen]);
}

/** The columns that are wanted, whether there is room for them or not. */
export function columnsOf({ shown }: IColumnChoice): readonly IColumn[] {
  return columnsFor(Object.keys(shown)).filter(({ key, isUsual }) => own(shown, key) ?? isUsual);
}

function ask(
  column: IColumn,
  label: string,
  { jobs, environmentName, latestOf }: IJobGridProps,
  widthOf: (text: string) => number
): IColumnNeeds {
  const { measure, beside = 0 } = column;
  const texts = jobs
    .slice(0, MOST_MEASURED)
    .map(job => measure(job, environmentName(job.environment), latestOf(job.id)));
  const widest = [...new Set(texts)].reduce((most, text) => Math.max(most, widthOf(text)), 0);
  const head = widthOf(label) + BESIDE_HEAD;
  const content = Math.max(widest + BESIDE + beside, head);
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
