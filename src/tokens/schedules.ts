import { Token } from '@lumino/coreutils';
import type { Job, NewSchedule, Schedule, ScheduleChange, SchedulePreview } from '../api';
import type { IFacts } from './facts';

/** The jobs that start at times of their own. */
export interface ISchedules extends IFacts {
  /** Oldest first. */
  readonly list: readonly Schedule[];
  get(id: string): Schedule | undefined;
  /** Whether a command for this schedule is on its way. */
  isPending(id: string): boolean;
  create(schedule: NewSchedule): Promise<Schedule>;
  change(id: string, change: ScheduleChange): Promise<Schedule>;
  run(id: string): Promise<Job>;
  remove(id: string): Promise<void>;
  /** What a cron expression means and when it is due next; rejects when it means nothing. */
  preview(cron: string, timezone: string): Promise<SchedulePreview>;
}

export const ISchedules = new Token<ISchedules>(
  'jupyter-crispdm:ISchedules',
  'The jobs that start at times of their own.'
);

/** The commands for schedules. */
export namespace ScheduleCommands {
  export const scheduleFile = 'jupyter-crispdm:schedule-file';
  export const scheduleJob = 'jupyter-crispdm:schedule-job';
  export const edit = 'jupyter-crispdm:edit-schedule';
  export const run = 'jupyter-crispdm:run-schedule';
  export const pause = 'jupyter-crispdm:pause-schedule';
  export const resume = 'jupyter-crispdm:resume-schedule';
  export const remove = 'jupyter-crispdm:delete-schedule';
}
