import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { ITranslator } from '@jupyterlab/translation';
import { DOMAIN } from '../../components/basics/context';
import { HistoryCommands, IHistory } from '../../tokens/history';
import { IWorkbench } from '../../tokens/workbench';
import { textArguments } from '../basics/commands';

/** Lab's own command. */
const SAVE_ALL = 'docmanager:save-all';

/** Shows one's last layouts of Lab, and brings one back. */
export const layoutsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:layouts',
  description: 'Restores one of your last layouts of JupyterLab.',
  autoStart: true,
  requires: [IWorkbench, ITranslator],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    palette: ICommandPalette | null
  ) => {
    const trans = translator.load(DOMAIN);
    app.commands.addCommand(HistoryCommands.layouts, {
      label: trans.__('Layouts…'),
      caption: trans.__('Restore one of your last layouts of JupyterLab'),
      describedBy: textArguments({}),
      execute: () => ask(app, workbench.get(IHistory), translator)
    });
    palette?.addItem({ command: HistoryCommands.layouts, category: trans.__('CRISP-DM') });
  }
};

/** Ask which, and load Lab with it. */
async function ask(
  app: JupyterFrontEnd,
  history: IHistory,
  translator: ITranslator
): Promise<void> {
  const { LayoutsDialog, LayoutsModel } = await import('../../panels/history/layouts');
  const model = new LayoutsModel(history, () => saveAll(app));
  const dialog = new LayoutsDialog(model, translator);
  void model.load();
  await dialog.launch();
  const { accepted } = dialog;
  dialog.dispose();
  if (accepted) {
    window.location.assign(PageConfig.getUrl({ workspace: accepted.workspace, treePath: '' }));
  }
}

/** What is changed would be gone with the page. */
async function saveAll({ commands }: JupyterFrontEnd): Promise<void> {
  if (commands.hasCommand(SAVE_ALL)) {
    await commands.execute(SAVE_ALL);
  }
}
