import type { TranslationBundle } from '@jupyterlab/translation';
import type { Virtualizer } from '@tanstack/react-virtual';
import { useVirtualizer } from '@tanstack/react-virtual';
import React, { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ILog } from '../../tokens/logs';
import { useTrans } from '../basics/context';
import { Empty } from '../basics/empty';
import { ErrorGuard } from '../basics/facts';
import { Trouble } from '../basics/trouble';
import { formatBytes } from '../basics/format';
import { useFacts } from '../basics/hooks';
import { useShown } from '../basics/visibility';
import type { ILogFind } from './find';
import { useLogFind } from './find';
import { LogLine } from './line';
import { isFindKey, LogToolbar } from './toolbar';

const LINE_HEIGHT = 18;
/** Nearer to the end than this the reader wants to follow. */
const AT_END = LINE_HEIGHT * 1.5;

type Rows = Virtualizer<HTMLDivElement, Element>;

/** A log, of which only the visible lines are in the page. It follows the end until the reader scrolls up. */
export function LogView(props: { log: ILog; downloadUrl?: string }): React.JSX.Element {
  const { log, downloadUrl } = props;
  useShown(log);
  const revision = useFacts(log);
  const scroller = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLInputElement>(null);
  const [follows, setFollows] = useState(true);
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
    rows.scrollToIndex(index, { align: 'center' });
  };
  const firstVisible = (): number =>
    Math.min(log.length - 1, Math.floor((scroller.current?.scrollTop ?? 0) / LINE_HEIGHT));
  const find = useLogFind(log, revision, show, firstVisible);
  return (
    <div className="crispdm-Log" onKeyDown={event => isFindKey(event) && focusOn(box, event)}>
      <LogToolbar
        log={log}
        find={find}
        box={box}
        follows={follows}
        onFollow={setFollows}
        onLeave={() => scroller.current?.focus()}
        downloadUrl={downloadUrl}
      />
      <ErrorGuard facts={log}>
        {log.trouble !== '' && <Trouble text={log.trouble} />}
        <Earlier log={log} />
        <div className="crispdm-Log-scroller" ref={scroller} tabIndex={0} onScroll={onScroll}>
          <LogBody log={log} rows={rows} find={find} />
        </div>
      </ErrorGuard>
    </div>
  );
}

function focusOn(box: React.RefObject<HTMLInputElement>, event: React.KeyboardEvent): void {
  event.preventDefault();
  box.current?.focus();
  box.current?.select();
}

function LogBody(props: { log: ILog; rows: Rows; find: ILogFind }): React.JSX.Element {
  const { log, rows, find } = props;
  const trans = useTrans();
  if (log.length === 0) {
    return <Empty title={emptiness(trans, log)} />;
  }
  const { current, search } = find;
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
          data-marked={item.key === current?.key || undefined}
          style={{ transform: `translateY(${item.start}px)`, height: LINE_HEIGHT }}
        >
          <LogLine
            text={log.line(item.index)}
            pattern={search.pattern}
            current={item.key === current?.key ? current.start : -1}
          />
        </div>
      ))}
    </div>
  );
}

function emptiness(trans: TranslationBundle, log: ILog): string {
  if (!log.isReady) {
    return trans.__('Loading…');
  }
  return log.isEnded ? trans.__('Nothing was printed.') : trans.__('No output yet.');
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

/** Scroll to the end when lines came or the place got another height, while following. */
function useFollowEnd(
  length: number,
  revision: number,
  follows: boolean,
  scroller: React.RefObject<HTMLDivElement>
): void {
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
