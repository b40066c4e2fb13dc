import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { jobCommandsPlugin } from './plugins/jobcommands';
import { jobPagesPlugin } from './plugins/jobpages';
import { notificationsPlugin } from './plugins/notifications';
import { panelPlugin } from './plugins/panel';
import { registryCommandsPlugin } from './plugins/registrycommands';
import { runPlugin } from './plugins/run';
import { statusBarPlugin } from './plugins/statusbar';
import { widgetsPlugin } from './plugins/widgets';
import { workbenchPlugin } from './plugins/workbench';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  workbenchPlugin,
  panelPlugin,
  jobPagesPlugin,
  jobCommandsPlugin,
  registryCommandsPlugin,
  runPlugin,
  statusBarPlugin,
  notificationsPlugin,
  widgetsPlugin
];

export default plugins;
