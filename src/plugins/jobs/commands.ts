import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Clipboard } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { DOMAIN } from '../../components/basics/context';
import { IJobSelection, IJobs, JobCommands } from '../../tokens/jobs';
import { IWorkbench } from '../../tokens/workbench';
import { attempt, idsOf, textArguments } from '../basics/commands';
import { addStopAndDelete } from './stopping';
import type { IJobCommands } from './targets';
import { jobArguments, jobUnderMouse, oneOf } from './targets';

/** Adds the commands that stop, repeat and delete jobs. */
export const jobCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:job-commands',
  description: 'Adds the commands that stop, repeat, delete and download jobs.',
  autoStart: true,
  requires: [IWorkbench, ITranslator],
  optional: [IJobSelection],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    selection: IJobSelection | null
  ) => {
    const jobs = workbench.get(IJobs);
    const targets = (args: ReadonlyPartialJSONObject): readonly string[] => {
      const named = idsOf(args);
      if (named.length > 0) {
        return named;
      }
      const hit = jobUnderMouse(app);
      const marked = selection?.ids ?? [];
      return hit && !marked.includes(hit) ? [hit] : marked;
    };
    const context = { app, jobs, trans: translator.load(DOMAIN), translator, targets };
    addStopAndDelete(context);
    addRerun(context);
    addCopyId(context);
    addDownload(context);
    addLoadOlder(context);
  }
};

function addRerun(context: IJobCommands): void {
  const { app, jobs, trans } = context;
  app.commands.addCommand(JobCommands.rerun, {
    label: trans.__('Run Again'),
    caption: trans.__('Run the same command again as a new job'),
    describedBy: jobArguments(trans),
    isEnabled: args => oneOf(context, args) !== '',
    execute: async args => {
      const title = trans.__('The job was not run');
      const job = await attempt(title, () => jobs.rerun(oneOf(context, args)));
      if (job) {
        await app.commands.execute(JobCommands.open, { id: job.id });
      }
    }
  });
}

function addCopyId(context: IJobCommands): void {
  const { app, trans } = context;
  app.commands.addCommand(JobCommands.copyId, {
    label: args => trans._n('Copy Job Id', 'Copy %1 Job Ids', context.targets(args).length),
    describedBy: jobArguments(trans),
    execute: args => Clipboard.copyToSystem(context.targets(args).join('\n'))
  });
}

function addDownload(context: IJobCommands): void {
  const { app, jobs, trans } = context;
  app.commands.addCommand(JobCommands.downloadLog, {
    label: trans.__('Download Log'),
    describedBy: jobArguments(trans),
    isEnabled: args => oneOf(context, args) !== '',
    execute: args => {
      const link = document.createElement('a');
      link.href = jobs.logUrl(oneOf(context, args));
      link.download = '';
      link.click();
    }
  });
}

function addLoadOlder({ app, jobs, trans }: IJobCommands): void {
  app.commands.addCommand(JobCommands.loadOlder, {
    label: trans.__('Load Older Jobs'),
    describedBy: textArguments({}),
    isEnabled: () => jobs.hasOlder,
    execute: () => attempt(trans.__('No older jobs came'), () => jobs.loadOlder())
  });
}
