import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { cellsPlugin } from './cells';
import { environmentCommandsPlugin } from './environmentcommands';
import { comparePagesPlugin } from './comparepages';
import { jobCommandsPlugin } from './jobcommands';
import { jobLinksPlugin } from './joblinks';
import { jobPagesPlugin } from './jobpages';
import { jobsPagePlugin } from './jobspage';
import { notificationsPlugin } from './notifications';
import { panelPlugin } from './panel';
import { registryCommandsPlugin } from './registrycommands';
import { resultsPlugin } from './results';
import { runPlugin } from './run';
import { schedulesPlugin } from './schedules';
import { statusBarPlugin } from './statusbar';
import { workbenchPlugin } from './workbench';

/** The plugins that need Lab's shell. */
export const labPlugins: JupyterFrontEndPlugin<unknown>[] = [
  workbenchPlugin,
  panelPlugin,
  jobsPagePlugin,
  jobPagesPlugin,
  jobLinksPlugin,
  comparePagesPlugin,
  jobCommandsPlugin,
  environmentCommandsPlugin,
  registryCommandsPlugin,
  runPlugin,
  resultsPlugin,
  cellsPlugin,
  schedulesPlugin,
  statusBarPlugin,
  notificationsPlugin
];
