import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator } from '@jupyterlab/translation';
import { CommandIDs } from '../commandids';
import { DOMAIN } from '../components/context';
import type { JobPage } from '../panels/job';
import type { IJobView } from '../panels/job/model';
import { IWorkbench } from '../tokens';
import { textArguments, textOf } from './commands';
import { jobUnderMouse } from './jobtargets';

/** Opens jobs as pages of the main area, and brings them back after a reload. */
export const jobPagesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:job-pages',
  description: 'Opens jobs as pages of the main area, and restores them.',
  autoStart: true,
  requires: [IWorkbench, ITranslator],
  optional: [ILayoutRestorer, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    restorer: ILayoutRestorer | null,
    registry: ISettingRegistry | null
  ) => {
    const trans = translator.load(DOMAIN);
    const settings = registry?.load(jobPagesPlugin.id);
    const tracker = new WidgetTracker<JobPage>({ namespace: 'jupyter-crispdm-jobs' });
    app.commands.addCommand(CommandIDs.openJob, {
      label: trans.__('Open Job'),
      describedBy: textArguments({ id: trans.__('The id of the job') }),
      execute: async args => {
        const id = textOf(args, 'id') || jobUnderMouse(app);
        if (id) {
          const found = tracker.find(page => page.model.id === id);
          const view = { ...defaults(await settings), ...(args.view as Partial<IJobView>) };
          const page = found ?? (await makePage(app, { id, view, workbench, translator }));
          await (found ?? tracker.add(page));
          show(app, page);
        }
      }
    });
    tracker.widgetAdded.connect((_, page) => {
      page.model.viewChanged.connect(() => void tracker.save(page), tracker);
    }, app);
    void restorer?.restore(tracker, {
      command: CommandIDs.openJob,
      name: page => page.model.id,
      args: ({ model }) => ({ id: model.id, view: { ...model.view } })
    });
  }
};

/** How a page is first shown. */
function defaults(settings?: ISettingRegistry.ISettings): Partial<IJobView> {
  const number = (name: string): number => Number(settings?.get(name).composite ?? 0);
  return { smoothing: number('smoothing'), period: number('period') || null };
}

function show(app: JupyterFrontEnd, page: JobPage): void {
  if (!page.isAttached) {
    app.shell.add(page, 'main', { type: 'Job' });
  }
  app.shell.activateById(page.id);
}

async function makePage(
  app: JupyterFrontEnd,
  options: {
    id: string;
    view: Partial<IJobView>;
    workbench: IWorkbench;
    translator: ITranslator;
  }
): Promise<JobPage> {
  const { id, view, workbench, translator } = options;
  const [{ JobPage }, { JobPageModel }] = await Promise.all([
    import('../panels/job'),
    import('../panels/job/model')
  ]);
  const model = new JobPageModel(workbench, id, view);
  return new JobPage({ model, commands: app.commands, translator });
}
