import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { registryCommandsPlugin } from './commands';
import { modelsSectionPlugin } from './section';

/** What models add to Lab. */
export const modelPlugins: readonly JupyterFrontEndPlugin<unknown>[] = [
  modelsSectionPlugin,
  registryCommandsPlugin
];
