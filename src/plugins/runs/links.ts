import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRouter } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { URLExt } from '@jupyterlab/coreutils';
import { messageOf } from '../../api';
import { IRuns, RunCommands } from '../../tokens/runs';
import { IWorkbench } from '../../tokens/workbench';
import { asJson, textArguments } from '../basics/commands';

const PATTERN = /[?&]runs=([^&#]+)(?=[&#]|$)/;

/** Opens the saved view of the table of runs that the page's address names. */
export const runLinksPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:run-links',
  description: 'Opens the saved view of the table of runs that the address of the page names.',
  autoStart: true,
  requires: [IRouter, IWorkbench],
  activate: (app: JupyterFrontEnd, router: IRouter, workbench: IWorkbench) => {
    app.commands.addCommand(RunCommands.followLink, {
      describedBy: textArguments({}),
      execute: async () => {
        const { request, path, search, hash } = router.current;
        if (!PATTERN.test(request)) {
          return;
        }
        const query = URLExt.queryStringToObject(search ?? '');
        const name = decodeURIComponent(PATTERN.exec(request)?.[1] ?? '');
        delete query.runs;
        router.navigate(path + URLExt.objectToQueryString(query) + hash, { skipRouting: true });
        await app.restored;
        await show(app, workbench.get(IRuns), name);
      }
    });
    router.register({ command: RunCommands.followLink, pattern: PATTERN });
  }
};

/** Open the table as it was saved; where no such view is, as it is, and say so. */
async function show(app: JupyterFrontEnd, runs: IRuns, name: string): Promise<void> {
  try {
    const { view } = await runs.view(name);
    await app.commands.execute(RunCommands.openTable, { view: asJson(view) });
  } catch (error) {
    await app.commands.execute(RunCommands.openTable);
    Notification.error(messageOf(error));
  }
}
