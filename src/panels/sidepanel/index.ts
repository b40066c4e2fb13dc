import type { ITranslator } from '@jupyterlab/translation';
import {
  addIcon,
  CommandToolbarButton,
  listIcon,
  refreshIcon,
  SidePanel,
  stopIcon
} from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { AccordionPanel } from '@lumino/widgets';
import React from 'react';
import { CommandIDs } from '../../commandids';
import { ConnectionBanner } from '../../components/basics/connection';
import { DOMAIN } from '../../components/basics/context';
import { crispdmIcon } from '../../icons';
import type { IWorkbench } from '../../tokens/workbench';
import { EnvironmentsBody } from '../environments';
import { ModelsBody } from '../models/body';
import { SchedulesBody } from '../schedules/body';
import { Section, View } from '../basics/section';
import { JobsBody } from '../jobs/body';
import { FittedSections } from './fitted';
import { JobsPanelModel } from '../jobs/model';

/** The side panel “CRISP-DM”: jobs, schedules, environments and models, one section each. */
export class CrispdmPanel extends SidePanel {
  constructor(options: CrispdmPanel.IOptions) {
    super({ translator: options.translator });
    const trans = options.translator.load(DOMAIN);
    this.id = 'jupyter-crispdm:panel';
    this.title.icon = crispdmIcon;
    this.title.caption = trans.__('CRISP-DM');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('CRISP-DM'));
    this.addClass('crispdm-Panel');
    this.model = new JobsPanelModel(options.workbench.jobs, options.workbench.environments);
    this._fill(options);
    this._sections = new FittedSections(this.content as AccordionPanel);
  }

  readonly model: JobsPanelModel;

  /** Make the open sections as high as their content: Lab restores what it saved while the panel was hidden. */
  settleSizes(): void {
    this._sections.fitSoon();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._sections.dispose();
      this.model.dispose();
      super.dispose();
    }
  }

  private _fill({ workbench, commands, translator }: CrispdmPanel.IOptions): void {
    const trans = translator.load(DOMAIN);
    const section = (label: string, render: () => React.JSX.Element): Section =>
      new Section({ label, view: new View(translator, render) });
    const { connection, environments, models } = workbench;
    this.header.addWidget(
      new View(translator, () => React.createElement(ConnectionBanner, { connection }))
    );
    const jobs = section(trans.__('Jobs'), () =>
      React.createElement(JobsBody, { model: this.model, commands })
    );
    jobs.addClass('crispdm-mod-jobs');
    addButton(jobs, commands, CommandIDs.runFile, addIcon);
    addButton(jobs, commands, CommandIDs.openJobs, listIcon);
    addButton(jobs, commands, CommandIDs.stopJobs, stopIcon);
    const schedules = section(trans.__('Schedules'), () =>
      React.createElement(SchedulesBody, {
        schedules: workbench.schedules,
        jobs: workbench.jobs,
        commands
      })
    );
    addButton(schedules, commands, CommandIDs.scheduleFile, addIcon);
    const places = section(trans.__('Environments'), () =>
      React.createElement(EnvironmentsBody, { environments, commands })
    );
    addButton(places, commands, CommandIDs.newEnvironment, addIcon);
    addButton(places, commands, CommandIDs.refreshEnvironments, refreshIcon);
    const registry = section(trans.__('Models'), () =>
      React.createElement(ModelsBody, { models, commands })
    );
    [jobs, schedules, places, registry].forEach(widget => this.addWidget(widget));
  }

  private readonly _sections: FittedSections;
}

/** A namespace for the panel's statics. */
export namespace CrispdmPanel {
  /** What the panel needs. */
  export interface IOptions {
    workbench: IWorkbench;
    commands: CommandRegistry;
    translator: ITranslator;
  }
}

function addButton(section: Section, commands: CommandRegistry, id: string, icon: LabIcon): void {
  section.toolbar.addItem(id, new CommandToolbarButton({ commands, id, icon, label: '' }));
}
