import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Workbench } from '../managers/basics/workbench';
import { IWorkbench } from '../tokens/workbench';

/** Provides the facts of the server to all other plugins. */
export const workbenchPlugin: JupyterFrontEndPlugin<IWorkbench> = {
  id: 'jupyter-crispdm:workbench',
  description: 'Provides the jobs, environments and models of the server, live.',
  autoStart: true,
  provides: IWorkbench,
  activate: (app: JupyterFrontEnd) => Workbench.shared(app.serviceManager.serverSettings)
};
