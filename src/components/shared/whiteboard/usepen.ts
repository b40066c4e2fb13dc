import type React from 'react';
import { useRef } from 'react';
import { newId } from '../../../api/state/ids';
import type { Board } from './board';
import { SIZE } from './marks';
import type { Spot } from './surface';
import type { ITool } from './tools';

interface IPen {
  onPointerDown: React.PointerEventHandler;
  onPointerMove: React.PointerEventHandler;
  onPointerUp: React.PointerEventHandler;
  onPointerCancel: React.PointerEventHandler;
  onPointerLeave: React.PointerEventHandler;
}

/** A line that is being drawn: its name, and where it ends. */
interface ILine {
  readonly stroke: string;
  end: readonly [number, number];
}

/**
 * What a pointer does on a board: it draws while it is pressed, and is shown to others while it is over it.
 *
 * Nobody draws before it is known who they are: their strokes could not be taken back.
 */
export function usePen(props: {
  board: Board;
  tool: ITool;
  me: string;
  onPoint: (spot: Spot | null) => void;
}): IPen {
  const { board, tool, me, onPoint } = props;
  const line = useRef<ILine | null>(null);
  const draw = (to: readonly (readonly [number, number])[]): void => {
    if (line.current && to.length > 0) {
      const { stroke, end } = line.current;
      board.draw({ stroke, by: me, ...tool, points: [end, ...to].flat() });
      line.current.end = to[to.length - 1];
    }
  };
  return {
    onPointerDown: event => {
      if (me === '' || !event.isPrimary || event.button !== 0) {
        return;
      }
      event.currentTarget.setPointerCapture(event.pointerId);
      const start = placeOf(event);
      line.current = { stroke: newId(), end: start };
      draw([start]);
    },
    onPointerMove: event => {
      onPoint(spotOf(placeOf(event)));
      if (line.current && event.isPrimary) {
        draw(pathOf(event, line.current.end));
      }
    },
    onPointerUp: () => {
      line.current = null;
    },
    onPointerCancel: () => {
      line.current = null;
      onPoint(null);
    },
    onPointerLeave: () => onPoint(null)
  };
}

/** Where a pointer went since the last event, without steps that nobody can see. */
function pathOf(
  event: React.PointerEvent,
  start: readonly [number, number]
): readonly (readonly [number, number])[] {
  const native = event.nativeEvent;
  const events = native.getCoalescedEvents?.() ?? [];
  const places = (events.length > 0 ? events : [native]).map(one =>
    placeIn(event.currentTarget, one.clientX, one.clientY)
  );
  let last = start;
  return places.filter(place => {
    const isFar = place[0] !== last[0] || place[1] !== last[1];
    last = isFar ? place : last;
    return isFar;
  });
}

function placeOf(event: React.PointerEvent): readonly [number, number] {
  return placeIn(event.currentTarget, event.clientX, event.clientY);
}

/** A place on the screen in units of the board. */
function placeIn(canvas: Element, clientX: number, clientY: number): readonly [number, number] {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const x = ((clientX - left) / (width || 1)) * SIZE.width;
  const y = ((clientY - top) / (height || 1)) * SIZE.height;
  return [Math.round(x), Math.round(y)];
}

function spotOf([x, y]: readonly [number, number]): Spot | null {
  const spot = [x / SIZE.width, y / SIZE.height] as const;
  return spot.every(one => one >= 0 && one <= 1) ? spot : null;
}
