import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import { addIcon } from '@jupyterlab/ui-components';
import React from 'react';
import { DOMAIN } from '../../components/basics/context';
import { SchedulesBody } from '../../panels/schedules/body';
import { IJobs } from '../../tokens/jobs';
import { ISchedules, ScheduleCommands } from '../../tokens/schedules';
import { ISidePanel } from '../../tokens/sidepanel';
import { IWorkbench } from '../../tokens/workbench';

/** Adds the schedules to the side panel. */
export const schedulesSectionPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:schedules-section',
  description: 'Adds the schedules to the side panel.',
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
    const schedules = workbench.get(ISchedules);
    const jobs = workbench.get(IJobs);
    panel.addSection({
      name: 'schedules',
      label: trans.__('Schedules'),
      rank: 20,
      buttons: [{ command: ScheduleCommands.scheduleFile, icon: addIcon }],
      render: () => React.createElement(SchedulesBody, { schedules, jobs, commands })
    });
  }
};
