import { deskRoom } from './desk';
import { environmentsRoom } from './environments';
import { filesRoom } from './files';
import { historyRoom } from './history';
import { jobsRoom } from './jobs';
import { modelsRoom } from './models';
import type { IRoom } from './room';
import { runsRoom } from './runs';
import { schedulesRoom } from './schedules';
import { snapshotsRoom } from './snapshots';
import { stateRoom } from './state';
import { streamsRoom } from './streams';
import { trackingRoom } from './tracking';

/** The rooms of the page, for Lab and for dashboards. A new one is its own folders and a line here. */
export const ROOMS: readonly IRoom[] = [
  jobsRoom,
  trackingRoom,
  runsRoom,
  schedulesRoom,
  environmentsRoom,
  modelsRoom,
  streamsRoom,
  filesRoom,
  snapshotsRoom,
  stateRoom,
  historyRoom,
  deskRoom
];
