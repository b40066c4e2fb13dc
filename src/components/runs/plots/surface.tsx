import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useId, useMemo, useRef } from 'react';
import type { Run } from '../../../api';
import { useTrans } from '../../basics/context';
import { useFact } from '../../basics/hooks';
import type { ISelection, SelectMode } from '../../basics/selection';
import { modeOf } from '../../basics/selection';
import { labelOf, textOf } from '../fields';
import type { Draw } from './canvas';
import { Runs } from './canvas';
import { caught, clicked } from './choosing';
import type { IColouring } from './colouring';
import type { ISize } from './geometry';
import type { Pointed } from './pointed';

/** Pixels: a press that moves further drags. */
const STILL = 3;

/** A place on a plot. */
export type Spot = readonly [number, number];

/** What somebody drags over a plot. */
export interface IDrag {
  begin: Spot;
  now: Spot;
  mode: SelectMode;
  /** Whether the button is up again. */
  isOver: boolean;
}

/** What every plot of runs gets. */
export interface IRunPlotProps {
  runs: readonly Run[];
  colouring: IColouring;
  selection: ISelection;
  pointed: Pointed;
  /** Runs are chosen; not for good while somebody still drags. */
  onSelection: (selection: ISelection, isOver: boolean) => void;
  onOpen: (id: string) => void;
}

/** What a plot adds to be drawn and used. */
export interface ISurfaceProps extends IRunPlotProps {
  label: string;
  /** What the run that is pointed at tells of itself. */
  fields: readonly string[];
  size: ISize;
  draw: Draw;
  /** The run near a place; −1 is none. */
  rowAt: (spot: Spot) => number;
  /** Where a run stands; null where it has no place. */
  spotOf: (row: number) => Spot | null;
  /** What stands out of the run that is pointed at. */
  mark: (row: number) => React.ReactNode;
  /** The run to which a key leads; null for keys that lead nowhere. */
  step: (key: string, row: number) => number | null;
  /** All between two runs become chosen by keys. */
  onStretch?: (from: number, to: number) => void;
  onDrag: (drag: IDrag) => void;
  /** A click that met no run. */
  onNowhere: (spot: Spot, mode: SelectMode) => void;
  /** What lies under the runs. */
  ground?: React.ReactNode;
  /** What lies over the runs, below what is pointed at. */
  children: React.ReactNode;
}

/** The drawn runs of a plot, those that are chosen before the others, and what mouse and keys do with them. */
export function Surface(props: ISurfaceProps): React.JSX.Element {
  const { runs, colouring, selection, size, draw } = props;
  const all = useMemo(() => [...runs.keys()], [runs]);
  const chosen = useMemo(
    () => all.filter(row => selection.marked.has(runs[row].id)),
    [all, runs, selection.marked]
  );
  const layer = { size, colouring, draw };
  return (
    <>
      <svg className="crispdm-RunPlot-axes" aria-hidden="true">
        {props.ground}
      </svg>
      <Runs {...layer} rows={all} isFaint={chosen.length > 0} />
      <Runs {...layer} rows={chosen} />
      <svg className="crispdm-RunPlot-axes" aria-hidden="true">
        {props.children}
      </svg>
      <List {...props} chosen={chosen} />
    </>
  );
}

/** A list for those who use keys or a screen reader; for the mouse, what lies over the plot. */
function List(props: ISurfaceProps & { chosen: readonly number[] }): React.JSX.Element {
  const { runs, label, pointed, selection, chosen, mark } = props;
  const trans = useTrans();
  const id = useId();
  const hand = useHand(props);
  const anchor = useRef(-1);
  const told = useFact(pointed, () => pointed.id);
  const rows = useMemo(() => new Map(runs.map((run, at) => [run.id, at])), [runs]);
  const row = rows.get(told) ?? -1;
  const active = row >= 0 ? row : (rows.get(selection.active ?? '') ?? 0);
  return (
    <div
      className="crispdm-RunPlot-list"
      role="listbox"
      aria-multiselectable="true"
      aria-label={trans._n('%2, %1 chosen', '%2, %1 chosen', chosen.length, label)}
      aria-activedescendant={`${id}-run`}
      tabIndex={0}
      {...hand}
      onFocus={() => pointed.point(runs[active]?.id ?? '')}
      onBlur={() => pointed.point('')}
      onKeyDown={event => keyed(event, props, active, anchor)}
    >
      {row >= 0 && (
        <svg className="crispdm-RunPlot-axes" aria-hidden="true">
          {mark(row)}
        </svg>
      )}
      <Told {...props} id={`${id}-run`} row={active} isShown={row >= 0} trans={trans} />
    </div>
  );
}

/** What the run that is pointed at is, beside its place. */
function Told(
  props: ISurfaceProps & { id: string; row: number; isShown: boolean; trans: TranslationBundle }
): React.JSX.Element | null {
  const { runs, fields, selection, size, spotOf, row, isShown, id, trans } = props;
  const run = runs[row];
  if (run === undefined) {
    return null;
  }
  const [x, y] = spotOf(row) ?? [0, 0];
  const values = fields.map(field =>
    trans.__('%1: %2', labelOf(trans, field), textOf(trans, run, field) || trans.__('no value'))
  );
  return (
    <div
      className="crispdm-RunPlot-told"
      id={id}
      role="option"
      aria-selected={selection.marked.has(run.id)}
      aria-posinset={row + 1}
      aria-setsize={runs.length}
      data-shown={isShown}
      data-run={run.id}
      style={{
        ...(x > size.width / 2 ? { right: size.width - x + 12 } : { left: x + 12 }),
        ...(y > size.height / 2 ? { bottom: size.height - y + 8 } : { top: y + 8 })
      }}
    >
      <strong>{run.name}</strong>
      {values.map((text, at) => (
        <span key={fields[at]}>{text}</span>
      ))}
    </div>
  );
}

/** What the mouse, a pen or a finger does on a plot. */
function useHand(props: ISurfaceProps): React.DOMAttributes<HTMLElement> {
  const { runs, selection, pointed, rowAt, onSelection, onDrag, onNowhere, onOpen } = props;
  const held = useRef<{ begin: Spot; isDragged: boolean } | null>(null);
  const drag = (event: React.PointerEvent, begin: Spot, isOver: boolean): void =>
    onDrag({ begin, now: spotAt(event), mode: modeOf(event), isOver });
  return {
    onPointerDown: event => {
      if (event.button === 0) {
        capture(event);
        held.current = { begin: spotAt(event), isDragged: false };
      }
    },
    onPointerMove: event => {
      const [now, press] = [spotAt(event), held.current];
      if (press === null) {
        pointed.point(runs[rowAt(now)]?.id ?? '');
        return;
      }
      const { begin } = press;
      press.isDragged ||= Math.hypot(now[0] - begin[0], now[1] - begin[1]) > STILL;
      if (press.isDragged) {
        drag(event, begin, false);
      }
    },
    onPointerUp: event => {
      const press = held.current;
      held.current = null;
      if (press?.isDragged) {
        drag(event, press.begin, true);
      } else if (press) {
        const run = runs[rowAt(press.begin)];
        if (run) {
          onSelection(clicked(selection, run.id, modeOf(event)), true);
        } else {
          onNowhere(press.begin, modeOf(event));
        }
      }
    },
    onPointerCancel: event => {
      if (held.current?.isDragged) {
        drag(event, held.current.begin, true);
      }
      held.current = null;
    },
    onPointerLeave: () => pointed.point(''),
    onDoubleClick: event => {
      const run = runs[rowAt(spotAt(event))];
      if (run?.kind === 'job') {
        onOpen(run.id);
      }
    }
  };
}

/** Have what the pointer does come here until the button is up. */
export function capture({ currentTarget, pointerId }: React.PointerEvent<HTMLElement>): void {
  try {
    currentTarget.setPointerCapture(pointerId);
  } catch {
    // A finger that is up again by now: its events come here as long as it is over the plot.
  }
}

function spotAt(event: React.MouseEvent): Spot {
  const { left, top } = event.currentTarget.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}

/** Arrows move, Shift widens, Space chooses, Enter opens, Ctrl+A chooses all, Escape none. */
function keyed(
  event: React.KeyboardEvent,
  props: ISurfaceProps,
  row: number,
  anchor: React.MutableRefObject<number>
): void {
  const { runs, selection, pointed, step, onSelection, onStretch, onOpen } = props;
  const run = runs[row];
  const next = step(event.key, row);
  if (run === undefined) {
    return;
  }
  if (next !== null) {
    const id = runs[next]?.id ?? run.id;
    pointed.point(id);
    if (!event.shiftKey) {
      anchor.current = next;
    } else if (onStretch) {
      onStretch(anchor.current < 0 ? row : anchor.current, next);
    } else {
      onSelection(caught(selection, [run.id, id], 'range'), true);
    }
  } else if (event.key === ' ') {
    onSelection(clicked(selection, run.id, 'toggle'), true);
  } else if (event.key === 'Enter' && run.kind === 'job') {
    onOpen(run.id);
  } else if (event.key === 'Escape') {
    onSelection(caught(selection, [], 'only'), true);
  } else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
    const ids = runs.map(({ id }) => id);
    onSelection(caught(selection, ids, 'only'), true);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}
