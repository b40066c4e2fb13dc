import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { RunView } from '../../api';
import { DOMAIN } from '../../components/basics/context';
import { crispdmIcon } from '../../icons';
import type { RunsPage } from '../../panels/runs';
import { RunCommands } from '../../tokens/runs';
import { IWorkbench } from '../../tokens/workbench';
import { asJson, textArguments } from '../basics/commands';
import { keepPages, showPage } from '../basics/pages';

/** Opens the table of runs as a page of the main area, and brings it back after a reload. */
export const runsPagePlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:runs-page',
  description: 'Opens the table of runs: filter, sort, choose, compare, run again.',
  autoStart: true,
  requires: [IWorkbench, ITranslator],
  optional: [ILayoutRestorer, ICommandPalette, ILauncher],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null
  ) => {
    const trans = translator.load(DOMAIN);
    const tracker = new WidgetTracker<RunsPage>({ namespace: 'jupyter-crispdm-runs-page' });
    const command = RunCommands.openTable;
    app.commands.addCommand(command, {
      label: args => (args.isLauncher ? trans.__('Runs') : trans.__('Show the Table of Runs')),
      caption: trans.__('All runs with their figures: filter, sort, compare curves, run again'),
      icon: args => (args.isPalette ? undefined : crispdmIcon),
      describedBy: textArguments({}),
      execute: args => open(app, tracker, { args, workbench, translator })
    });
    keepPages(app, tracker, restorer, {
      changed: ({ model }) => model.viewChanged,
      command,
      name: () => 'runs',
      args: ({ model: { view } }) => ({ view: asJson(view) })
    });
    palette?.addItem({ command, category: trans.__('CRISP-DM'), args: { isPalette: true } });
    launcher?.add({ command, category: trans.__('Other'), args: { isLauncher: true }, rank: 2 });
  }
};

async function open(
  app: JupyterFrontEnd,
  tracker: WidgetTracker<RunsPage>,
  options: { args: ReadonlyPartialJSONObject; workbench: IWorkbench; translator: ITranslator }
): Promise<void> {
  const { args, workbench, translator } = options;
  const [{ RunsPage }, { RunsPageModel }] = await Promise.all([
    import('../../panels/runs'),
    import('../../panels/runs/model')
  ]);
  const view = args.view as Partial<RunView> | undefined;
  const found = tracker.find(() => true);
  if (found) {
    found.model.setView(view ?? {});
    app.shell.activateById(found.id);
    return;
  }
  const model = new RunsPageModel(workbench, view);
  await showPage(app, tracker, new RunsPage({ model, commands: app.commands, translator }), 'Runs');
}
