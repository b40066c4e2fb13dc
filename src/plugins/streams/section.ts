import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import { addIcon } from '@jupyterlab/ui-components';
import React from 'react';
import { DOMAIN } from '../../components/basics/context';
import { StreamsBody } from '../../panels/streams/body';
import { ISidePanel } from '../../tokens/sidepanel';
import { IStreams, StreamCommands } from '../../tokens/streams';
import { IWorkbench } from '../../tokens/workbench';

/** Adds the streams to the side panel. */
export const streamsSectionPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:streams-section',
  description: 'Adds the streams to the side panel.',
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
    const streams = workbench.get(IStreams);
    panel.addSection({
      name: 'streams',
      label: trans.__('Streams'),
      rank: 25,
      buttons: [{ command: StreamCommands.create, icon: addIcon }],
      render: () => React.createElement(StreamsBody, { streams, commands })
    });
  }
};
