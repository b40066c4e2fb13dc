import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { Job, Submission } from '../../api';
import { isFinal } from '../../api';
import { useTrans } from '../basics/context';
import {
  elapsed,
  formatBytes,
  formatCommand,
  formatDuration,
  formatMoment
} from '../basics/format';
import { ownerOf } from '../jobs/owner';
import { Tags } from '../jobs/tags';

/** What the facts of a job are made from. */
export interface IJobDetailsProps {
  job: Job;
  environment: string;
  now: number;
  /** How the job was asked for, once it is known. */
  submission?: Submission | null;
  nameOf: (id: string) => string;
  onOpen: (id: string) => void;
  /** The name of the schedule that started the job. */
  schedule?: string;
  onSchedule: () => void;
}

/** The facts of a job: where, how and with what it runs, and what it has to do with other jobs. */
export function JobDetails(props: IJobDetailsProps): React.JSX.Element {
  const { job, nameOf, onOpen, schedule, onSchedule } = props;
  const trans = useTrans();
  const jobLinks = (ids: readonly string[]): React.JSX.Element[] =>
    ids.map(id => (
      <Link key={id} title={id} onClick={() => onOpen(id)}>
        {nameOf(id)}
      </Link>
    ));
  return (
    <dl className="crispdm-Facts">
      {facts(trans, props).map(([name, value]) => (
        <Fact key={name} name={name} title={value}>
          {value}
        </Fact>
      ))}
      {job.after.length > 0 && <Fact name={trans.__('Starts after')}>{jobLinks(job.after)}</Fact>}
      {job.rerun_of && <Fact name={trans.__('Repeats')}>{jobLinks([job.rerun_of])}</Fact>}
      {job.schedule && (
        <Fact name={trans.__('Schedule')}>
          <Link title={job.schedule} onClick={onSchedule}>
            {schedule ?? job.schedule}
          </Link>
        </Fact>
      )}
      {job.tags.length > 0 && (
        <Fact name={trans.__('Tags')}>
          <Tags tags={job.tags} />
        </Fact>
      )}
    </dl>
  );
}

/** The few facts that one wants to see at once, in one line. */
export function JobSummary(props: IJobDetailsProps): React.JSX.Element {
  const trans = useTrans();
  const { job, environment, now } = props;
  const time = elapsed(job, now);
  const parts: [string, string | null][] = [
    [trans.__('Time'), time === null ? null : formatDuration(time)],
    [trans.__('Environment'), environment],
    [trans.__('Uses'), usage(trans, job)],
    [trans.__('Created'), isFinal(job.state) ? formatMoment(job.created) : null]
  ];
  return (
    <ul className="crispdm-JobHeader-summary" aria-label={trans.__('Summary')}>
      {parts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <li key={name} title={`${name}: ${value}`}>
            {value}
          </li>
        ))}
    </ul>
  );
}

function Fact(props: {
  name: string;
  title?: string;
  children: React.ReactNode;
}): React.JSX.Element {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd title={props.title}>{props.children}</dd>
    </div>
  );
}

function Link(props: {
  title: string;
  onClick: () => void;
  children: React.ReactNode;
}): React.JSX.Element {
  return (
    <button className="crispdm-Link" title={props.title} onClick={props.onClick}>
      {props.children}
    </button>
  );
}

function facts(
  trans: TranslationBundle,
  { job, environment, now, submission }: IJobDetailsProps
): [string, string][] {
  const time = elapsed(job, now);
  const all: [string, string | null][] = [
    [trans.__('Time'), time === null ? null : formatDuration(time)],
    [trans.__('Environment'), environment],
    [trans.__('Uses'), usage(trans, job)],
    [trans.__('Asked for'), request(trans, job)],
    [trans.__('GPUs'), job.devices.length > 0 ? job.devices.join(', ') : null],
    [trans.__('Attempt'), attempts(trans, job, submission?.retries ?? 0)],
    [trans.__('Command'), formatCommand(job.command)],
    [trans.__('Directory'), job.cwd],
    [trans.__('Owner'), ownerOf(trans, job)],
    [trans.__('Created'), formatMoment(job.created)],
    [trans.__('Started'), job.started && formatMoment(job.started)],
    [trans.__('Ended'), job.ended && formatMoment(job.ended)]
  ];
  return all.filter((fact): fact is [string, string] => Boolean(fact[1]));
}

/** What the job uses now; its memory beside the limit, where there is one. */
function usage(trans: TranslationBundle, job: Job): string | null {
  const used = job.resources;
  if (used === null || isFinal(job.state)) {
    return null;
  }
  const memory = formatBytes(used.memory_bytes);
  const cpu = Math.round(used.cpu_percent);
  return job.memory === null
    ? trans.__('%1 % CPU, %2', cpu, memory)
    : trans.__('%1 % CPU, %2 of %3', cpu, memory, formatBytes(job.memory));
}

/** The slots that the job waits for or holds, unless they are the usual ones. */
function request(trans: TranslationBundle, { cpus, gpus, memory }: Job): string | null {
  const parts = [
    cpus > 1 && trans._n('%1 CPU', '%1 CPUs', cpus),
    gpus > 0 && trans._n('%1 GPU', '%1 GPUs', gpus),
    memory !== null && trans.__('%1 memory', formatBytes(memory))
  ];
  return parts.filter(Boolean).join(', ') || null;
}

function attempts(trans: TranslationBundle, { attempt }: Job, retries: number): string | null {
  if (retries > 0) {
    return trans.__('%1 of %2', attempt, retries + 1);
  }
  return attempt > 1 ? String(attempt) : null;
}
