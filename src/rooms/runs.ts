import { provide } from '../managers/basics/workbench';
import { RunsManager } from '../managers/runs/manager';
import { IJobs } from '../tokens/jobs';
import { IRuns } from '../tokens/runs';
import type { IRoom } from './room';

/** The table of runs. */
export const runsRoom: IRoom = {
  name: 'runs',
  shares: [
    provide(
      IRuns,
      workbench => new RunsManager(workbench.api, workbench.connection, workbench.get(IJobs))
    )
  ],
  plugins: async () => (await import(/* webpackChunkName: "lab" */ '../plugins/runs')).runPlugins
};
