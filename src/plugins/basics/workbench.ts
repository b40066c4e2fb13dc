import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { IProvider } from '../../managers/basics/workbench';
import { Workbench } from '../../managers/basics/workbench';
import { IWorkbench } from '../../tokens/workbench';

/** Provides what the rooms share to all other plugins. */
export function workbenchPlugin(
  providers: readonly IProvider[]
): JupyterFrontEndPlugin<IWorkbench> {
  return {
    id: 'jupyter-crispdm:workbench',
    description: 'Provides the facts of the server, live.',
    autoStart: true,
    provides: IWorkbench,
    activate: (app: JupyterFrontEnd) =>
      Workbench.shared(providers, app.serviceManager.serverSettings)
  };
}
