import type React from 'react';
import { useEffect, useLayoutEffect, useRef } from 'react';
import type { ILogLines } from '../../tokens/logs';
import type { Folds } from './folds';
import type { LogReader } from './reader';
import { indexOf } from './reader';

export const LINE_HEIGHT = 18;
/** Nearer to the end than this the reader wants to follow. */
const AT_END = LINE_HEIGHT * 1.5;
/** Nearer to an end of what is here than this, more is asked for. */
const NEAR = LINE_HEIGHT * 100;

type Scroller = React.RefObject<HTMLDivElement>;

/** What the scrolling of a log goes by. */
export interface ILogScroll {
  reader: LogReader;
  folds: Folds;
  scroller: Scroller;
  follows: boolean;
  setFollows: (follows: boolean) => void;
}

/** The line that is seen first: which byte it begins at, which piece of a broken line it is, and in which row. */
interface IFirst {
  at: number;
  piece: number;
  row: number;
  jumps: number;
}

/** The index of the line that is seen first. */
export function firstVisible({ reader, folds, scroller }: ILogScroll): number {
  const row = Math.floor((scroller.current?.scrollTop ?? 0) / LINE_HEIGHT);
  const line = folds.lineOf(Math.min(Math.max(0, folds.count - 1), row));
  return Math.min(Math.max(0, reader.lines.length - 1), line);
}

/**
 * Who scrolls up wants to read, who reaches the end wants to follow; an end that moved away says nothing. Near an end
 * of what is here, more comes.
 */
export function useScroll(scroll: ILogScroll): (event: React.UIEvent<HTMLElement>) => void {
  const last = useRef(0);
  return event => {
    const { reader, setFollows } = scroll;
    const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
    const isUp = scrollTop < last.current;
    const below = scrollHeight - scrollTop - clientHeight;
    last.current = scrollTop;
    if (reader.isAtTail && below < AT_END) {
      setFollows(true);
      return;
    }
    if (isUp) {
      setFollows(false);
    }
    if (isUp && scrollTop < NEAR && reader.lines.start > 0) {
      reader.loadEarlier();
    } else if (!reader.isAtTail && below < NEAR) {
      reader.loadLater();
    }
    if (!reader.isAtTail && reader.lines.length > 0) {
      reader.settle(reader.lines.at(firstVisible(scroll)));
    }
  };
}

/** Scroll to the end when lines came or the place got another height, while following. */
export function useFollowEnd(scroll: ILogScroll, revision: number): void {
  const { scroller, follows, folds } = scroll;
  const { count } = folds;
  useEffect(() => {
    const node = scroller.current;
    if (!follows || !node) {
      return undefined;
    }
    const toEnd = (): void => {
      node.scrollTop = node.scrollHeight;
    };
    toEnd();
    const observer = new ResizeObserver(toEnd);
    observer.observe(node);
    return () => observer.disconnect();
  }, [count, revision, follows, scroller]);
}

/** Keep the same lines before the reader's eyes when lines come or go above them. */
export function useStayInPlace(scroll: ILogScroll): void {
  const first = useRef<IFirst | null>(null);
  useLayoutEffect(() => {
    const { reader, folds, scroller, follows } = scroll;
    const { lines } = reader;
    const node = scroller.current;
    const seen = first.current;
    if (!node || lines.length === 0) {
      return;
    }
    if (seen && !follows && seen.jumps === reader.jumps) {
      const index = indexOf(lines, seen.at);
      const row = index < 0 ? -1 : folds.rowOf(Math.min(index + seen.piece, lines.length - 1));
      if (row < 0) {
        reader.settle(seen.at);
      } else if (row !== seen.row) {
        node.scrollTop += (row - seen.row) * LINE_HEIGHT;
      }
    }
    first.current = firstOf(scroll, lines);
  });
}

function firstOf(scroll: ILogScroll, lines: ILogLines): IFirst {
  const line = firstVisible(scroll);
  const at = lines.at(line);
  return {
    at,
    piece: line - indexOf(lines, at),
    row: scroll.folds.rowOf(line),
    jumps: scroll.reader.jumps
  };
}

/** Have the line that begins at a byte in the middle, each time another target is given. */
export function useTarget(scroll: ILogScroll, target: { at: number } | null): void {
  useLayoutEffect(() => {
    const { reader, folds, scroller } = scroll;
    const node = scroller.current;
    const index = target && reader.lines.has(target.at) ? indexOf(reader.lines, target.at) : -1;
    if (node && index >= 0) {
      const top = folds.rowOf(index) * LINE_HEIGHT;
      node.scrollTop = Math.max(0, top - (node.clientHeight - LINE_HEIGHT) / 2);
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once for each target, with what is here then
  }, [target]);
}
