import { RulesApi, TrackingApi } from '../api/tracking';
import { SharedModels } from '../managers/basics/shared';
import { provide } from '../managers/basics/workbench';
import { DiagnosisModel } from '../managers/diagnosis/diagnosis';
import { MediaModel } from '../managers/media/media';
import { LogModel } from '../managers/logs/log';
import { LatestMetrics } from '../managers/metrics/latest';
import { MetricsModel } from '../managers/metrics/metrics';
import { IDiagnosisOfJobs } from '../tokens/diagnosis';
import { ILogs } from '../tokens/logs';
import {
  ILatestMetrics,
  IMediaOfJobs,
  IMetricRules,
  IMetricsOfJobs,
  IMetricsOfRuns
} from '../tokens/metrics';
import type { IRoom } from './room';

/** What runs wrote: their logs and their curves. */
export const trackingRoom: IRoom = {
  name: 'tracking',
  shares: [
    provide(
      ILogs,
      ({ api, connection }) => new SharedModels(job => new LogModel(api, connection, job))
    ),
    provide(IMetricsOfJobs, ({ api, connection }) => {
      const tracking = new TrackingApi(api);
      return new SharedModels(job => new MetricsModel(connection, tracking, job));
    }),
    provide(IMetricsOfRuns, ({ api, connection }) => {
      const tracking = new TrackingApi(api, 'runs/{id}/metrics');
      return new SharedModels(run => new MetricsModel(connection, tracking, run, 'runs'));
    }),
    provide(
      IDiagnosisOfJobs,
      ({ connection }) => new SharedModels(job => new DiagnosisModel(connection, job))
    ),
    provide(
      IMediaOfJobs,
      ({ api, connection }) => new SharedModels(job => new MediaModel(api, connection, job))
    ),
    provide(IMetricRules, ({ api }) => new RulesApi(api)),
    provide(ILatestMetrics, ({ api }) => {
      const tracking = new TrackingApi(api);
      return new LatestMetrics(job => tracking.lastMetrics(job));
    })
  ],
  widgets: () => import(/* webpackChunkName: "widgets" */ '../widgets/tracking'),
  plugins: async () =>
    (await import(/* webpackChunkName: "lab" */ '../plugins/tracking')).trackingPlugins
};
