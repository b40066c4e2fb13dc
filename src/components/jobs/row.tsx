import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { Job } from '../../api';
import { isFinal } from '../../api';
import { useTrans } from '../basics/context';
import { elapsed, formatDuration, formatMoment, fraction } from '../basics/format';
import { ProgressBar } from '../basics/progress';
import { StateIcon, stateLabel } from './state';

/** What a row shows and does. */
export interface IJobRowProps {
  job: Job;
  index: number;
  now: number;
  environment: string;
  isPending: boolean;
  isSelected: boolean;
  onOpen: (id: string) => void;
  onKeep?: (id: string) => void;
  onStop?: (id: string) => void;
}

/** One job in the table: its state, name, time, environment and progress. */
export const JobRow = React.memo((props: IJobRowProps): React.JSX.Element => {
  const { job, index, isSelected, onOpen, onKeep } = props;
  const trans = useTrans();
  const label = trans.__('%1, %2', job.name, stateLabel(trans, job.state));
  return (
    <div
      className="crispdm-JobRow crispdm-mod-job"
      data-job-id={job.id}
      data-selected={isSelected || undefined}
    >
      <button
        className="crispdm-JobRow-open"
        data-index={index}
        aria-label={label}
        title={job.name}
        onClick={() => onOpen(job.id)}
        onDoubleClick={() => onKeep?.(job.id)}
      >
        <StateIcon state={job.state} />
        <span className="crispdm-JobRow-name">{job.name}</span>
        <Elapsed {...props} />
        <span className="crispdm-JobRow-detail">{detail(trans, props)}</span>
        <Percent job={job} />
      </button>
      <StopButton {...props} />
      {!isFinal(job.state) && job.state !== 'queued' && (
        <ProgressBar value={fraction(job)} label={trans.__('Progress of %1', job.name)} />
      )}
    </div>
  );
});
JobRow.displayName = 'JobRow';

function Elapsed({ job, now }: IJobRowProps): React.JSX.Element {
  const time = elapsed(job, now);
  return (
    <span className="crispdm-JobRow-time" title={formatMoment(job.created)}>
      {time === null ? '' : formatDuration(time)}
    </span>
  );
}

function Percent({ job }: { job: Job }): React.JSX.Element | null {
  const value = fraction(job);
  const shown = value !== null && !isFinal(job.state);
  return shown ? <span className="crispdm-JobRow-percent">{Math.floor(value * 100)} %</span> : null;
}

function StopButton({ job, isPending, onStop }: IJobRowProps): React.JSX.Element | null {
  const trans = useTrans();
  if (isFinal(job.state) || !onStop) {
    return null;
  }
  const label = trans.__('Stop %1', job.name);
  return (
    <button
      className="crispdm-JobRow-stop"
      aria-label={label}
      title={label}
      disabled={isPending || job.state === 'stopping'}
      onClick={() => onStop(job.id)}
    >
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <rect x="3.5" y="3.5" width="9" height="9" rx="1" />
      </svg>
    </button>
  );
}

/** The second line: where it runs, and the most telling of what is known. */
function detail(trans: TranslationBundle, { job, environment }: IJobRowProps): string {
  if (job.waiting_for_input && !isFinal(job.state)) {
    return [environment, trans.__('Waits for input')].filter(Boolean).join(' · ');
  }
  const hasReason = isFinal(job.state) || job.state === 'queued';
  const told = hasReason ? job.reason : job.progress?.message;
  const isNews = told !== job.state;
  return [environment, isNews && told].filter(Boolean).join(' · ');
}
