import type { TranslationBundle } from '@jupyterlab/translation';
import type { Virtualizer } from '@tanstack/react-virtual';
import React from 'react';
import type { ILog, ILogLines } from '../../tokens/logs';
import { useTrans } from '../basics/context';
import { Empty } from '../basics/empty';
import type { ILogFind } from './find';
import type { Folds } from './folds';
import { LogLine } from './line';
import type { IFileOpener } from './links';
import { indexOf } from './reader';
import { LINE_HEIGHT } from './scroll';
import { marksIn, withoutColours } from './search';

export type Rows = Virtualizer<HTMLDivElement, Element>;

/** What the lines of a log are shown with. */
export interface ILogBodyProps {
  log: ILog;
  lines: ILogLines;
  rows: Rows;
  folds: Folds;
  find: ILogFind;
  /** The byte of the line that somebody went to. */
  target: number;
  times: boolean;
  files: IFileOpener | null;
  /** Called when somebody opens or closes what is repeated after a line. */
  onToggle: (line: number) => void;
}

/** The visible lines of a log. */
export function LogBody(props: ILogBodyProps): React.JSX.Element {
  const { log, lines, rows, folds } = props;
  const trans = useTrans();
  if (lines.length === 0) {
    return <Empty title={emptiness(trans, log)} />;
  }
  return (
    <div
      className="crispdm-Log-lines"
      role="log"
      aria-live="off"
      aria-label={trans.__('Log')}
      style={{ height: rows.getTotalSize() }}
    >
      {rows.getVirtualItems().map(item => (
        <Row key={item.key} {...props} line={folds.lineOf(item.index)} top={item.start} />
      ))}
    </div>
  );
}

/** One line, with its time before it and the number of its repetitions behind it. */
function Row(props: ILogBodyProps & { line: number; top: number }): React.JSX.Element | null {
  const { lines, folds, find, target, times, files, line, top, onToggle } = props;
  if (line >= lines.length) {
    return null;
  }
  const at = lines.at(line);
  const { current } = find;
  const isMarked = current ? current.at === at : target === at;
  const text = lines.line(line);
  const marks = marksOf(find, lines, line, text);
  return (
    <div
      className="crispdm-Log-line"
      data-marked={isMarked || undefined}
      style={{ transform: `translateY(${top}px)`, height: LINE_HEIGHT }}
    >
      {times && <Time time={lines.time(line)} />}
      <LogLine
        text={text}
        marks={marks}
        current={current?.at === at ? (marks[placeIn(find, at)]?.[0] ?? -1) : -1}
        files={files}
      />
      <Repeats folds={folds} line={line} onToggle={onToggle} />
    </div>
  );
}

const NONE: [number, number][] = [];

/** The places that were found in a row; the rows of a line that is broken have each a part of it. */
function marksOf(find: ILogFind, lines: ILogLines, line: number, text: string): [number, number][] {
  const places = find.search.of(lines.at(line));
  if (places.length === 0) {
    return NONE;
  }
  let before = 0;
  for (let piece = indexOf(lines, lines.at(line)); piece < line; piece++) {
    before += withoutColours(lines.line(piece)).length;
  }
  const marks = marksIn(withoutColours(text), places);
  return before === 0 ? marks : marks.map(([start, end]) => [start - before, end - before]);
}

/** Which of the places in its line the current one is. */
function placeIn({ search, current }: ILogFind, at: number): number {
  return search.of(at).findIndex(([start]) => start === current?.start);
}

function Time({ time }: { time: number | null }): React.JSX.Element {
  const trans = useTrans();
  const date = time === null ? null : new Date(time * 1000);
  return (
    <span
      className="crispdm-Log-time"
      title={date ? date.toLocaleString() : trans.__('It is not known when this was printed.')}
    >
      {date ? clock(date) : '–'}
    </span>
  );
}

function clock(date: Date): string {
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  return parts.map(part => String(part).padStart(2, '0')).join(':');
}

function Repeats(props: {
  folds: Folds;
  line: number;
  onToggle: (line: number) => void;
}): React.JSX.Element | null {
  const { folds, line, onToggle } = props;
  const trans = useTrans();
  const repeat = folds.repeatOf(line);
  if (repeat === null) {
    return null;
  }
  const count = repeat.count.toLocaleString();
  return (
    <button
      className="crispdm-Log-repeats"
      aria-expanded={repeat.isOpen}
      title={
        repeat.isOpen
          ? trans.__('Printed %1 times. Show it once', count)
          : trans.__('Printed %1 times. Show all', count)
      }
      onClick={() => onToggle(line)}
    >
      {`×${count}`}
    </button>
  );
}

function emptiness(trans: TranslationBundle, log: ILog): string {
  if (!log.isReady) {
    return trans.__('Loading…');
  }
  return log.isEnded ? trans.__('Nothing was printed.') : trans.__('No output yet.');
}
