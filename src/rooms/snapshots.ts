import { provide } from '../managers/basics/workbench';
import { SnapshotsManager } from '../managers/snapshots/manager';
import { ISnapshots } from '../tokens/snapshots';
import type { IRoom } from './room';

/** Work that saves itself, and work that people save under names. */
export const snapshotsRoom: IRoom = {
  name: 'snapshots',
  shares: [provide(ISnapshots, ({ api, connection }) => new SnapshotsManager(api, connection))],
  widgets: () => import(/* webpackChunkName: "widgets" */ '../widgets/snapshots')
};
