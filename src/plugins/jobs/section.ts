import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILabShell } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import { addIcon, listIcon, spreadsheetIcon, stopIcon } from '@jupyterlab/ui-components';
import React from 'react';
import { DOMAIN } from '../../components/basics/context';
import { JobsBody } from '../../panels/jobs/body';
import { JobsPanelModel } from '../../panels/jobs/model';
import { IEnvironments } from '../../tokens/environments';
import { IJobs, JobCommands } from '../../tokens/jobs';
import { RunCommands } from '../../tokens/runs';
import { ISidePanel } from '../../tokens/sidepanel';
import { IWorkbench } from '../../tokens/workbench';
import { jobOfPage } from './targets';

/** Adds the jobs to the side panel; the one whose page is in front is marked there. */
export const jobsSectionPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:jobs-section',
  description: 'Adds the jobs to the side panel.',
  autoStart: true,
  requires: [IWorkbench, ITranslator, ISidePanel],
  optional: [ICommandPalette, ILabShell],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    panel: ISidePanel,
    palette: ICommandPalette | null,
    labShell: ILabShell | null
  ) => {
    const { commands } = app;
    const trans = translator.load(DOMAIN);
    const model = new JobsPanelModel(workbench.get(IJobs), workbench.get(IEnvironments));
    panel.addSection({
      name: 'jobs',
      label: trans.__('Jobs'),
      rank: 10,
      buttons: [
        { command: JobCommands.runFile, icon: addIcon },
        { command: JobCommands.openTable, icon: listIcon },
        { command: RunCommands.openTable, icon: spreadsheetIcon },
        { command: JobCommands.stopAll, icon: stopIcon }
      ],
      render: () => React.createElement(JobsBody, { model, commands })
    });
    const category = trans.__('CRISP-DM');
    palette?.addItem({ command: JobCommands.runFile, category });
    palette?.addItem({ command: JobCommands.stopAll, category });
    labShell?.currentChanged.connect((_, { newValue }) => {
      model.selected = jobOfPage(newValue?.id ?? '') || null;
    }, model);
  }
};
