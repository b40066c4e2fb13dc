import { provide } from '../managers/basics/workbench';
import { StatesManager } from '../managers/state/manager';
import { IStates } from '../tokens/state';
import type { IRoom } from './room';

/** Values and texts that all sessions share, and who is here. */
export const stateRoom: IRoom = {
  name: 'state',
  shares: [provide(IStates, ({ api, connection }) => new StatesManager(api, connection))],
  widgets: () => import(/* webpackChunkName: "widgets" */ '../widgets/shared')
};
