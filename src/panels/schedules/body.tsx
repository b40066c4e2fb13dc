import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import type { Job, Schedule } from '../../api';
import { JobCommands } from '../../tokens/jobs';
import { ScheduleCommands } from '../../tokens/schedules';
import { FactsGuard } from '../../components/basics/facts';
import { useFacts } from '../../components/basics/hooks';
import { ScheduleList } from '../../components/schedules/list';
import type { IJobs } from '../../tokens/jobs';
import type { ISchedules } from '../../tokens/schedules';

/** The schedules section of the side panel. */
export function SchedulesBody(props: {
  schedules: ISchedules;
  jobs: IJobs;
  commands: CommandRegistry;
}): React.JSX.Element {
  const { schedules, jobs, commands } = props;
  useFacts(schedules);
  useFacts(jobs);
  const execute = (command: string) => (id: string) => void commands.execute(command, { id });
  const jobOf = ({ last_job }: Schedule): Job | undefined =>
    last_job === null ? undefined : jobs.get(last_job);
  return (
    <FactsGuard facts={schedules}>
      <ScheduleList
        schedules={schedules.list}
        now={Date.now()}
        jobOf={jobOf}
        isPending={id => schedules.isPending(id)}
        onAdd={() => void commands.execute(ScheduleCommands.scheduleFile)}
        onEdit={execute(ScheduleCommands.edit)}
        onRun={execute(ScheduleCommands.run)}
        onPause={execute(ScheduleCommands.pause)}
        onResume={execute(ScheduleCommands.resume)}
        onDelete={execute(ScheduleCommands.remove)}
        onOpenJob={execute(JobCommands.open)}
      />
    </FactsGuard>
  );
}
