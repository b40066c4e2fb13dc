import { provide } from '../managers/basics/workbench';
import { ModelsManager } from '../managers/models/manager';
import { IModels } from '../tokens/models';
import type { IRoom } from './room';

export const modelsRoom: IRoom = {
  name: 'models',
  shares: [provide(IModels, ({ api, connection }) => new ModelsManager(api, connection))],
  widgets: () => import(/* webpackChunkName: "widgets" */ '../widgets/models'),
  plugins: async () =>
    (await import(/* webpackChunkName: "lab" */ '../plugins/models')).modelPlugins
};
