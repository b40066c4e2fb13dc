import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { modelCommandsPlugin } from './commands';
import { modelsSectionPlugin } from './section';

/** What models add to Lab. */
export const modelPlugins: readonly JupyterFrontEndPlugin<unknown>[] = [
  modelsSectionPlugin,
  modelCommandsPlugin
];
