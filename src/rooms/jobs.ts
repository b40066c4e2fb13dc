import { provide } from '../managers/basics/workbench';
import { JobFiles } from '../managers/jobs/files';
import { JobsManager } from '../managers/jobs/manager';
import { IJobDrive, IJobs } from '../tokens/jobs';
import type { IRoom } from './room';

export const jobsRoom: IRoom = {
  name: 'jobs',
  shares: [
    provide(IJobs, ({ api, connection }) => new JobsManager(api, connection)),
    provide(IJobDrive, ({ api }) => new JobFiles(api))
  ],
  widgets: () => import(/* webpackChunkName: "widgets" */ '../widgets/jobs'),
  plugins: async () => (await import(/* webpackChunkName: "lab" */ '../plugins/jobs')).jobPlugins
};
