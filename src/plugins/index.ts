import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { cellsPlugin } from './run/cells';
import { environmentCommandsPlugin } from './environments/commands';
import { comparePagesPlugin } from './jobs/comparepages';
import { jobCommandsPlugin } from './jobs/commands';
import { jobLinksPlugin } from './jobs/links';
import { jobPagesPlugin } from './jobs/pages';
import { jobsPagePlugin } from './jobs/jobspage';
import { notificationsPlugin } from './jobs/notifications';
import { panelPlugin } from './panel';
import { registryCommandsPlugin } from './models/commands';
import { resultsPlugin } from './jobs/results';
import { runPlugin } from './run/run';
import { schedulesPlugin } from './schedules/commands';
import { statusBarPlugin } from './jobs/statusbar';
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
