import React, { useEffect, useRef } from 'react';
import { useTrans } from '../../basics/context';
import type { Board } from './board';
import { paint, paintAll } from './paint';
import type { ITool } from './tools';
import { SIZE } from './marks';
import { usePen } from './usepen';

/** Where something is on the board, from 0 to 1 from its left and from its top. */
export type Spot = readonly [number, number];

/** The paper: what is on the board, and a pen that follows finger, mouse or stylus. */
export function Surface(props: {
  board: Board;
  tool: ITool;
  me: string;
  onPoint: (spot: Spot | null) => void;
}): React.JSX.Element {
  const { board } = props;
  const trans = useTrans();
  const canvas = useRef<HTMLCanvasElement>(null);
  usePaint(canvas, board);
  const pen = usePen(props);
  return (
    <canvas
      className="crispdm-Board-canvas"
      ref={canvas}
      role="img"
      aria-label={trans.__('The board. Draw with a finger, a pen or the mouse.')}
      style={{ aspectRatio: `${SIZE.width} / ${SIZE.height}` }}
      {...pen}
    />
  );
}

/** Keep the canvas like the board: new pieces are drawn over it, all else with the next frame. */
function usePaint(canvas: React.RefObject<HTMLCanvasElement>, board: Board): void {
  useEffect(() => {
    const node = canvas.current!;
    const painter = new Painter(node, board);
    const context = {};
    const onAdded: Parameters<typeof board.added.connect>[0] = (_, pieces) => painter.add(pieces);
    board.added.connect(onAdded, context);
    const resized = new ResizeObserver(() => painter.fit());
    resized.observe(node);
    painter.add(null);
    return () => {
      painter.stop();
      resized.disconnect();
      board.added.disconnect(onAdded, context);
    };
  }, [canvas, board]);
}

/** Draws a board on a canvas. */
class Painter {
  constructor(
    private readonly _canvas: HTMLCanvasElement,
    private readonly _board: Board
  ) {}

  /** Draw pieces over what is there; null draws all anew, once a frame. */
  add(pieces: Parameters<typeof paintAll>[1] | null): void {
    const context = this._canvas.getContext('2d');
    if (pieces === null) {
      this._frame ||= requestAnimationFrame(() => this._all());
    } else if (this._frame === 0 && context) {
      for (const piece of pieces) {
        paint(context, piece);
      }
    }
  }

  /** Another size, or a screen of another sharpness, needs all anew. */
  fit(): void {
    if (Math.round(this._width) !== this._canvas.width) {
      this.add(null);
    }
  }

  stop(): void {
    cancelAnimationFrame(this._frame);
  }

  private get _width(): number {
    return Math.max(1, this._canvas.clientWidth * window.devicePixelRatio);
  }

  private _all(): void {
    this._frame = 0;
    paintAll(this._canvas, this._board.pieces(), this._width);
  }

  private _frame = 0;
}
