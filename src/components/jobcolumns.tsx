import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { Job } from '../api';
import { isFinal } from '../api';
import { useTrans } from './context';
import {
  elapsed,
  formatBytes,
  formatDuration,
  formatMoment,
  formatShort,
  fraction
} from './format';
import type { SortKey } from './jobsort';
import { outcomeOf } from './jobsort';
import { ProgressBar } from './progress';
import { StalledMark } from './stalled';
import { StateIcon, stateLabel } from './state';
import { Tags } from './tags';

/** What the cells of one row know. */
export interface ICellProps {
  job: Job;
  now: number;
  environment: string;
  isTagPressed: (tag: string) => boolean;
  onTag: (tag: string) => void;
  onOpen: (id: string) => void;
}

/** A column: its head, and what stands in its cells. Their widths are tracks of a CSS grid. */
export interface IColumn {
  key: SortKey;
  label: (trans: TranslationBundle) => string;
  track: string;
  isNumber?: boolean;
  Cell: (props: ICellProps) => React.JSX.Element | string;
}

export const COLUMNS: readonly IColumn[] = [
  { key: 'state', label: trans => trans.__('State'), track: '108px', Cell: StateCell },
  { key: 'name', label: trans => trans.__('Name'), track: 'minmax(148px, 3fr)', Cell: NameCell },
  { key: 'progress', label: trans => trans.__('Progress'), track: '100px', Cell: ProgressCell },
  {
    key: 'elapsed',
    label: trans => trans.__('Elapsed'),
    track: '72px',
    isNumber: true,
    Cell: ({ job, now }) => {
      const time = elapsed(job, now);
      return time === null ? '' : formatDuration(time);
    }
  },
  {
    key: 'cpu',
    label: trans => trans.__('CPU %'),
    track: '60px',
    isNumber: true,
    Cell: ({ job }) => {
      const used = resourcesOf(job);
      return used === null ? '' : String(Math.round(used.cpu_percent));
    }
  },
  {
    key: 'memory',
    label: trans => trans.__('Memory'),
    track: '78px',
    isNumber: true,
    Cell: MemoryCell
  },
  {
    key: 'environment',
    label: trans => trans.__('Environment'),
    track: 'minmax(110px, 1fr)',
    Cell: ({ environment }) => <Cut text={environment} />
  },
  {
    key: 'owner',
    label: trans => trans.__('Owner'),
    track: '76px',
    Cell: ({ job }) => <Cut text={job.owner} />
  },
  {
    key: 'outcome',
    label: trans => trans.__('Outcome'),
    track: 'minmax(120px, 1.6fr)',
    Cell: OutcomeCell
  },
  {
    key: 'created',
    label: trans => trans.__('Created'),
    track: '124px',
    Cell: ({ job }) => <Cut text={formatShort(job.created)} title={formatMoment(job.created)} />
  },
  { key: 'tags', label: trans => trans.__('Tags'), track: 'minmax(80px, 1fr)', Cell: TagsCell }
];

function StateCell({ job, now }: ICellProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <>
      <StateIcon state={job.state} />
      <Cut text={stateLabel(trans, job.state)} />
      {job.stalled && !isFinal(job.state) && <StalledMark since={job.stalled} now={now} compact />}
    </>
  );
}

function NameCell({ job, onOpen }: ICellProps): React.JSX.Element {
  return (
    <button
      className="crispdm-JobGrid-name"
      tabIndex={-1}
      title={job.name}
      onClick={event => {
        event.stopPropagation();
        onOpen(job.id);
      }}
    >
      {job.name}
    </button>
  );
}

function ProgressCell({ job }: ICellProps): React.JSX.Element | string {
  const trans = useTrans();
  const value = fraction(job);
  if (isFinal(job.state) || job.state === 'queued') {
    return '';
  }
  const told = job.progress?.message;
  return (
    <span className="crispdm-JobGrid-progress" title={told}>
      <ProgressBar value={value} label={trans.__('Progress of %1', job.name)} />
      <span>{value === null ? doneOf(job) : `${Math.floor(value * 100)} %`}</span>
    </span>
  );
}

/** How much is done where nobody knows of how much. */
function doneOf(job: Job): string {
  return job.progress && job.progress.total === null ? String(job.progress.done) : '';
}

function MemoryCell({ job }: ICellProps): React.JSX.Element | string {
  const trans = useTrans();
  const used = resourcesOf(job);
  if (used === null) {
    return '';
  }
  const text = formatBytes(used.memory_bytes);
  const title = job.memory === null ? text : trans.__('%1 of %2', text, formatBytes(job.memory));
  return <Cut text={text} title={title} />;
}

function OutcomeCell({ job }: ICellProps): React.JSX.Element {
  const trans = useTrans();
  const text = outcomeOf(job);
  const title = job.exit_code === null ? text : trans.__('%1 (exit code %2)', text, job.exit_code);
  return <Cut text={text} title={title} />;
}

function TagsCell({ job, isTagPressed, onTag }: ICellProps): React.JSX.Element | string {
  return job.tags.length === 0 ? (
    ''
  ) : (
    <Tags tags={job.tags} isPressed={isTagPressed} onTag={onTag} />
  );
}

function Cut({ text, title }: { text: string; title?: string }): React.JSX.Element {
  return (
    <span className="crispdm-mod-cut" title={title || text}>
      {text}
    </span>
  );
}

/** What a job uses now; a job that is over uses nothing. */
function resourcesOf(job: Job): Job['resources'] {
  return isFinal(job.state) ? null : job.resources;
}
