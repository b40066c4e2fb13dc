import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import { JobCommands } from '../../tokens/jobs';
import { DOMAIN } from '../../components/basics/context';
import type { JobPage } from '../../panels/job';
import type { IJobView } from '../../panels/job/model';
import type { IOpenOptions } from '../../panels/job/pages';
import { JobPages } from '../../panels/job/pages';
import { IWorkbench } from '../../tokens/workbench';
import { asJson, textOf } from '../basics/commands';
import { keepPages } from '../basics/pages';
import { jobUnderMouse } from './targets';

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
    const pages = new JobPages(app.shell, tracker, (id, options) =>
      makePage({ id, ...options, workbench, translator, commands: app.commands })
    );
    app.commands.addCommand(JobCommands.open, {
      label: trans.__('Open Job'),
      describedBy: { args: argumentsOf(trans) },
      execute: async args => {
        const id = textOf(args, 'id') || jobUnderMouse(app);
        if (id) {
          const view = { ...defaults(await settings), ...(args.view as Partial<IJobView>) };
          await pages.open(id, { view, isPreview: args.preview === true });
        }
      }
    });
    app.shell.node.addEventListener('dblclick', event => pages.keep(pageOfTab(event)));
    keepPages(app, tracker, restorer, {
      changed: ({ model }) => model.viewChanged,
      command: JobCommands.open,
      name: page => page.model.id,
      args: ({ model }) => ({ id: model.id, view: asJson(model.view), preview: model.isPreview })
    });
  }
};

function argumentsOf(trans: TranslationBundle): ReadonlyJSONObject {
  return {
    type: 'object',
    properties: {
      id: { type: 'string', description: trans.__('The id of the job') },
      preview: {
        type: 'boolean',
        description: trans.__('Whether the next job that is looked at takes the place of its page')
      }
    }
  };
}

/** The job whose page's tab was clicked; empty for other tabs. */
function pageOfTab({ target }: MouseEvent): string {
  const tab = target instanceof Element ? target.closest<HTMLElement>('.lm-TabBar-tab') : null;
  return tab?.dataset.jobPage ?? '';
}

/** How a page is first shown. */
function defaults(settings?: ISettingRegistry.ISettings): Partial<IJobView> {
  const number = (name: string): number => Number(settings?.get(name).composite ?? 0);
  return { smoothing: number('smoothing'), period: number('period') || null };
}

/** A page; what shows it is loaded with the first one. */
async function makePage(
  options: IOpenOptions & {
    id: string;
    workbench: IWorkbench;
    translator: ITranslator;
    commands: CommandRegistry;
  }
): Promise<JobPage> {
  const { id, view, isPreview, workbench, translator, commands } = options;
  const [{ JobPage }, { JobPageModel }] = await Promise.all([
    import('../../panels/job'),
    import('../../panels/job/model')
  ]);
  const model = new JobPageModel(workbench, id, view, isPreview);
  return new JobPage({ model, commands, translator });
}
