import { provide } from '../managers/basics/workbench';
import { RunsManager } from '../managers/runs/manager';
import { IRuns } from '../tokens/runs';
import type { IRoom } from './room';

/** The table of runs. */
export const runsRoom: IRoom = {
  name: 'runs',
  shares: [provide(IRuns, ({ api, connection }) => new RunsManager(api, connection))],
  plugins: async () => (await import(/* webpackChunkName: "lab" */ '../plugins/runs')).runPlugins
};
