import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { isFinal } from '../api';
import { CommandIDs } from '../commandids';
import { DOMAIN } from '../components/context';
import type { IJobs } from '../tokens';
import { IWorkbench } from '../tokens';
import { attempt, confirm, textArguments, textOf } from './commands';

/** What the commands for a job share. */
interface IContext {
  app: JupyterFrontEnd;
  jobs: IJobs;
  trans: TranslationBundle;
  /** The job that a command is for: the one named, or the one under the mouse. */
  idOf: (args: ReadonlyPartialJSONObject) => string;
}

/** Adds the commands that stop, repeat and delete jobs. */
export const jobCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:job-commands',
  description: 'Adds the commands that stop, repeat, delete and download jobs.',
  autoStart: true,
  requires: [IWorkbench, ITranslator],
  activate: (app: JupyterFrontEnd, workbench: IWorkbench, translator: ITranslator) => {
    const idOf = (args: ReadonlyPartialJSONObject): string =>
      textOf(args, 'id') ||
      (app.contextMenuHitTest(node => Boolean(node.dataset.jobId))?.dataset.jobId ?? '');
    const context = { app, jobs: workbench.jobs, trans: translator.load(DOMAIN), idOf };
    addStop(context);
    addStopAll(context);
    addRerun(context);
    addDelete(context);
    addDownload(context);
  }
};

function jobArguments(trans: TranslationBundle): ReturnType<typeof textArguments> {
  return textArguments({ id: trans.__('The id of the job') });
}

function addStop({ app, jobs, trans, idOf }: IContext): void {
  app.commands.addCommand(CommandIDs.stopJob, {
    label: trans.__('Stop Job'),
    caption: trans.__('Stop the job and everything it started'),
    describedBy: jobArguments(trans),
    isEnabled: args => isRunning(jobs, idOf(args)),
    execute: async args => {
      const id = idOf(args);
      const name = jobs.get(id)?.name ?? id;
      const isSure = await confirm(trans, {
        title: trans.__('Stop this job?'),
        body: trans.__('“%1” and everything it started will be ended. Its log stays.', name),
        accept: trans.__('Stop')
      });
      if (isSure) {
        await attempt(trans.__('The job was not stopped'), () => jobs.stop(id));
      }
    }
  });
}

function isRunning(jobs: IJobs, id: string): boolean {
  const job = jobs.get(id);
  return job !== undefined && !isFinal(job.state) && !jobs.isPending(id);
}

function addStopAll({ app, jobs, trans }: IContext): void {
  app.commands.addCommand(CommandIDs.stopJobs, {
    label: trans.__('Stop All Jobs'),
    caption: trans.__('Stop all jobs'),
    describedBy: textArguments({}),
    isEnabled: () => jobs.active > 0,
    execute: async () => {
      const count = jobs.active;
      const isSure = await confirm(trans, {
        title: trans.__('Stop all jobs?'),
        body: trans._n('%1 job will be ended.', '%1 jobs will be ended.', count),
        accept: trans.__('Stop All')
      });
      if (isSure) {
        await attempt(trans.__('The jobs were not stopped'), () => jobs.stopAll());
      }
    }
  });
  jobs.changed.connect(() => app.commands.notifyCommandChanged(CommandIDs.stopJobs), app);
}

function addRerun({ app, jobs, trans, idOf }: IContext): void {
  app.commands.addCommand(CommandIDs.rerunJob, {
    label: trans.__('Run Again'),
    caption: trans.__('Run the same command again as a new job'),
    describedBy: jobArguments(trans),
    execute: async args => {
      const title = trans.__('The job was not run');
      const job = await attempt(title, () => jobs.rerun(idOf(args)));
      if (job) {
        await app.commands.execute(CommandIDs.openJob, { id: job.id });
      }
    }
  });
}

function addDelete({ app, jobs, trans, idOf }: IContext): void {
  app.commands.addCommand(CommandIDs.deleteJob, {
    label: trans.__('Delete Job'),
    caption: trans.__('Delete the job with its log, curves and files'),
    describedBy: jobArguments(trans),
    isEnabled: args => {
      const job = jobs.get(idOf(args));
      return job !== undefined && isFinal(job.state);
    },
    execute: async args => {
      const id = idOf(args);
      const name = jobs.get(id)?.name ?? id;
      const isSure = await confirm(trans, {
        title: trans.__('Delete this job?'),
        body: trans.__('The log, curves and files of “%1” will be gone for good.', name),
        accept: trans.__('Delete')
      });
      if (isSure) {
        await attempt(trans.__('The job was not deleted'), () => jobs.remove(id));
      }
    }
  });
}

function addDownload({ app, jobs, trans, idOf }: IContext): void {
  app.commands.addCommand(CommandIDs.downloadLog, {
    label: trans.__('Download Log'),
    describedBy: jobArguments(trans),
    execute: args => {
      const link = document.createElement('a');
      link.href = jobs.logUrl(idOf(args));
      link.download = '';
      link.click();
    }
  });
}
