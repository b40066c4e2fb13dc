import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { Job } from '../api';
import { isFinal } from '../api';
import { useTrans } from './context';
import {
  elapsed,
  formatBytes,
  formatCommand,
  formatDuration,
  formatMoment,
  fraction
} from './format';
import { useNow } from './hooks';
import { ProgressBar } from './progress';
import { StateIcon, stateLabel } from './state';

/** What the head of a job page shows and does. */
export interface IJobHeaderProps {
  job: Job;
  environment: string;
  isPending: boolean;
  onStop: () => void;
  onRerun: () => void;
  onDelete: () => void;
}

/** The name, state, time and progress of a job, and the commands for it. */
export function JobHeader(props: IJobHeaderProps): React.JSX.Element {
  const { job } = props;
  const trans = useTrans();
  const now = useNow(!isFinal(job.state));
  const told = job.progress?.message;
  return (
    <section className="crispdm-JobHeader" aria-label={job.name}>
      <div className="crispdm-JobHeader-line">
        <StateIcon state={job.state} />
        <h2 title={job.name}>{job.name}</h2>
        <Commands {...props} />
      </div>
      <p className="crispdm-JobHeader-outcome" role="status" data-state={job.state}>
        {outcome(trans, job)}
      </p>
      {!isFinal(job.state) && (
        <ProgressBar value={fraction(job)} label={trans.__('Progress of %1', job.name)} />
      )}
      {told && <p className="crispdm-JobHeader-message">{told}</p>}
      <dl className="crispdm-Facts">
        {facts(trans, props, now).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd title={value}>{value}</dd>
          </div>
        ))}
      </dl>
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
        <button
          className="crispdm-Button crispdm-mod-warn"
          disabled={isPending || job.state === 'stopping'}
          onClick={onStop}
        >
          {job.state === 'stopping' ? trans.__('Stopping…') : trans.__('Stop')}
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
    </div>
  );
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

function facts(
  trans: TranslationBundle,
  { job, environment }: IJobHeaderProps,
  now: number
): [string, string][] {
  const time = elapsed(job, now);
  const all: [string, string | null][] = [
    [trans.__('Time'), time === null ? null : formatDuration(time)],
    [trans.__('Environment'), environment],
    [trans.__('Command'), formatCommand(job.command)],
    [trans.__('Directory'), job.cwd],
    [trans.__('Owner'), job.owner],
    [trans.__('Started'), job.started && formatMoment(job.started)],
    [trans.__('Ended'), job.ended && formatMoment(job.ended)],
    [trans.__('Uses'), resources(trans, job)],
    [trans.__('Attempt'), job.attempt > 1 ? String(job.attempt) : null]
  ];
  return all.filter((fact): fact is [string, string] => Boolean(fact[1]));
}

function resources(trans: TranslationBundle, job: Job): string | null {
  const used = job.resources;
  return used === null || isFinal(job.state)
    ? null
    : trans.__('%1 % CPU, %2', Math.round(used.cpu_percent), formatBytes(used.memory_bytes));
}
