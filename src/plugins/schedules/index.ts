import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { schedulesPlugin } from './commands';
import { schedulesSectionPlugin } from './section';

/** What schedules add to Lab. */
export const schedulePlugins: readonly JupyterFrontEndPlugin<unknown>[] = [
  schedulesSectionPlugin,
  schedulesPlugin
];
