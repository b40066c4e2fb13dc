import { IJupyterWidgetRegistry } from '@jupyter-widgets/base';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Workbench } from '../managers/basics/workbench';
import { MODULE, page, VERSION } from '../widgets/basics/react';

/**
 * Shows our widgets in notebooks and dashboards.
 *
 * It needs nothing of Lab's shell, so it also runs in Voila, where the other plugins stay inactive.
 */
export const widgetsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:widgets',
  description: 'Shows the widgets of jupyter_crispdm in notebooks and dashboards.',
  autoStart: true,
  requires: [IJupyterWidgetRegistry],
  activate: (app: JupyterFrontEnd, registry: IJupyterWidgetRegistry) => {
    page.workbench = Workbench.shared(app.serviceManager.serverSettings);
    registry.registerWidget({
      name: MODULE,
      version: VERSION,
      exports: async () => await import('../widgets')
    });
  }
};
