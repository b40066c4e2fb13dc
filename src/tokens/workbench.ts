import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { IConnection } from './connection';
import type { IEnvironments } from './environments';
import type { IJobs } from './jobs';
import type { ILog } from './logs';
import type { ILatestMetrics, IMetrics } from './metrics';
import type { IModels } from './models';
import type { ISchedules } from './schedules';

/** A model shared by several views; it lives until the last of them disposes of its lease. */
export interface ILease<T> extends IDisposable {
  readonly model: T;
}

/** All that the views of a page share. */
export interface IWorkbench {
  readonly connection: IConnection;
  readonly jobs: IJobs;
  readonly schedules: ISchedules;
  readonly environments: IEnvironments;
  readonly models: IModels;
  readonly latest: ILatestMetrics;
  log(job: string): ILease<ILog>;
  metrics(job: string): ILease<IMetrics>;
}

export const IWorkbench = new Token<IWorkbench>(
  'jupyter-crispdm:IWorkbench',
  'The jobs, environments and models of the server, live, shared by all views of the page.'
);
