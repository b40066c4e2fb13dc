import { useVirtualizer } from '@tanstack/react-virtual';
import React, { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTrans } from '../../basics/context';
import { Empty } from '../../basics/empty';
import { formatClock } from '../../basics/format';
import { useNow } from '../../basics/hooks';
import type { IMessage, IShownMessage } from './message';
import { shownMessages } from './message';

/** The usual height of a message, until it was measured. */
const HEIGHT = 44;
/** Nearer to the end than this the reader wants to see what comes. */
const AT_END = 60;

/** The messages of a room, of which only those that can be seen are in the page. It stays at the end until somebody scrolls up. */
export function MessageList(props: {
  messages: readonly IMessage[];
  isReady: boolean;
  /** Whether they could not be read, which is said elsewhere. */
  isBroken: boolean;
  me: string;
}): React.JSX.Element {
  const { messages, isReady, isBroken, me } = props;
  const trans = useTrans();
  const scroller = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => shownMessages(messages), [messages]);
  const isAtEnd = useStayAtEnd(scroller, shown.at(-1)?.id ?? '');
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => HEIGHT,
    getItemKey: index => shown[index].id,
    overscan: 8
  });
  const height = rows.getTotalSize();
  useLayoutEffect(() => {
    if (isAtEnd.current && scroller.current) {
      scroller.current.scrollTop = scroller.current.scrollHeight;
    }
  }, [height, isAtEnd]);
  const now = useNow(shown.length > 0);
  return (
    <div
      className="crispdm-Chat-scroller"
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label={trans.__('Messages')}
    >
      {shown.length === 0 ? (
        !isBroken && (
          <Empty title={isReady ? trans.__('Nothing was said here yet.') : trans.__('Loading…')}>
            {isReady && trans.__('Whatever you write, all who open this room read.')}
          </Empty>
        )
      ) : (
        <ol className="crispdm-Chat-messages" style={{ height }}>
          {rows.getVirtualItems().map(item => (
            <li
              key={item.key}
              data-index={item.index}
              ref={rows.measureElement}
              className="crispdm-Chat-row"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <Message message={shown[item.index]} isMine={shown[item.index].by === me} now={now} />
            </li>
          ))}
        </ol>
      )}
      {isReady && <Heard message={messages.at(-1)} me={me} />}
    </div>
  );
}

function Message(props: {
  message: IShownMessage;
  isMine: boolean;
  now: number;
}): React.JSX.Element {
  const { message, isMine, now } = props;
  const { by, time, text, isFirst, isNewDay } = message;
  return (
    <div
      className="crispdm-Chat-message"
      data-mine={isMine || undefined}
      data-first={isFirst || undefined}
    >
      {isNewDay && <p className="crispdm-Chat-day">{DAY.format(Date.parse(time))}</p>}
      {isFirst && (
        <p className="crispdm-Chat-head">
          <strong title={by}>{by}</strong>
          <time dateTime={time}>{formatClock(time, now)}</time>
        </p>
      )}
      <p className="crispdm-Chat-text">{text}</p>
    </div>
  );
}

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });

/** What a colleague said last, for those who listen to the page. What was there before is not read out. */
function Heard(props: { message: IMessage | undefined; me: string }): React.JSX.Element {
  const { message, me } = props;
  const trans = useTrans();
  const [first] = useState(message?.id);
  const isNews = message && message.id !== first && message.by !== me;
  return (
    <p className="crispdm-Chat-heard" role="status">
      {isNews && trans.__('%1: %2', message.by, message.text)}
    </p>
  );
}

/** Whether the reader is at the end, and wants to see what comes; whoever says something wants to see it. */
function useStayAtEnd(
  scroller: React.RefObject<HTMLDivElement>,
  last: string
): React.RefObject<boolean> {
  const isAtEnd = useRef(true);
  useEffect(() => {
    const node = scroller.current!;
    let before = node.scrollTop;
    const onScroll = (): void => {
      const left = node.scrollHeight - node.scrollTop - node.clientHeight;
      if (left < AT_END) {
        isAtEnd.current = true;
      } else if (node.scrollTop < before) {
        isAtEnd.current = false;
      }
      before = node.scrollTop;
    };
    const toEnd = (): void => {
      if (isAtEnd.current) {
        node.scrollTop = node.scrollHeight;
      }
    };
    node.addEventListener('scroll', onScroll, { passive: true });
    const resized = new ResizeObserver(toEnd);
    resized.observe(node);
    return () => {
      resized.disconnect();
      node.removeEventListener('scroll', onScroll);
    };
  }, [scroller]);
  useLayoutEffect(() => {
    if (isAtEnd.current && scroller.current) {
      scroller.current.scrollTop = scroller.current.scrollHeight;
    }
  }, [scroller, last]);
  return isAtEnd;
}
