import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILabShell, ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import { CommandIDs } from '../commandids';
import { DOMAIN } from '../components/basics/context';
import { CrispdmPanel } from '../panels/sidepanel';
import { IWorkbench } from '../tokens/workbench';
import { textArguments } from './commands';
import { jobOfPage } from './jobs/targets';

const PALETTE = [
  CommandIDs.showPanel,
  CommandIDs.runFile,
  CommandIDs.stopJobs,
  CommandIDs.newEnvironment,
  CommandIDs.refreshEnvironments
];

/** Adds the side panel “CRISP-DM”. */
export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:panel',
  description: 'Adds the side panel with jobs, environments and models.',
  autoStart: true,
  requires: [IWorkbench, ITranslator],
  optional: [ILayoutRestorer, ICommandPalette, ILabShell],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    labShell: ILabShell | null
  ) => {
    const { commands, shell } = app;
    const trans = translator.load(DOMAIN);
    const panel = new CrispdmPanel({ workbench, commands, translator });
    commands.addCommand(CommandIDs.showPanel, {
      label: trans.__('Show the CRISP-DM Panel'),
      describedBy: textArguments({}),
      execute: () => shell.activateById(panel.id)
    });
    shell.add(panel, 'left', { rank: 250, type: 'CRISP-DM' });
    restorer?.add(panel, panel.id);
    void app.restored.then(() => panel.settleSizes());
    PALETTE.forEach(command => palette?.addItem({ command, category: trans.__('CRISP-DM') }));
    labShell?.currentChanged.connect((_, { newValue }) => {
      panel.model.selected = jobOfPage(newValue?.id ?? '') || null;
    }, panel);
  }
};
