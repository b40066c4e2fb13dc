import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import React from 'react';
import { DOMAIN } from '../../components/basics/context';
import { ModelsBody } from '../../panels/models/body';
import { IModels } from '../../tokens/models';
import { ISidePanel } from '../../tokens/sidepanel';
import { IWorkbench } from '../../tokens/workbench';

/** Adds the models to the side panel. */
export const modelsSectionPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:models-section',
  description: 'Adds the models to the side panel.',
  autoStart: true,
  requires: [IWorkbench, ITranslator, ISidePanel],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    panel: ISidePanel
  ) => {
    const { commands } = app;
    const trans = translator.load(DOMAIN);
    const models = workbench.get(IModels);
    panel.addSection({
      name: 'models',
      label: trans.__('Models'),
      rank: 40,
      render: () => React.createElement(ModelsBody, { models, commands })
    });
  }
};
