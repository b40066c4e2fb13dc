import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { presencePlugin } from './presence';

/** What shared state adds to Lab. */
export const statePlugins: readonly JupyterFrontEndPlugin<unknown>[] = [presencePlugin];
