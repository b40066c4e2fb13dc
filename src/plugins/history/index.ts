import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { layoutsPlugin } from './layouts';
import { versionsPlugin } from './versions';

/** What kept versions and layouts add to Lab. */
export const historyPlugins: readonly JupyterFrontEndPlugin<unknown>[] = [
  versionsPlugin,
  layoutsPlugin
];
