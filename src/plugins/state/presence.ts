import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILabShell } from '@jupyterlab/application';
import { URLExt } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IPresence } from '../../tokens/state';
import { IWorkbench } from '../../tokens/workbench';
import { LabPlace } from './labplace';

/** Tells colleagues which document somebody has before them in Lab, and goes along with one who is followed. */
export const presencePlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:presence',
  description: 'Tells colleagues which document is in front, and follows one of them.',
  autoStart: true,
  requires: [IWorkbench, IDocumentManager, ILabShell],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    documents: IDocumentManager,
    shell: ILabShell
  ) => {
    const presence = workbench.get(IPresence);
    presence.locate(
      new LabPlace(shell, documents, labPath(app.serviceManager.serverSettings.baseUrl))
    );
    void import('../../widgets/shared/following').then(({ showFollowing }) =>
      showFollowing(presence)
    );
  }
};

/** The path of Lab's own page. */
function labPath(baseUrl: string): string {
  const url = URLExt.join(baseUrl, 'lab');
  return new URL(url, window.location.href).pathname.replace(/\/$/, '');
}
