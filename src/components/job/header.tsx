import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useId, useState } from 'react';
import type { Job, Submission } from '../../api';
import { isFinal } from '../../api';
import { useTrans } from '../basics/context';
import { fraction } from '../basics/format';
import { useNow } from '../basics/hooks';
import { JobDetails, JobSummary } from './details';
import { ProgressBar } from '../basics/progress';
import { StalledBadge, WaitingBadge } from '../jobs/badges';
import { StateIcon, stateLabel } from '../jobs/state';

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
  /** Given while the page is a preview: makes it stay. */
  onKeep?: () => void;
}

/** The name, state, time and progress of a job in two lines, the commands for it, and more where it is asked for. */
export function JobHeader(props: IJobHeaderProps): React.JSX.Element {
  const { job } = props;
  const trans = useTrans();
  const [isOpen, setOpen] = useState(false);
  const details = useId();
  const isOver = isFinal(job.state);
  const now = useNow(!isOver);
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
      <div className="crispdm-JobHeader-line crispdm-mod-second">
        <Outcome job={job} now={now} />
        <JobSummary {...props} now={now} />
        <button
          className="crispdm-Button"
          aria-expanded={isOpen}
          aria-controls={details}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? trans.__('Less') : trans.__('Details')}
        </button>
      </div>
      {!isOver && job.state !== 'queued' && (
        <ProgressBar value={fraction(job)} label={trans.__('Progress of %1', job.name)} />
      )}
      <div id={details} hidden={!isOpen}>
        {isOpen && <JobDetails {...props} now={now} />}
      </div>
    </section>
  );
}

/** How it is with a job: its state and why, what it says itself, and whether it stands still. */
function Outcome({ job, now }: { job: Job; now: number }): React.JSX.Element {
  const trans = useTrans();
  const told = toldOf(trans, job);
  const text = outcome(trans, job);
  return (
    <>
      <p className="crispdm-JobHeader-outcome" role="status" data-state={job.state} title={text}>
        {text}
      </p>
      {job.waiting_for_input && !isFinal(job.state) && (
        <WaitingBadge since={job.waiting_for_input} now={now} />
      )}
      {job.stalled && !isFinal(job.state) && <StalledBadge since={job.stalled} now={now} />}
      {told && (
        <p className="crispdm-JobHeader-message" title={told}>
          {told}
        </p>
      )}
    </>
  );
}

function Commands(props: IJobHeaderProps): React.JSX.Element {
  const { job, isPending, onStop, onRerun, onDelete, onKeep } = props;
  const trans = useTrans();
  const isOver = isFinal(job.state);
  return (
    <div className="crispdm-JobHeader-commands" role="toolbar" aria-label={trans.__('Commands')}>
      {onKeep && (
        <button
          className="crispdm-Button"
          title={trans.__(
            'The next job that is chosen takes the place of this page, unless it is kept'
          )}
          onClick={onKeep}
        >
          {trans.__('Keep open')}
        </button>
      )}
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

/** The state with all that is known about how it came to it, the most telling first. */
function outcome(trans: TranslationBundle, job: Job): string {
  const { state, reason, exit_code: code, signal } = job;
  const parts = [
    stateLabel(trans, state),
    reason !== state && reason,
    code && !reason.startsWith(`exited with code ${code}`) && trans.__('exit code %1', code),
    signal && !reason.includes(signal) && trans.__('signal %1', signal)
  ];
  return parts.filter(Boolean).join(' · ');
}
