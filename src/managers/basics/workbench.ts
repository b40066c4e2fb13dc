import { ServerConnection } from '@jupyterlab/services';
import { ApiClient, LiveClient } from '../../api';
import type { ILog } from '../../tokens/logs';
import type { IMetrics } from '../../tokens/metrics';
import type { ILease, IWorkbench } from '../../tokens/workbench';
import { EnvironmentsManager } from '../environments/manager';
import { JobsManager } from '../jobs/manager';
import { LatestMetrics } from '../metrics/latest';
import { Leases } from './leases';
import { LogModel } from '../logs/log';
import { MetricsModel } from '../metrics/metrics';
import { ModelsManager } from '../models/manager';
import { SchedulesManager } from '../schedules/manager';

const pages = new Map<string, Workbench>();

/**
 * All that the views of a page share, each part made when it is first asked for.
 *
 * Lab's panels and the widgets of notebooks and dashboards take it from `shared`, so that a page has one
 * socket and one copy of each fact. It lives as long as the page.
 */
export class Workbench implements IWorkbench {
  constructor(settings: ServerConnection.ISettings = ServerConnection.makeSettings()) {
    this.api = new ApiClient(settings);
    this.connection = new LiveClient({ settings, health: ms => this.api.health(ms) });
    this._logs = new Leases(job => new LogModel(this.api, this.connection, job));
    this._metrics = new Leases(job => new MetricsModel(this.connection, job));
  }

  /** The workbench of this page for a server. */
  static shared(settings: ServerConnection.ISettings = ServerConnection.makeSettings()): Workbench {
    const found = pages.get(settings.baseUrl) ?? new Workbench(settings);
    pages.set(settings.baseUrl, found);
    return found;
  }

  readonly api: ApiClient;
  readonly connection: LiveClient;

  get jobs(): JobsManager {
    return (this._jobs ??= new JobsManager(this.api, this.connection));
  }

  get environments(): EnvironmentsManager {
    return (this._environments ??= new EnvironmentsManager(this.api, this.connection));
  }

  get schedules(): SchedulesManager {
    return (this._schedules ??= new SchedulesManager(this.api, this.connection));
  }

  get models(): ModelsManager {
    return (this._models ??= new ModelsManager(this.api, this.connection));
  }

  get latest(): LatestMetrics {
    return (this._latest ??= new LatestMetrics(job => this.api.jobs.lastMetrics(job)));
  }

  log(job: string): ILease<ILog> {
    return this._logs.take(job);
  }

  metrics(job: string): ILease<IMetrics> {
    return this._metrics.take(job);
  }

  private readonly _logs: Leases<LogModel>;
  private readonly _metrics: Leases<MetricsModel>;
  private _jobs?: JobsManager;
  private _latest?: LatestMetrics;
  private _environments?: EnvironmentsManager;
  private _models?: ModelsManager;
  private _schedules?: SchedulesManager;
}
