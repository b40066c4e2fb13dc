import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator } from '@jupyterlab/translation';
import React from 'react';
import { PanelCommands } from '../../tokens/sidepanel';
import { View } from '../../panels/basics/section';
import { IJobs } from '../../tokens/jobs';
import { IWorkbench } from '../../tokens/workbench';

/** Shows in the status bar how many jobs run. */
export const statusBarPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:status-bar',
  description: 'Shows the number of running jobs in the status bar.',
  autoStart: true,
  requires: [IWorkbench, ITranslator],
  optional: [IStatusBar],
  activate: async (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    statusBar: IStatusBar | null
  ): Promise<void> => {
    const { RunningJobs } = await import('../../components/jobs/running');
    const { connection } = workbench;
    const jobs = workbench.get(IJobs);
    const onOpen = (): void => void app.commands.execute(PanelCommands.show);
    const item = new View(translator, () =>
      React.createElement(RunningJobs, { jobs, connection, onOpen })
    );
    item.addClass('crispdm-mod-status');
    statusBar?.registerStatusItem('jupyter-crispdm:running-jobs', {
      item,
      align: 'left',
      rank: 5
    });
  }
};
