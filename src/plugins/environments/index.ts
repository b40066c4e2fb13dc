import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { environmentCommandsPlugin } from './commands';
import { environmentsSectionPlugin } from './section';

/** What environments add to Lab. */
export const environmentPlugins: readonly JupyterFrontEndPlugin<unknown>[] = [
  environmentsSectionPlugin,
  environmentCommandsPlugin
];
