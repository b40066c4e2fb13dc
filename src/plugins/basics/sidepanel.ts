import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import { DOMAIN } from '../../components/basics/context';
import { CrispdmPanel } from '../../panels/sidepanel';
import { ISidePanel, PanelCommands } from '../../tokens/sidepanel';
import { IWorkbench } from '../../tokens/workbench';
import { textArguments } from './commands';

/** Adds the side panel “CRISP-DM”; its sections come from the rooms. */
export const panelPlugin: JupyterFrontEndPlugin<ISidePanel> = {
  id: 'jupyter-crispdm:panel',
  description: 'Adds the side panel, to which each room adds its section.',
  autoStart: true,
  provides: ISidePanel,
  requires: [IWorkbench, ITranslator],
  optional: [ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ) => {
    const { commands, shell } = app;
    const { connection } = workbench;
    const trans = translator.load(DOMAIN);
    const panel = new CrispdmPanel({ connection, commands, translator });
    commands.addCommand(PanelCommands.show, {
      label: trans.__('Show the CRISP-DM Panel'),
      describedBy: textArguments({}),
      execute: () => shell.activateById(panel.id)
    });
    shell.add(panel, 'left', { rank: 250, type: 'CRISP-DM' });
    restorer?.add(panel, panel.id);
    void app.restored.then(() => panel.settleSizes());
    palette?.addItem({ command: PanelCommands.show, category: trans.__('CRISP-DM') });
    return panel;
  }
};
