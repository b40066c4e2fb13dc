import { provide } from '../managers/basics/workbench';
import { SchedulesManager } from '../managers/schedules/manager';
import { ISchedules } from '../tokens/schedules';
import type { IRoom } from './room';

export const schedulesRoom: IRoom = {
  name: 'schedules',
  shares: [provide(ISchedules, ({ api, connection }) => new SchedulesManager(api, connection))],
  plugins: async () =>
    (await import(/* webpackChunkName: "lab" */ '../plugins/schedules')).schedulePlugins
};
