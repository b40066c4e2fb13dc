import React, { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Run } from '../../api';
import { useTrans } from '../basics/context';
import type { IColumnChoice } from '../datagrid/columnlayout';
import { asChoice } from '../datagrid/columnlayout';
import type { IGridSubject } from '../datagrid/grid';
import { DataGrid } from '../datagrid/grid';
import type { IGridPlace } from '../datagrid/row';
import type { IDrawnColumns, IGridColumn } from '../datagrid/usecolumns';
import { MOST_MEASURED, useColumns } from '../datagrid/usecolumns';
import { gridColumns } from './cells';
import { bestOf, firstKey, sortedBy, textOf } from './fields';
import { GroupRow } from './grouprow';
import type { IRunGroup, RunItem } from './groups';
import { figureOf, groupLabel, groupsOf, itemsOf } from './groups';
import { RunRow } from './row';

/** What the table of runs shows and does. */
export interface IRunGridProps extends IGridSubject {
  runs: readonly Run[];
  /** The fields beside the name. */
  columns: readonly string[];
  /** The pixels of those columns to which somebody gave some. */
  widths: Readonly<Record<string, number>>;
  onWidths: (widths: Record<string, number>) => void;
  /** The field in which the runs of a group are alike; empty for no groups. */
  groupBy: string;
  /** The id of a run that is to be seen: it is scrolled to when this changes. */
  reveal?: string | null;
  sort: string;
  onSort: (sort: string) => void;
  onFavourite: (run: Run) => void;
  onOpen: (run: Run) => void;
}

/**
 * Runs with the figures that were asked for, in groups where a field is named.
 *
 * Enter opens a run; of a group Enter, and the arrows to the left and right, fold and unfold. Choosing the head of a
 * group chooses its runs.
 */
export function RunGrid(props: IRunGridProps): React.JSX.Element {
  const { groupBy, sort, widths, onWidths, onOpen } = props;
  const trans = useTrans();
  const scroller = useRef<HTMLDivElement>(null);
  const choice = useMemo(() => asChoice({ widths }), [widths]);
  const grouped = useGroups(props);
  const drawn = useRunColumns(props, grouped.groups, choice, scroller);
  const now = firstKey(sort);
  const order = now.isDescending ? 'descending' : 'ascending';
  return (
    <DataGrid
      label={trans.__('Runs')}
      rows={grouped.items}
      idOf={idOf}
      membersOf={groupBy === '' ? undefined : membersOf}
      isTree={groupBy !== ''}
      reveal={props.reveal}
      scroller={scroller}
      drawn={drawn}
      choice={choice}
      onChoice={changed => onWidths({ ...changed.widths })}
      all={{ label: trans.__('Choose all'), title: trans.__('Choose all that are shown') }}
      selection={props.selection}
      onSelection={props.onSelection}
      orderOf={key => (now.field === key ? order : 'none')}
      onSort={key => props.onSort(sortedBy(sort, key))}
      keysOf={item => keysOf(item, onOpen, grouped.fold)}
      rowOf={useRowOf(props, drawn.columns, grouped)}
    >
      {props.children}
    </DataGrid>
  );
}

/** Draws a run, or the head of a group. */
function useRowOf(
  { runs, columns: fields, groupBy, onFavourite, onOpen }: IRunGridProps,
  columns: readonly IGridColumn[],
  { unfolded, fold }: IGrouped
): (item: RunItem, place: IGridPlace) => React.JSX.Element {
  const best = useMemo(
    () => new Map(fields.map(field => [field, bestOf(runs, field)])),
    [runs, fields]
  );
  const shared = { columns, best };
  return ({ run, group }, place) =>
    run ? (
      <RunRow
        {...place}
        {...shared}
        run={run}
        level={groupBy === '' ? undefined : 2}
        onFavourite={onFavourite}
        onOpen={onOpen}
      />
    ) : (
      <GroupRow
        {...place}
        {...shared}
        group={group}
        field={groupBy}
        isUnfolded={unfolded.has(group.id)}
        onFold={fold}
      />
    );
}

/** What keys do to a run, or to the head of a group. */
function keysOf(
  { run, group }: RunItem,
  onOpen: (run: Run) => void,
  fold: IGrouped['fold']
): Readonly<Record<string, () => void>> {
  if (run) {
    return { Enter: () => onOpen(run) };
  }
  return {
    Enter: () => fold(group),
    ArrowRight: () => fold(group, false),
    ArrowLeft: () => fold(group, true)
  };
}

interface IGrouped {
  items: readonly RunItem[];
  groups: readonly IRunGroup[];
  unfolded: ReadonlySet<string>;
  /** Folds a group, or unfolds it; without a word the other than it is. */
  fold: (group: IRunGroup, isFolded?: boolean) => void;
}

/** The rows, and which groups are unfolded: none at first, and that of a run which is to be seen. */
function useGroups({ runs, groupBy, reveal = null }: IRunGridProps): IGrouped {
  const trans = useTrans();
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const groups = useMemo(
    () => (groupBy === '' ? [] : groupsOf(trans, runs, groupBy)),
    [trans, runs, groupBy]
  );
  const items = useMemo(
    () => (groupBy === '' ? runs.map(run => ({ run })) : itemsOf(groups, unfolded)),
    [runs, groupBy, groups, unfolded]
  );
  const fold = useCallback(({ id }: IRunGroup, isFolded?: boolean) => {
    setUnfolded(before => {
      const after = new Set(before);
      if (isFolded ?? before.has(id)) {
        after.delete(id);
      } else {
        after.add(id);
      }
      return after;
    });
  }, []);
  const newest = useRef(groups);
  newest.current = groups;
  useEffect(() => {
    const home = newest.current.find(group => group.runs.some(({ id }) => id === reveal));
    if (home) {
      fold(home, false);
    }
  }, [reveal, fold]);
  return { items, groups, unfolded, fold };
}

function useRunColumns(
  { runs, columns: fields, groupBy }: IRunGridProps,
  groups: readonly IRunGroup[],
  choice: IColumnChoice,
  scroller: React.RefObject<HTMLElement>
): IDrawnColumns<IGridColumn> {
  const trans = useTrans();
  const columns = useMemo(() => gridColumns(fields), [fields]);
  const known = runs.slice(0, MOST_MEASURED).filter(({ points }) => points > 0).length;
  const textOfItem = ({ key }: IGridColumn, { run, group }: RunItem): string => {
    if (run) {
      return textOf(trans, run, key);
    }
    return key === 'name'
      ? groupLabel(trans, groupBy, group)
      : figureOf(trans, group.runs, key).text;
  };
  // Folded runs too, so that nothing jumps when a group is unfolded.
  const heads = groups.slice(0, MOST_MEASURED / 2).map(group => ({ group }));
  return useColumns(
    {
      columns,
      rows: [...heads, ...runs.slice(0, MOST_MEASURED).map(run => ({ run }))],
      textOf: textOfItem,
      occasion: [runs.length, runs.at(0)?.id, known, groupBy, groups.length].join(),
      choice
    },
    scroller
  );
}

function idOf({ run, group }: RunItem): string {
  return run ? run.id : group.id;
}

/** The head of a group stands for its runs, whether they are shown or not. */
function membersOf({ run, group }: RunItem): readonly string[] {
  return run ? [run.id] : group.runs.map(({ id }) => id);
}
