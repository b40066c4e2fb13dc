import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRouter } from '@jupyterlab/application';
import { URLExt } from '@jupyterlab/coreutils';
import { JobCommands } from '../../tokens/jobs';
import { textArguments } from '../basics/commands';

const PATTERN = /[?&]job=([A-Za-z0-9][A-Za-z0-9_.-]{0,63})(?=[&#]|$)/;

/** Opens the job that the page's address names: what notices by e-mail and webhook link to. */
export const jobLinksPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:job-links',
  description: 'Opens the job that the address of the page names.',
  autoStart: true,
  requires: [IRouter],
  activate: (app: JupyterFrontEnd, router: IRouter) => {
    app.commands.addCommand(JobCommands.followLink, {
      describedBy: textArguments({}),
      execute: async () => {
        const { request, path, search, hash } = router.current;
        const id = PATTERN.exec(request)?.[1];
        if (id !== undefined) {
          const query = URLExt.queryStringToObject(search ?? '');
          delete query.job;
          router.navigate(path + URLExt.objectToQueryString(query) + hash, { skipRouting: true });
          await app.restored;
          await app.commands.execute(JobCommands.open, { id });
        }
      }
    });
    router.register({ command: JobCommands.followLink, pattern: PATTERN });
  }
};
