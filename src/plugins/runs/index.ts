import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { runLinksPlugin } from './links';
import { runsPagePlugin } from './page';

/** What the table of runs adds to Lab. */
export const runPlugins: readonly JupyterFrontEndPlugin<unknown>[] = [
  runsPagePlugin,
  runLinksPlugin
];
