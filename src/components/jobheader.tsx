import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { Job, Submission } from '../api';
import { isFinal } from '../api';
import { useTrans } from './context';
import { fraction } from './format';
import { useNow } from './hooks';
import { JobFacts } from './jobfacts';
import { ProgressBar } from './progress';
import { StalledMark } from './stalled';
import { StateIcon, stateLabel } from './state';

/** What the head of a job page shows and does. */
export interface IJobHeaderProps {
  job: Job;
  environment: string;
  isPending: boolean;
  submission?: Submission | null;
  /** The name of another job. */
  nameOf: (id: string) => string;
  onOpen: (id: string) => void;
  schedule?: string;
  onSchedule: () => void;
  onStop: () => void;
  onRerun: () => void;
  onDelete: () => void;
}

/** The name, state, time and progress of a job, and the commands for it. */
export function JobHeader(props: IJobHeaderProps): React.JSX.Element {
  const { job } = props;
  const trans = useTrans();
  const isOver = isFinal(job.state);
  const now = useNow(!isOver);
  const told = toldOf(trans, job);
  return (
    <section
      className="crispdm-JobHeader crispdm-mod-job"
      data-job-id={job.id}
      aria-label={job.name}
    >
      <div className="crispdm-JobHeader-line">
        <StateIcon state={job.state} />
        <h2 title={job.name}>{job.name}</h2>
        <Commands {...props} />
      </div>
      <p className="crispdm-JobHeader-outcome" role="status" data-state={job.state}>
        {outcome(trans, job)}
      </p>
      {job.stalled && !isOver && <StalledMark since={job.stalled} now={now} />}
      {!isOver && job.state !== 'queued' && (
        <ProgressBar value={fraction(job)} label={trans.__('Progress of %1', job.name)} />
      )}
      {told && <p className="crispdm-JobHeader-message">{told}</p>}
      <JobFacts {...props} now={now} />
    </section>
  );
}

function Commands(props: IJobHeaderProps): React.JSX.Element {
  const { job, isPending, onStop, onRerun, onDelete } = props;
  const trans = useTrans();
  const isOver = isFinal(job.state);
  return (
    <div className="crispdm-JobHeader-commands" role="toolbar" aria-label={trans.__('Commands')}>
      {!isOver && (
        <button className="crispdm-Button crispdm-mod-warn" disabled={isPending} onClick={onStop}>
          {job.state === 'stopping' ? trans.__('Stop now') : trans.__('Stop')}
        </button>
      )}
      <button className="crispdm-Button" onClick={onRerun}>
        {trans.__('Run again')}
      </button>
      {isOver && (
        <button className="crispdm-Button" disabled={isPending} onClick={onDelete}>
          {trans.__('Delete')}
        </button>
      )}
      <button
        className="crispdm-Button"
        aria-haspopup="menu"
        title={trans.__('More commands for this job')}
        onClick={event => openMenu(event.currentTarget)}
      >
        {trans.__('More')} ▾
      </button>
    </div>
  );
}

/** Open the menu that a right click here would open: it is Lab's, and holds what others add to it. */
function openMenu(button: HTMLElement): void {
  const { left, bottom } = button.getBoundingClientRect();
  const where = { bubbles: true, cancelable: true, clientX: left, clientY: bottom };
  button.dispatchEvent(new MouseEvent('contextmenu', where));
}

/** What the job says of its progress; how much is done where it does not know of how much. */
function toldOf(trans: TranslationBundle, { progress }: Job): string {
  const done = progress && !progress.total && progress.done > 0;
  return [done && trans.__('%1 done', progress.done.toLocaleString()), progress?.message]
    .filter(Boolean)
    .join(' · ');
}

/** The state with all that is known about how it came to it. */
function outcome(trans: TranslationBundle, job: Job): string {
  const parts = [stateLabel(trans, job.state)];
  if (job.exit_code !== null && !job.reason.endsWith(` ${job.exit_code}`)) {
    parts.push(trans.__('exit code %1', job.exit_code));
  }
  if (job.signal) {
    parts.push(trans.__('signal %1', job.signal));
  }
  if (job.reason && job.reason !== job.state) {
    parts.push(job.reason);
  }
  return parts.join(' · ');
}
