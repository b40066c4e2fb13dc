import React, { useMemo } from 'react';
import type { Run } from '../../api';
import { own } from '../../api/own';
import { useTrans } from '../basics/context';
import type { ISelection } from '../basics/selection';
import { choose, chooseAll, modeOf } from '../basics/selection';
import type { IVirtualRows } from '../basics/virtualrows';
import { stepTo, useVirtualRows } from '../basics/virtualrows';
import { bestOf, firstKey, isNumberField, labelOf, sortedBy } from './fields';
import { RunRow } from './row';

const ROW_HEIGHT = 32;
const HEAD_HEIGHT = 33;
const NAME_WIDTH = 220;
const CHECK_WIDTH = 32;
const STAR_WIDTH = 32;

/** What the table of runs shows and does. */
export interface IRunGridProps {
  runs: readonly Run[];
  /** The fields beside the name. */
  columns: readonly string[];
  sort: string;
  selection: ISelection;
  onSort: (sort: string) => void;
  onSelection: (selection: ISelection) => void;
  onFavourite: (run: Run) => void;
  onOpen: (id: string) => void;
  children?: React.ReactNode;
}

/**
 * Runs with the figures that were asked for, of which only the visible rows are in the page.
 *
 * Arrow keys move, Space chooses, Shift widens, Enter opens, Escape chooses none.
 */
export function RunGrid(props: IRunGridProps): React.JSX.Element {
  const { runs, columns, selection, onSelection } = props;
  const trans = useTrans();
  const active = runs.findIndex(run => run.id === selection.active);
  const list = useVirtualRows({
    count: runs.length,
    height: ROW_HEIGHT,
    head: HEAD_HEIGHT,
    keyOf: index => runs[index].id,
    kept: active
  });
  const best = useMemo(() => columns.map(field => bestOf(runs, field)), [runs, columns]);
  const ids = runs.map(run => run.id);
  const { rows, scroller } = list;
  return (
    <div
      className="crispdm-JobGrid"
      ref={scroller}
      role="grid"
      aria-label={trans.__('Runs')}
      aria-rowcount={runs.length + 1}
      aria-multiselectable="true"
      style={layoutOf(columns)}
      onKeyDown={keyHandler(props, ids, list)}
    >
      <Head {...props} />
      <div className="crispdm-JobGrid-rows" role="rowgroup" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(item => {
          const run = runs[item.index];
          return (
            <div
              key={item.key}
              role="presentation"
              className="crispdm-JobTable-slot"
              style={{ transform: `translateY(${item.start - HEAD_HEIGHT}px)`, height: ROW_HEIGHT }}
            >
              <RunRow
                run={run}
                columns={columns}
                best={best}
                index={item.index}
                isMarked={selection.marked.has(run.id)}
                isActive={item.index === Math.max(0, active)}
                onChoose={mode => onSelection(choose(selection, ids, run.id, mode))}
                onFavourite={props.onFavourite}
                onOpen={props.onOpen}
              />
            </div>
          );
        })}
      </div>
      {props.children}
    </div>
  );
}

/** The head of the table: a click sorts. */
function Head(props: IRunGridProps): React.JSX.Element {
  const { runs, columns, selection, onSelection } = props;
  const trans = useTrans();
  const count = runs.filter(run => selection.marked.has(run.id)).length;
  const isWhole = count > 0 && count === runs.length;
  return (
    <div className="crispdm-JobGrid-head" role="row" aria-rowindex={1}>
      <div role="columnheader" className="crispdm-JobGrid-check">
        <input
          type="checkbox"
          aria-label={trans.__('Choose all')}
          checked={isWhole}
          ref={box => {
            if (box) {
              box.indeterminate = count > 0 && !isWhole;
            }
          }}
          onChange={() =>
            onSelection(
              chooseAll(
                selection,
                runs.map(run => run.id)
              )
            )
          }
        />
      </div>
      <HeadCell {...props} field="favourite" label={trans.__('Favourite')} text="★" />
      {['name', ...columns].map(field => (
        <HeadCell key={field} {...props} field={field} label={labelOf(trans, field)} />
      ))}
    </div>
  );
}

function HeadCell(
  props: IRunGridProps & { field: string; label: string; text?: string }
): React.JSX.Element {
  const { field, label, text, sort, onSort } = props;
  const now = firstKey(sort);
  const order = now.isDescending ? 'descending' : 'ascending';
  return (
    <div
      role="columnheader"
      aria-label={label}
      data-number={isNumberField(field)}
      aria-sort={now.field === field ? order : 'none'}
    >
      <button title={label} onClick={() => onSort(sortedBy(sort, field))}>
        {text ?? label}
      </button>
    </div>
  );
}

function keyHandler(
  props: IRunGridProps,
  ids: readonly string[],
  { focusRow }: IVirtualRows
): (event: React.KeyboardEvent<HTMLElement>) => void {
  const { selection, onSelection, onOpen } = props;
  return event => {
    const { index, runId: id } = (event.target as HTMLElement).dataset;
    if (index === undefined || id === undefined) {
      return;
    }
    const next = stepTo(event.key, Number(index), ids.length);
    const keys: Record<string, () => void> = {
      Enter: () => onOpen(id),
      ' ': () => onSelection(choose(selection, ids, id, modeOf({ ...NO_KEYS, ctrlKey: true }))),
      Escape: () => onSelection({ ...selection, marked: new Set() })
    };
    const action = own(keys, event.key);
    if (next !== null) {
      const anchor = selection.anchor ?? selection.active ?? id;
      onSelection(
        event.shiftKey
          ? choose({ ...selection, anchor }, ids, ids[next], 'range')
          : { ...selection, active: ids[next], anchor: ids[next] }
      );
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

const NO_KEYS = { shiftKey: false, ctrlKey: false, metaKey: false };

function layoutOf(columns: readonly string[]): React.CSSProperties {
  const widths = columns.map(widthOf);
  const tracks = [STAR_WIDTH, NAME_WIDTH, ...widths];
  const width = tracks.reduce((sum, one) => sum + one, CHECK_WIDTH);
  return {
    '--crispdm-columns': [
      `${STAR_WIDTH}px`,
      `minmax(${NAME_WIDTH}px, 2fr)`,
      ...widths.map(one => `minmax(${one}px, 1fr)`)
    ].join(' '),
    '--crispdm-width': `max(100%, ${width}px)`
  } as React.CSSProperties;
}

function widthOf(field: string): number {
  return field.startsWith('metrics.') || WIDE.includes(field) ? 128 : 96;
}

const WIDE: readonly string[] = ['created', 'tags', 'note', 'state'];
