import React from 'react';
import type { Job } from '../../api';
import { isFinal } from '../../api';
import { own } from '../../api/own';
import type { Latest } from '../../tokens/metrics';
import { useTrans } from '../basics/context';
import {
  elapsed,
  formatBytes,
  formatDuration,
  formatMoment,
  formatShort,
  formatValue,
  fraction
} from '../basics/format';
import type { IGridColumn } from '../datagrid/usecolumns';
import type { SortKey } from './sort';
import { outcomeOf } from './sort';
import { ownerOf } from '../jobs/owner';
import { ProgressBar } from '../basics/progress';
import { StalledBadge, WaitingBadge } from '../jobs/badges';
import { StateIcon, stateLabel } from '../jobs/state';
import { Tags } from '../jobs/tags';

/** What the cells of one row know. */
export interface ICellProps {
  job: Job;
  now: number;
  environment: string;
  /** The newest values of its metrics, where they are known. */
  latest: Latest | undefined;
  isTagPressed: (tag: string) => boolean;
  onTag: (tag: string) => void;
  onOpen: (id: string) => void;
}

/** A column, and what stands in its cells. */
export interface IColumn extends IGridColumn {
  /** The text that decides how wide it is by itself. */
  measure: (job: Job, environment: string, latest: Latest | undefined) => string;
  /** Whether it is there unless somebody chose otherwise. */
  isUsual?: boolean;
  Cell: (props: ICellProps) => React.JSX.Element | string;
}

const ALWAYS = { isUsual: true } as const;
const NUMBER = { isUsual: true, isNumber: true } as const;

export const COLUMNS: readonly IColumn[] = [
  {
    ...ALWAYS,
    key: 'state',
    label: trans => trans.__('State'),
    measure: () => 'Succeeded',
    beside: 34,
    least: 122,
    most: 150,
    rank: 0,
    Cell: StateCell
  },
  {
    ...ALWAYS,
    key: 'name',
    label: trans => trans.__('Name'),
    measure: job => job.name,
    beside: 8,
    least: 160,
    most: 420,
    rank: 0,
    grow: 3,
    Cell: NameCell
  },
  {
    ...ALWAYS,
    key: 'progress',
    label: trans => trans.__('Progress'),
    measure: job => (isFinal(job.state) ? '' : 'progress 99 %'),
    least: 92,
    most: 100,
    rank: 3,
    Cell: ProgressCell
  },
  {
    ...NUMBER,
    key: 'elapsed',
    label: trans => trans.__('Elapsed'),
    measure: job => (job.started === null ? '' : '59m59s'),
    least: 68,
    most: 90,
    rank: 2,
    Cell: ({ job, now }) => {
      const time = elapsed(job, now);
      return time === null ? '' : formatDuration(time);
    }
  },
  {
    ...NUMBER,
    key: 'cpu',
    label: trans => trans.__('CPU %'),
    measure: job => (isFinal(job.state) ? '' : '1600'),
    least: 60,
    most: 80,
    rank: 8,
    Cell: ({ job }) => {
      const used = resourcesOf(job);
      return used === null ? '' : String(Math.round(used.cpu_percent));
    }
  },
  {
    ...NUMBER,
    key: 'memory',
    label: trans => trans.__('Memory'),
    measure: job => (isFinal(job.state) ? '' : '1023 MiB'),
    least: 76,
    most: 90,
    rank: 7,
    Cell: MemoryCell
  },
  {
    ...ALWAYS,
    key: 'environment',
    label: trans => trans.__('Environment'),
    measure: (_, environment) => environment,
    least: 72,
    most: 180,
    rank: 5,
    Cell: ({ environment }) => <Cut text={environment} />
  },
  {
    ...ALWAYS,
    key: 'owner',
    label: trans => trans.__('Owner'),
    measure: job => (job.via ? `${job.owner}, by ${job.via}` : job.owner),
    least: 60,
    most: 140,
    rank: 6,
    Cell: OwnerCell
  },
  {
    ...ALWAYS,
    key: 'outcome',
    label: trans => trans.__('Outcome'),
    measure: job => outcomeOf(job),
    least: 120,
    most: 360,
    rank: 1,
    grow: 2,
    Cell: OutcomeCell
  },
  {
    ...ALWAYS,
    key: 'created',
    label: trans => trans.__('Created'),
    measure: job => formatShort(job.created),
    least: 120,
    most: 160,
    rank: 4,
    Cell: ({ job }) => <Cut text={formatShort(job.created)} title={formatMoment(job.created)} />
  },
  {
    ...ALWAYS,
    key: 'tags',
    label: trans => trans.__('Tags'),
    measure: job => job.tags.join('    '),
    beside: 24,
    least: 64,
    most: 220,
    rank: 9,
    Cell: TagsCell
  }
];

/** The columns that there can be: the usual ones, and one for each metric and parameter in a choice. */
export function columnsFor(keys: Iterable<SortKey>): readonly IColumn[] {
  const made = [...keys].flatMap(key => {
    const [, kind, name] = /^(metric|parameter):(.+)$/s.exec(key) ?? [];
    return kind === undefined ? [] : kind === 'metric' ? metricColumn(name) : parameterColumn(name);
  });
  return [...COLUMNS, ...made];
}

function metricColumn(name: string): IColumn {
  const textOf = (latest: Latest | undefined): string => {
    const value = latest?.get(name);
    return value === undefined ? '' : formatValue(value);
  };
  return {
    key: `metric:${name}`,
    label: () => name,
    measure: (_, __, latest) => textOf(latest),
    least: 64,
    most: 140,
    rank: 0,
    isNumber: true,
    Cell: ({ latest }) => <Cut text={textOf(latest)} />
  };
}

function parameterColumn(name: string): IColumn {
  const textOf = (job: Job): string => parameterText(own(job.parameters, name));
  return {
    key: `parameter:${name}`,
    label: () => name,
    measure: textOf,
    least: 64,
    most: 180,
    rank: 0,
    Cell: ({ job }) => <Cut text={textOf(job)} />
  };
}

/** A parameter's value in little room. */
export function parameterText(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.slice(0, 200);
}

function StateCell({ job, now }: ICellProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <>
      <StateIcon state={job.state} />
      <Cut text={stateLabel(trans, job.state)} />
      {job.waiting_for_input && !isFinal(job.state) && (
        <WaitingBadge since={job.waiting_for_input} now={now} compact />
      )}
      {job.stalled && !isFinal(job.state) && <StalledBadge since={job.stalled} now={now} compact />}
    </>
  );
}

function NameCell({ job, onOpen }: ICellProps): React.JSX.Element {
  return (
    <button
      className="crispdm-DataGrid-name"
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
    <span className="crispdm-DataGrid-progress" title={told}>
      <ProgressBar value={value} label={trans.__('Progress of %1', job.name)} />
      <span>{value === null ? doneOf(job) : `${Math.floor(value * 100)} %`}</span>
    </span>
  );
}

/** How much is done where nobody knows of how much. */
function doneOf(job: Job): string {
  return job.progress && job.progress.total === null ? String(job.progress.done) : '';
}

function OwnerCell({ job }: ICellProps): React.JSX.Element {
  return <Cut text={ownerOf(useTrans(), job)} />;
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
  const title =
    job.exit_code === null ? text : trans.__('%1 (exit code %2)', text, job.exit_code).trim();
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
