import React from 'react';
import { useTrans } from './context';
import { formatClock } from './format';

/** Says since when a job waits for input; in a table as a small picture only. */
export function WaitingMark(props: {
  since: string;
  now: number;
  compact?: boolean;
}): React.JSX.Element {
  const { since, now, compact } = props;
  const trans = useTrans();
  const title = trans.__('Waits for input since %1', formatClock(since, now));
  return (
    <span className="crispdm-Waiting" title={title}>
      <svg
        viewBox="0 0 16 16"
        width="16"
        height="16"
        role="img"
        aria-label={title}
        aria-hidden={!compact}
      >
        <path d="M1.8 4.2h12.4v7.6H1.8zM4.4 6.6L6 8l-1.6 1.4M7.6 9.8h3.4" />
      </svg>
      {!compact && trans.__('Waits for input')}
    </span>
  );
}

/** Says since when nothing of a job moved; in a table as a small picture only. */
export function StalledMark(props: {
  since: string;
  now: number;
  compact?: boolean;
}): React.JSX.Element {
  const { since, now, compact } = props;
  const trans = useTrans();
  const text = trans.__('No output, metrics or CPU since %1', formatClock(since, now));
  return (
    <span className="crispdm-Stalled" title={text}>
      <svg
        viewBox="0 0 16 16"
        width="16"
        height="16"
        role="img"
        aria-label={text}
        aria-hidden={!compact}
      >
        <path d="M8 2.2l6.2 11.2H1.8zM8 6.4v3.4m0 1.7v.1" />
      </svg>
      {!compact && text}
    </span>
  );
}
