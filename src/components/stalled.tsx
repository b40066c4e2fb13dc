import React from 'react';
import { useTrans } from './context';
import { formatClock } from './format';

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
