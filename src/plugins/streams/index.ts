import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { streamCommandsPlugin } from './commands';
import { streamPagesPlugin } from './pages';
import { streamsSectionPlugin } from './section';

/** What streams add to Lab. */
export const streamPlugins: readonly JupyterFrontEndPlugin<unknown>[] = [
  streamsSectionPlugin,
  streamPagesPlugin,
  streamCommandsPlugin
];
