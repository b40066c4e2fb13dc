import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { cellsPlugin } from '../run/cells';
import { runPlugin } from '../run/run';
import { jobAlertsPlugin } from './alerts';
import { chartPagesPlugin } from './chartpages';
import { jobCommandsPlugin } from './commands';
import { comparePagesPlugin } from './comparepages';
import { jobsPagePlugin } from './jobspage';
import { jobFilesPlugin } from './files';
import { jobLinksPlugin } from './links';
import { notificationsPlugin } from './notifications';
import { jobPagesPlugin } from './pages';
import { resultsPlugin } from './results';
import { jobsSectionPlugin } from './section';
import { statusBarPlugin } from './statusbar';

/** What jobs add to Lab. */
export const jobPlugins: readonly JupyterFrontEndPlugin<unknown>[] = [
  jobsSectionPlugin,
  jobsPagePlugin,
  jobPagesPlugin,
  chartPagesPlugin,
  jobLinksPlugin,
  jobFilesPlugin,
  comparePagesPlugin,
  jobCommandsPlugin,
  jobAlertsPlugin,
  runPlugin,
  resultsPlugin,
  cellsPlugin,
  statusBarPlugin,
  notificationsPlugin
];
