import React, { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTheme } from '../../basics/hooks';
import type { IColouring } from './colouring';
import { painted } from './colouring';
import type { ISize } from './geometry';

/** Milliseconds of a frame that may go into drawing; what is left follows in the next ones. */
const BUDGET = 8;
/** Rows between two looks at the clock. */
const ROWS = 50;
/** The size of what has none yet. */
const FIRST: ISize = { width: 600, height: 260 };

/** Draws a run, a row of the list, in a colour. */
export type Draw = (context: CanvasRenderingContext2D, row: number, colour: string) => void;

/** The size of an element, anew when it changes. */
export function useSize(host: React.RefObject<HTMLElement | null>): ISize {
  const [size, setSize] = useState(FIRST);
  useLayoutEffect(() => {
    const node = host.current;
    if (!node) {
      return undefined;
    }
    const measure = (): void => {
      const [width, height] = [node.clientWidth || FIRST.width, node.clientHeight || FIRST.height];
      setSize(now => (now.width === width && now.height === height ? now : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    return () => observer.disconnect();
  }, [host]);
  return size;
}

/** Runs on a canvas, drawn over some frames where they are many: the page stays quick. */
export function Runs(props: {
  size: ISize;
  rows: readonly number[];
  colouring: IColouring;
  draw: Draw;
  /** Whether others stand out before these. */
  isFaint?: boolean;
}): React.JSX.Element {
  const { size, rows, colouring, draw, isFaint = false } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  useEffect(() => {
    const node = canvas.current;
    const context = node?.getContext('2d');
    if (!node || !context) {
      return undefined;
    }
    const ratio = window.devicePixelRatio || 1;
    [node.width, node.height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const colours = painted(node.parentElement ?? node, colouring.colours);
    return drawn(rows, row => draw(context, row, colours[colouring.of[row]]));
  }, [size, rows, colouring, draw, theme]);
  return (
    <canvas
      className="crispdm-RunPlot-runs"
      ref={canvas}
      data-faint={isFaint || undefined}
      data-count={rows.length}
      aria-hidden="true"
    />
  );
}

/** Draw rows, as many in a frame as fit, and some in each however slow the page is. Answers what ends it. */
export function drawn(rows: readonly number[], draw: (row: number) => void): () => void {
  let [at, frame] = [0, 0];
  const some = (): void => {
    const begin = performance.now();
    do {
      for (const end = Math.min(rows.length, at + ROWS); at < end; at++) {
        draw(rows[at]);
      }
    } while (at < rows.length && performance.now() - begin < BUDGET);
    frame = at < rows.length ? requestAnimationFrame(some) : 0;
  };
  some();
  return () => cancelAnimationFrame(frame);
}
