import { provide } from '../managers/basics/workbench';
import { EnvironmentsManager } from '../managers/environments/manager';
import { IEnvironments } from '../tokens/environments';
import type { IRoom } from './room';

export const environmentsRoom: IRoom = {
  name: 'environments',
  shares: [
    provide(IEnvironments, ({ api, connection }) => new EnvironmentsManager(api, connection))
  ],
  plugins: async () =>
    (await import(/* webpackChunkName: "lab" */ '../plugins/environments')).environmentPlugins
};
