import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { DOMAIN } from '../../components/basics/context';
import { asChoice } from '../../components/datagrid/columnlayout';
import { crispdmIcon } from '../../icons';
import type { JobsPage } from '../../panels/jobspage';
import type { IJobsView } from '../../panels/jobspage/model';
import { IJobSelection, JobCommands } from '../../tokens/jobs';
import { IWorkbench } from '../../tokens/workbench';
import { textArguments } from '../basics/commands';

/** Where the choice of columns is remembered. */
const COLUMNS = 'jupyter-crispdm:jobs-page:columns';

/** Opens the table of all jobs as a page of the main area, and brings it back after a reload. */
export const jobsPagePlugin: JupyterFrontEndPlugin<IJobSelection> = {
  id: 'jupyter-crispdm:jobs-page',
  description: 'Opens the table of all jobs, and tells which of them are marked.',
  autoStart: true,
  provides: IJobSelection,
  requires: [IWorkbench, ITranslator],
  optional: [ILayoutRestorer, ICommandPalette, ILauncher, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    state: IStateDB | null
  ) => {
    const trans = translator.load(DOMAIN);
    const tracker = new WidgetTracker<JobsPage>({ namespace: 'jupyter-crispdm-jobs-page' });
    const command = JobCommands.openTable;
    app.commands.addCommand(command, {
      label: args => (args.isLauncher ? trans.__('Jobs') : trans.__('Show All Jobs')),
      caption: trans.__('All jobs as a table: sort, filter, stop, compare'),
      icon: args => (args.isPalette ? undefined : crispdmIcon),
      describedBy: textArguments({}),
      execute: args => open(app, tracker, { args, workbench, translator, state })
    });
    tracker.widgetAdded.connect((_, page) => {
      page.model.viewChanged.connect((_, { columns }) => {
        void tracker.save(page);
        void state?.save(COLUMNS, columns as unknown as ReadonlyPartialJSONObject);
      }, tracker);
    }, app);
    void restorer?.restore(tracker, {
      command,
      name: () => 'jobs',
      args: ({ model: { view } }) => ({
        view: { text: view.text, states: view.states, sort: { ...view.sort } }
      })
    });
    palette?.addItem({ command, category: trans.__('CRISP-DM'), args: { isPalette: true } });
    launcher?.add({ command, category: trans.__('Other'), args: { isLauncher: true }, rank: 1 });
    return {
      get ids(): readonly string[] {
        const page = tracker.currentWidget;
        return page?.isVisible ? page.model.ids : [];
      }
    };
  }
};

interface IOptions {
  args: ReadonlyPartialJSONObject;
  workbench: IWorkbench;
  translator: ITranslator;
  state: IStateDB | null;
}

async function open(
  app: JupyterFrontEnd,
  tracker: WidgetTracker<JobsPage>,
  options: IOptions
): Promise<void> {
  const make = await maker();
  const found = tracker.find(() => true);
  const columns = found ? undefined : await options.state?.fetch(COLUMNS);
  const page = found ?? make(app, options, columns);
  if (!found) {
    await tracker.add(page);
    app.shell.add(page, 'main', { type: 'Jobs' });
  }
  app.shell.activateById(page.id);
}

/** Loads the page's code when it is first opened. */
async function maker(): Promise<
  (app: JupyterFrontEnd, options: IOptions, columns: unknown) => JobsPage
> {
  const [{ JobsPage }, { JobsPageModel }] = await Promise.all([
    import('../../panels/jobspage'),
    import('../../panels/jobspage/model')
  ]);
  return ({ commands }, { args, workbench, translator }, columns) => {
    const view = args.view as Partial<IJobsView> | undefined;
    const model = new JobsPageModel(workbench, { ...view, columns: asChoice(columns) });
    return new JobsPage({ model, commands, translator });
  };
}
