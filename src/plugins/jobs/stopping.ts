import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Job } from '../../api';
import { isFinal } from '../../api';
import { JobCommands } from '../../tokens/jobs';
import { attempt, confirm, textArguments } from '../basics/commands';
import type { IJobCommands } from './targets';
import { jobArguments, jobsOf } from './targets';

/** Seconds between SIGTERM and SIGKILL after the time for the checkpoint is over. */
const LAST_GRACE = 10;

/** Adds the commands that end jobs: stop, stop gently, stop all, delete. */
export function addStopAndDelete(context: IJobCommands): void {
  addStop(context);
  addStopGently(context);
  addStopAll(context);
  addDelete(context);
}

/** Those of the targets that a command of this kind can change now. */
function ready(
  context: IJobCommands,
  args: ReadonlyPartialJSONObject,
  isOver: boolean
): readonly Job[] {
  return jobsOf(context, args).filter(
    job => isFinal(job.state) === isOver && !context.jobs.isPending(job.id)
  );
}

function addStop(context: IJobCommands): void {
  const { app, jobs, trans } = context;
  app.commands.addCommand(JobCommands.stop, {
    label: args => trans._n('Stop Job…', 'Stop %1 Jobs…', ready(context, args, false).length || 1),
    caption: trans.__('Stop the job and everything it started'),
    describedBy: jobArguments(trans),
    isEnabled: args => ready(context, args, false).length > 0,
    execute: async args => {
      const live = ready(context, args, false);
      const count = live.length;
      const isSure = await confirm(trans, {
        title: trans._n('Stop this job?', 'Stop %1 jobs?', count),
        body:
          count === 1
            ? trans.__('“%1” and everything it started will be ended. Its log stays.', live[0].name)
            : trans.__(
                '%1 jobs and everything they started will be ended. Their logs stay.',
                count
              ),
        accept: trans._n('Stop job', 'Stop %1 jobs', count)
      });
      if (isSure) {
        const ids = live.map(job => job.id);
        await attempt(
          trans._n('The job was not stopped', 'The jobs were not stopped', count),
          () => (count === 1 ? jobs.stop(ids[0]) : jobs.stopMany(ids))
        );
      }
    }
  });
}

function addStopGently(context: IJobCommands): void {
  const { app, jobs, trans } = context;
  app.commands.addCommand(JobCommands.stopGently, {
    label: trans.__('Stop and Keep Best…'),
    caption: trans.__('Interrupt the job, wait until it has saved what it has, and keep its best'),
    describedBy: jobArguments(trans),
    isEnabled: args => ready(context, args, false).some(job => job.state === 'running'),
    execute: async args => {
      const ids = ready(context, args, false).map(job => job.id);
      const seconds = await askGrace(context, ids);
      if (seconds !== null) {
        const grace = [seconds, LAST_GRACE] as const;
        await attempt(
          trans._n('The job was not stopped', 'The jobs were not stopped', ids.length),
          () =>
            ids.length === 1 ? jobs.stop(ids[0], grace, 'best') : jobs.stopMany(ids, grace, 'best')
        );
      }
    }
  });
}

/** How many seconds to wait for the checkpoint; null when the user does not want to stop. */
async function askGrace(
  { jobs, translator }: IJobCommands,
  ids: readonly string[]
): Promise<number | null> {
  const { StopDialog } = await import('../../panels/jobs/stopdialog');
  const names = ids.map(id => jobs.get(id)?.name ?? id);
  const dialog = new StopDialog(names, translator);
  await dialog.launch();
  const { accepted } = dialog;
  dialog.dispose();
  return accepted?.seconds ?? null;
}

function addStopAll({ app, jobs, trans }: IJobCommands): void {
  app.commands.addCommand(JobCommands.stopAll, {
    label: trans.__('Stop All Jobs'),
    caption: trans.__('Stop all jobs'),
    describedBy: textArguments({}),
    isEnabled: () => jobs.active > 0,
    execute: async () => {
      const count = jobs.active;
      const isSure = await confirm(trans, {
        title: trans.__('Stop all jobs?'),
        body: trans._n('%1 job will be ended.', '%1 jobs will be ended.', count),
        accept: trans._n('Stop job', 'Stop %1 jobs', count)
      });
      if (isSure) {
        await attempt(trans.__('The jobs were not stopped'), () => jobs.stopAll());
      }
    }
  });
  let wasActive = false;
  jobs.changed.connect(() => {
    const isActive = jobs.active > 0;
    if (isActive !== wasActive) {
      wasActive = isActive;
      app.commands.notifyCommandChanged(JobCommands.stopAll);
    }
  }, app);
}

function addDelete(context: IJobCommands): void {
  const { app, jobs, trans } = context;
  app.commands.addCommand(JobCommands.remove, {
    label: args =>
      trans._n('Delete Job…', 'Delete %1 Jobs…', ready(context, args, true).length || 1),
    caption: trans.__('Delete the job with its log, curves and files'),
    describedBy: jobArguments(trans),
    isEnabled: args => ready(context, args, true).length > 0,
    execute: async args => {
      const over = ready(context, args, true);
      const count = over.length;
      const isSure = await confirm(trans, {
        title: trans._n('Delete this job?', 'Delete %1 jobs?', count),
        body:
          count === 1
            ? trans.__('The log, curves and files of “%1” will be gone for good.', over[0].name)
            : trans.__('The logs, curves and files of %1 jobs will be gone for good.', count),
        accept: trans._n('Delete job', 'Delete %1 jobs', count)
      });
      if (isSure) {
        const ids = over.map(job => job.id);
        await attempt(
          trans._n('The job was not deleted', 'The jobs were not deleted', count),
          () => (count === 1 ? jobs.remove(ids[0]) : jobs.removeMany(ids))
        );
      }
    }
  });
}
