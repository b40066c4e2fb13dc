import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { metricRulesPlugin } from './rules';

/** What is read out of logs adds to Lab. */
export const trackingPlugins: readonly JupyterFrontEndPlugin<unknown>[] = [metricRulesPlugin];
