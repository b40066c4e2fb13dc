import { provide } from '../managers/basics/workbench';
import { HistoryManager } from '../managers/history/manager';
import { IHistory } from '../tokens/history';
import type { IRoom } from './room';

/** What files were when they were saved in Lab, and the last layouts of Lab. */
export const historyRoom: IRoom = {
  name: 'history',
  shares: [provide(IHistory, ({ api }) => new HistoryManager(api))],
  plugins: async () =>
    (await import(/* webpackChunkName: "lab" */ '../plugins/history')).historyPlugins
};
