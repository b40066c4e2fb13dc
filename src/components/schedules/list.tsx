import { deleteIcon, editIcon, pauseIcon, runIcon } from '@jupyterlab/ui-components';
import React from 'react';
import type { Job, Schedule } from '../../api';
import { resumeIcon, scheduleIcon } from '../../icons';
import { useTrans } from '../basics/context';
import { Empty } from '../basics/empty';
import { formatClock, formatMoment } from '../basics/format';
import { browserZone, formatDay, formatThere } from './values';
import { StateIcon } from '../jobs/state';

/** What can be done with a schedule. */
export interface IScheduleActions {
  isPending: (id: string) => boolean;
  onEdit: (id: string) => void;
  onRun: (id: string) => void;
  onPause: (id: string) => void;
  onResume: (id: string) => void;
  onDelete: (id: string) => void;
  onOpenJob: (id: string) => void;
}

/** What a list of schedules shows and does. */
export interface IScheduleListProps extends IScheduleActions {
  schedules: readonly Schedule[];
  now: number;
  jobOf: (schedule: Schedule) => Job | undefined;
  onAdd: () => void;
}

/** Schedules, each with its next time and what became of its last run. */
export function ScheduleList(props: IScheduleListProps): React.JSX.Element {
  const { schedules, onAdd } = props;
  const trans = useTrans();
  if (schedules.length === 0) {
    return (
      <Empty
        title={trans.__('Nothing is scheduled.')}
        action={{ label: trans.__('Schedule a file…'), run: onAdd }}
      >
        {trans.__('Have a script or notebook run every night, or whenever you like.')}
      </Empty>
    );
  }
  return (
    <ul className="crispdm-List crispdm-ScheduleList" aria-label={trans.__('Schedules')}>
      {schedules.map(schedule => (
        <li
          key={schedule.id}
          className="crispdm-ScheduleRow"
          data-schedule-id={schedule.id}
          data-paused={schedule.paused || undefined}
        >
          <ScheduleItem {...props} schedule={schedule} />
        </li>
      ))}
    </ul>
  );
}

type ItemProps = IScheduleListProps & { schedule: Schedule };

function ScheduleItem(props: ItemProps): React.JSX.Element {
  const { schedule, onEdit } = props;
  const { id, name, description, timezone, cron, reason } = schedule;
  const trans = useTrans();
  const zone = timezone === browserZone() ? '' : `(${timezone})`;
  const detail = reason || [description || cron, zone].filter(Boolean).join(' ');
  return (
    <>
      <LastRun {...props} />
      <button
        className="crispdm-ScheduleRow-name"
        title={`${name}\n${cron} (${timezone})`}
        aria-label={trans.__('Edit %1', name)}
        onClick={() => onEdit(id)}
      >
        {name}
      </button>
      <NextRun {...props} />
      <span
        className={`crispdm-ScheduleRow-detail${reason ? ' crispdm-Error' : ''}`}
        title={detail}
      >
        {detail}
      </span>
      <Actions {...props} />
    </>
  );
}

/** The state of the last job, which opens it; a clock when there is none any more. */
function LastRun({ schedule, jobOf, onOpenJob }: ItemProps): React.JSX.Element {
  const trans = useTrans();
  const job = jobOf(schedule);
  if (!job) {
    return (
      <span className="crispdm-ScheduleRow-last">
        <scheduleIcon.react tag="span" width="16px" height="16px" />
      </span>
    );
  }
  const when = schedule.last_run === null ? '' : formatMoment(schedule.last_run);
  return (
    <button
      className="crispdm-ScheduleRow-last"
      title={trans.__('Open the last run: %1', when)}
      onClick={() => onOpenJob(job.id)}
    >
      <StateIcon state={job.state} />
    </button>
  );
}

function NextRun({ schedule, now }: ItemProps): React.JSX.Element {
  const trans = useTrans();
  const next = schedule.next_run;
  if (next === null) {
    return (
      <span className="crispdm-ScheduleRow-next">
        {schedule.paused ? trans.__('paused') : trans.__('never')}
      </span>
    );
  }
  const there = formatThere(next, schedule.timezone);
  const title =
    there === null
      ? trans.__('Next: %1', formatDay(next))
      : trans.__('Next: %1; in %2: %3', formatDay(next), schedule.timezone, there);
  return (
    <time className="crispdm-ScheduleRow-next" dateTime={next} title={title}>
      {formatClock(next, now)}
    </time>
  );
}

function Actions(props: ItemProps): React.JSX.Element {
  const { schedule, isPending, onRun, onPause, onResume, onEdit, onDelete } = props;
  const { id, name, paused } = schedule;
  const trans = useTrans();
  const button = (
    label: string,
    icon: React.JSX.Element,
    act: (id: string) => void
  ): React.JSX.Element => (
    <button
      className="crispdm-ScheduleRow-action"
      title={label}
      aria-label={label}
      disabled={isPending(id)}
      onClick={() => act(id)}
    >
      {icon}
    </button>
  );
  return (
    <span className="crispdm-ScheduleRow-actions">
      {button(trans.__('Run %1 now', name), <runIcon.react {...SIZE} />, onRun)}
      {paused
        ? button(trans.__('Resume %1', name), <resumeIcon.react {...SIZE} />, onResume)
        : button(trans.__('Pause %1', name), <pauseIcon.react {...SIZE} />, onPause)}
      {button(trans.__('Edit %1', name), <editIcon.react {...SIZE} />, onEdit)}
      {button(trans.__('Delete %1', name), <deleteIcon.react {...SIZE} />, onDelete)}
    </span>
  );
}

const SIZE = { tag: 'span' as const, width: '14px', height: '14px' };
