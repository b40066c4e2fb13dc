import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import { addIcon, refreshIcon } from '@jupyterlab/ui-components';
import React from 'react';
import { DOMAIN } from '../../components/basics/context';
import { EnvironmentsBody } from '../../panels/environments/body';
import { EnvironmentCommands, IEnvironments } from '../../tokens/environments';
import { ISidePanel } from '../../tokens/sidepanel';
import { IWorkbench } from '../../tokens/workbench';

/** Adds the environments to the side panel. */
export const environmentsSectionPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:environments-section',
  description: 'Adds the environments to the side panel.',
  autoStart: true,
  requires: [IWorkbench, ITranslator, ISidePanel],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    panel: ISidePanel,
    palette: ICommandPalette | null
  ) => {
    const { commands } = app;
    const trans = translator.load(DOMAIN);
    const environments = workbench.get(IEnvironments);
    panel.addSection({
      name: 'environments',
      label: trans.__('Environments'),
      rank: 30,
      buttons: [
        { command: EnvironmentCommands.create, icon: addIcon },
        { command: EnvironmentCommands.refresh, icon: refreshIcon }
      ],
      render: () => React.createElement(EnvironmentsBody, { environments, commands })
    });
    const category = trans.__('CRISP-DM');
    palette?.addItem({ command: EnvironmentCommands.create, category });
    palette?.addItem({ command: EnvironmentCommands.refresh, category });
  }
};
