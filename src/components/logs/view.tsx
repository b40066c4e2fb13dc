import { useVirtualizer } from '@tanstack/react-virtual';
import React, { useMemo, useReducer, useRef, useState } from 'react';
import type { ILog } from '../../tokens/logs';
import { ErrorGuard } from '../basics/facts';
import { useFacts } from '../basics/hooks';
import { Trouble } from '../basics/trouble';
import { useShown } from '../basics/visibility';
import { LogBody } from './body';
import { useLogFind } from './find';
import { Folds } from './folds';
import type { IFileOpener } from './links';
import { LogMap } from './map';
import { indexOf, useLogReader } from './reader';
import type { ILogScroll } from './scroll';
import {
  firstVisible,
  LINE_HEIGHT,
  useFollowEnd,
  useScroll,
  useStayInPlace,
  useTarget
} from './scroll';
import type { ILogLook } from './toolbar';
import { isFindKey, LogToolbar } from './toolbar';

/** What a view of a log is given. */
export interface ILogViewProps {
  log: ILog;
  downloadUrl?: string;
  /** Opens files that the log names; without it their names are text. */
  files?: IFileOpener | null;
  /** How it is shown until somebody chooses otherwise. */
  look?: Partial<ILogLook>;
  onRules?: () => void;
}

/**
 * A log, of which only the visible lines are in the page, and no more than some tens of thousands in memory. It follows
 * the end until the reader scrolls up; what is not here comes as they come near.
 */
export function LogView(props: ILogViewProps): React.JSX.Element {
  const { log, downloadUrl, files = null, onRules } = props;
  useShown(log);
  const revision = useFacts(log);
  const box = useRef<HTMLInputElement>(null);
  const [look, setLook] = useState({ times: false, folds: true, ...props.look });
  const scroll = useLogScroll(log, look);
  const { reader, folds, scroller, follows, setFollows } = scroll;
  const { lines } = reader;
  const rows = useVirtualizer({
    count: folds.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    getItemKey: row => lines.key(folds.lineOf(row)),
    overscan: 20
  });
  const { target, goTo } = useGoing(scroll);
  const seen = firstVisible(scroll);
  const find = useLogFind(
    log,
    ({ at }) => goTo(at),
    () => (lines.length > 0 ? lines.at(seen) : 0)
  );
  useStayInPlace(scroll);
  useTarget(scroll, target);
  useFollowEnd(scroll, revision);
  const onScroll = useScroll(scroll);
  const [, bump] = useReducer((count: number) => count + 1, 0);
  return (
    <div className="crispdm-Log" onKeyDown={event => isFindKey(event) && focusOn(box, event)}>
      <LogToolbar
        {...{ log, reader, find, box, look, follows, downloadUrl, onRules }}
        onLook={change => setLook({ ...look, ...change })}
        onFollow={wanted => {
          if (wanted) {
            reader.toEnd();
          }
          setFollows(wanted);
        }}
        onError={({ at }) => goTo(at)}
        onLeave={() => scroller.current?.focus()}
      />
      <ErrorGuard facts={log}>
        {log.trouble !== '' && <Trouble text={log.trouble} />}
        {reader.trouble !== '' && <Trouble text={reader.trouble} />}
        <div className="crispdm-Log-frame">
          <div className="crispdm-Log-scroller" ref={scroller} tabIndex={0} onScroll={onScroll}>
            <LogBody
              {...{ log, lines, rows, folds, find, files }}
              times={look.times}
              target={target?.at ?? -1}
              onToggle={line => {
                folds.toggle(line);
                bump();
              }}
            />
          </div>
          {(lines.start > 0 || !reader.isAtTail) && (
            <LogMap
              size={Math.max(log.size, lines.end)}
              first={lines.at(seen)}
              last={lines.at(Math.min(lines.length - 1, seen + visibleLines(scroller.current)))}
              marks={find.search.places}
              onGo={goTo}
            />
          )}
        </div>
      </ErrorGuard>
    </div>
  );
}

/** The lines of a reader in rows. */
function useLogScroll(log: ILog, look: ILogLook): ILogScroll {
  const reader = useLogReader(log);
  const scroller = useRef<HTMLDivElement>(null);
  const [follows, setFollows] = useState(true);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- another log has other lines
  const folds = useMemo(() => new Folds(), [log]);
  folds.isOn = look.folds;
  folds.update(reader.lines);
  return { reader, folds, scroller, follows: follows && reader.isAtTail, setFollows };
}

/** The place that somebody went to, and the way to another. */
function useGoing(scroll: ILogScroll): {
  target: { at: number } | null;
  goTo: (at: number) => void;
} {
  const { reader, folds, setFollows } = scroll;
  const [target, setTarget] = useState<{ at: number } | null>(null);
  const goTo = async (at: number): Promise<void> => {
    setFollows(false);
    if (await reader.goTo(at)) {
      folds.update(reader.lines);
      const line = indexOf(reader.lines, at);
      folds.reveal(line);
      setTarget({ at: line < 0 ? at : reader.lines.at(line) });
    }
  };
  return { target, goTo: at => void goTo(at) };
}

function visibleLines(scroller: HTMLElement | null): number {
  return Math.ceil((scroller?.clientHeight ?? 0) / LINE_HEIGHT);
}

function focusOn(box: React.RefObject<HTMLInputElement>, event: React.KeyboardEvent): void {
  event.preventDefault();
  box.current?.focus();
  box.current?.select();
}
