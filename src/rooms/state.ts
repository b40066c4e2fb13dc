import { provide } from '../managers/basics/workbench';
import { PresenceManager } from '../managers/presence/manager';
import { StatesManager } from '../managers/state/manager';
import { IPresence, IStates } from '../tokens/state';
import type { IRoom } from './room';

/** Values and texts that all sessions share, and who is here. */
export const stateRoom: IRoom = {
  name: 'state',
  shares: [
    provide(IStates, ({ api, connection }) => new StatesManager(api, connection)),
    provide(IPresence, ({ api, connection }) => new PresenceManager(api, connection))
  ],
  widgets: () => import(/* webpackChunkName: "widgets" */ '../widgets/shared'),
  plugins: async () => (await import(/* webpackChunkName: "lab" */ '../plugins/state')).statePlugins
};
