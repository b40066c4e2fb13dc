import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { modelCommandsPlugin } from './commands';
import { modelPagesPlugin } from './pages';
import { registryCommandsPlugin } from './registry';
import { modelsSectionPlugin } from './section';

/** What models add to Lab. */
export const modelPlugins: readonly JupyterFrontEndPlugin<unknown>[] = [
  modelsSectionPlugin,
  modelCommandsPlugin,
  modelPagesPlugin,
  registryCommandsPlugin
];
