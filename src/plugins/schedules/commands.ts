import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Schedule } from '../../api';
import { IJobs, JobCommands } from '../../tokens/jobs';
import { ISchedules, ScheduleCommands } from '../../tokens/schedules';
import { DOMAIN } from '../../components/basics/context';
import type { IRunValues } from '../../components/run/values';
import { scheduleIcon } from '../../icons';
import type { ScheduleModel } from '../../panels/schedules/model';
import { IEnvironments } from '../../tokens/environments';
import { IWorkbench } from '../../tokens/workbench';
import { attempt, confirm, textArguments, textOf } from '../basics/commands';
import { jobUnderMouse } from '../jobs/targets';
import type { IFiles } from '../run/runnable';
import { chooseFile, isChosen } from '../run/runnable';

/** What the commands for schedules share. */
interface IContext extends IFiles {
  workbench: IWorkbench;
  trans: TranslationBundle;
}

/** Makes, changes, pauses, runs and deletes schedules. */
export const schedulesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:schedules',
  description: 'Adds the commands that have jobs run at certain times.',
  autoStart: true,
  requires: [IWorkbench, ITranslator, IDocumentManager],
  optional: [IFileBrowserFactory, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    documents: IDocumentManager,
    browsers: IFileBrowserFactory | null,
    palette: ICommandPalette | null
  ) => {
    const trans = translator.load(DOMAIN);
    const context = { app, workbench, translator, documents, browsers, trans };
    addScheduleFile(context);
    addScheduleJob(context);
    addEdit(context);
    addPauses(context);
    addRun(context);
    addDelete(context);
    palette?.addItem({ command: ScheduleCommands.scheduleFile, category: trans.__('CRISP-DM') });
  }
};

function addScheduleFile(context: IContext): void {
  const { app, trans } = context;
  app.commands.addCommand(ScheduleCommands.scheduleFile, {
    label: trans.__('Schedule as Job…'),
    caption: trans.__('Have a script or notebook run at certain times'),
    icon: args => (args.from === 'menu' ? undefined : scheduleIcon),
    describedBy: textArguments({
      path: trans.__('The file; without it, the one chosen in the place `from`'),
      from: trans.__('`browser`: the selected file; `document` or `menu`: the open document')
    }),
    isVisible: args => args.from !== 'browser' || isChosen(context, args),
    isEnabled: args => args.from !== 'menu' || isChosen(context, args),
    execute: async args => {
      const values = args.values as unknown as IRunValues | undefined;
      const path = values ? '' : await chooseFile(context, args);
      if (values || path) {
        const submission = /\.ipynb$/i.test(path) ? { notebook: path } : { script: path };
        await launch(context, values ? { submission: {}, values } : { submission });
      }
    }
  });
}

function addScheduleJob(context: IContext): void {
  const { app, workbench, trans } = context;
  app.commands.addCommand(ScheduleCommands.scheduleJob, {
    label: trans.__('Schedule…'),
    caption: trans.__('Have the same job run at certain times'),
    describedBy: textArguments({ id: trans.__('The id of the job') }),
    execute: async args => {
      const id = textOf(args, 'id') || jobUnderMouse(app);
      const title = trans.__('The job cannot be scheduled');
      const submission = await attempt(title, () => workbench.get(IJobs).submission(id));
      if (submission) {
        await launch(context, { submission: { ...submission, after: [] } });
      }
    }
  });
}

function addEdit(context: IContext): void {
  const { app, trans } = context;
  app.commands.addCommand(ScheduleCommands.edit, {
    label: trans.__('Edit Schedule…'),
    describedBy: scheduleArguments(trans),
    execute: async args => {
      const schedule = scheduleOf(context, args);
      if (schedule) {
        await launch(context, { submission: schedule.submission, schedule });
      }
    }
  });
}

function addPauses(context: IContext): void {
  const { app, workbench, trans } = context;
  const add = (command: string, label: string, paused: boolean): void => {
    app.commands.addCommand(command, {
      label,
      describedBy: scheduleArguments(trans),
      isVisible: args => scheduleOf(context, args)?.paused === !paused,
      execute: args => {
        const title = trans.__('The schedule was not changed');
        const id = idOf(context, args);
        return attempt(title, () => workbench.get(ISchedules).change(id, { paused }));
      }
    });
  };
  add(ScheduleCommands.pause, trans.__('Pause Schedule'), true);
  add(ScheduleCommands.resume, trans.__('Resume Schedule'), false);
}

function addRun(context: IContext): void {
  const { app, workbench, trans } = context;
  app.commands.addCommand(ScheduleCommands.run, {
    label: trans.__('Run Now'),
    describedBy: scheduleArguments(trans),
    execute: async args => {
      const title = trans.__('The job was not run');
      const id = idOf(context, args);
      const job = await attempt(title, () => workbench.get(ISchedules).run(id));
      if (job) {
        await app.commands.execute(JobCommands.open, { id: job.id });
      }
    }
  });
}

function addDelete(context: IContext): void {
  const { app, workbench, trans } = context;
  app.commands.addCommand(ScheduleCommands.remove, {
    label: trans.__('Delete Schedule…'),
    describedBy: scheduleArguments(trans),
    execute: async args => {
      const id = idOf(context, args);
      const name = workbench.get(ISchedules).get(id)?.name ?? id;
      const isSure = await confirm(trans, {
        title: trans.__('Delete this schedule?'),
        body: trans.__('“%1” will not run any more. The jobs that it made stay.', name),
        accept: trans.__('Delete schedule')
      });
      if (isSure) {
        const title = trans.__('The schedule was not deleted');
        await attempt(title, () => workbench.get(ISchedules).remove(id));
      }
    }
  });
}

/** Ask when it runs; the new fact shows in the list. */
async function launch(
  context: IContext,
  about: Pick<ScheduleModel.IOptions, 'submission' | 'values' | 'schedule'>
): Promise<void> {
  const { workbench, translator, trans } = context;
  const [{ ScheduleDialog }, { ScheduleModel }] = await Promise.all([
    import('../../panels/schedules'),
    import('../../panels/schedules/model')
  ]);
  const schedules = workbench.get(ISchedules);
  const jobs = workbench.get(IJobs);
  const environments = workbench.get(IEnvironments);
  const model = new ScheduleModel({ schedules, jobs, environments, trans, ...about });
  const dialog = new ScheduleDialog(model, translator);
  await dialog.launch();
  dialog.dispose();
  model.dispose();
}

function scheduleArguments(trans: TranslationBundle): ReturnType<typeof textArguments> {
  return textArguments({ id: trans.__('The id of the schedule') });
}

/** The schedule that a command is for: the one named, or the one under the mouse. */
function idOf({ app }: IContext, args: ReadonlyPartialJSONObject): string {
  const hit = (): string | undefined =>
    app.contextMenuHitTest(node => Boolean(node.dataset.scheduleId))?.dataset.scheduleId;
  return textOf(args, 'id') || (hit() ?? '');
}

function scheduleOf(context: IContext, args: ReadonlyPartialJSONObject): Schedule | undefined {
  return context.workbench.get(ISchedules).get(idOf(context, args));
}
