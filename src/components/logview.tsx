import type { Virtualizer } from '@tanstack/react-virtual';
import { useVirtualizer } from '@tanstack/react-virtual';
import React, { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ILog } from '../tokens';
import { useTrans } from './context';
import { Empty } from './empty';
import { ErrorGuard } from './facts';
import { formatBytes } from './format';
import { useFacts } from './hooks';
import { LogLine } from './logline';
import { LogToolbar } from './logtoolbar';

const LINE_HEIGHT = 18;
/** Nearer to the end than this the reader wants to follow. */
const AT_END = LINE_HEIGHT * 1.5;

type Rows = Virtualizer<HTMLDivElement, Element>;

/** A log, of which only the visible lines are in the page. It follows the end until the reader scrolls up. */
export function LogView(props: { log: ILog; downloadUrl?: string }): React.JSX.Element {
  const { log, downloadUrl } = props;
  const revision = useFacts(log);
  const scroller = useRef<HTMLDivElement>(null);
  const [follows, setFollows] = useState(true);
  const [marked, setMarked] = useState<number | null>(null);
  const rows = useVirtualizer({
    count: log.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    getItemKey: index => log.key(index),
    overscan: 20
  });
  useStayInPlace(log, scroller, follows);
  useFollowEnd(log.length, revision, follows, scroller);
  const onScroll = useScroll(setFollows);
  const show = (index: number): void => {
    setFollows(false);
    setMarked(log.key(index));
    rows.scrollToIndex(index, { align: 'center' });
  };
  return (
    <div className="crispdm-Log">
      <LogToolbar
        log={log}
        follows={follows}
        onFollow={setFollows}
        onFound={show}
        downloadUrl={downloadUrl}
      />
      <ErrorGuard facts={log}>
        <Earlier log={log} />
        <div className="crispdm-Log-scroller" ref={scroller} tabIndex={0} onScroll={onScroll}>
          <LogBody log={log} rows={rows} marked={marked} />
        </div>
      </ErrorGuard>
    </div>
  );
}

function LogBody(props: { log: ILog; rows: Rows; marked: number | null }): React.JSX.Element {
  const { log, rows, marked } = props;
  const trans = useTrans();
  if (log.length === 0) {
    return (
      <Empty title={log.isEnded ? trans.__('Nothing was printed.') : trans.__('No output yet.')} />
    );
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
        <div
          key={item.key}
          className="crispdm-Log-line"
          data-marked={log.key(item.index) === marked || undefined}
          style={{ transform: `translateY(${item.start}px)`, height: LINE_HEIGHT }}
        >
          <LogLine text={log.line(item.index)} />
        </div>
      ))}
    </div>
  );
}

/** What of the log is not here, and a way to get it. */
function Earlier({ log }: { log: ILog }): React.JSX.Element | null {
  const trans = useTrans();
  if (log.isCut) {
    return (
      <p className="crispdm-Log-earlier">
        {trans.__('The oldest lines are not shown. Download the log to read all of it.')}
      </p>
    );
  }
  if (log.earlier === 0) {
    return null;
  }
  return (
    <p className="crispdm-Log-earlier">
      {trans.__('%1 before this are not loaded.', formatBytes(log.earlier))}
      <button
        className="crispdm-Button"
        disabled={log.isLoadingEarlier}
        onClick={() => void log.loadEarlier()}
      >
        {trans.__('Load earlier lines')}
      </button>
    </p>
  );
}

function isAtEnd(scroller: HTMLElement): boolean {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < AT_END;
}

/** Who scrolls up wants to read, who reaches the end wants to follow; an end that moved away says nothing. */
function useScroll(
  setFollows: (follows: boolean) => void
): (event: React.UIEvent<HTMLElement>) => void {
  const last = useRef(0);
  return event => {
    const scroller = event.currentTarget;
    if (isAtEnd(scroller)) {
      setFollows(true);
    } else if (scroller.scrollTop < last.current) {
      setFollows(false);
    }
    last.current = scroller.scrollTop;
  };
}

/** Scroll to the end when lines came, while following. */
function useFollowEnd(
  length: number,
  revision: number,
  follows: boolean,
  scroller: React.RefObject<HTMLDivElement>
): void {
  useEffect(() => {
    if (follows && scroller.current) {
      scroller.current.scrollTop = scroller.current.scrollHeight;
    }
  }, [length, revision, follows, scroller]);
}

/** Keep the same lines before the reader's eyes when lines come or go at the front. */
function useStayInPlace(
  log: ILog,
  scroller: React.RefObject<HTMLDivElement>,
  follows: boolean
): void {
  const first = log.key(0);
  const before = useRef(first);
  useLayoutEffect(() => {
    const moved = before.current - first;
    before.current = first;
    if (moved !== 0 && !follows && scroller.current) {
      scroller.current.scrollTop += moved * LINE_HEIGHT;
    }
  }, [first, follows, scroller]);
}
