import React from 'react';
import { useTrans } from '../basics/context';
import { formatClock } from '../basics/format';

/** What a mark beside a job says, and since when. */
interface IBadge {
  since: string;
  now: number;
  /** In a table: a small picture only. */
  compact?: boolean;
}

/** Says since when a job waits for input. */
export function WaitingBadge({ since, now, compact }: IBadge): React.JSX.Element {
  const trans = useTrans();
  const title = trans.__('Waits for input since %1', formatClock(since, now));
  const shape = 'M1.8 4.2h12.4v7.6H1.8zM4.4 6.6L6 8l-1.6 1.4M7.6 9.8h3.4';
  const text = compact ? '' : trans.__('Waits for input');
  return <Mark className="crispdm-WaitsForInput" {...{ title, shape, text }} />;
}

/** Says since when nothing of a job moved. */
export function StalledBadge({ since, now, compact }: IBadge): React.JSX.Element {
  const trans = useTrans();
  const title = trans.__('No output, metrics or CPU since %1', formatClock(since, now));
  const shape = 'M8 2.2l6.2 11.2H1.8zM8 6.4v3.4m0 1.7v.1';
  return <Mark className="crispdm-Stalled" {...{ title, shape }} text={compact ? '' : title} />;
}

function Mark(props: {
  className: string;
  title: string;
  shape: string;
  text: string;
}): React.JSX.Element {
  const { className, title, shape, text } = props;
  return (
    <span className={className} title={title}>
      <svg
        viewBox="0 0 16 16"
        width="16"
        height="16"
        role="img"
        aria-label={title}
        aria-hidden={text !== ''}
      >
        <path d={shape} />
      </svg>
      {text}
    </span>
  );
}
