import type {
  ApiClient,
  Job,
  LiveClient,
  NewSchedule,
  Schedule,
  ScheduleChange,
  SchedulePreview,
  SchedulesFact
} from '../../api';
import { SchedulesApi } from '../../api/schedules';
import type { ISchedules } from '../../tokens/schedules';
import { Facts } from '../basics/facts';
import { PendingCommands } from '../basics/pending';

/** The schedules of the server, kept up to date by the topic `schedules`. */
export class SchedulesManager extends Facts implements ISchedules {
  constructor(api: ApiClient, live: LiveClient) {
    super();
    this._api = new SchedulesApi(api);
    this.followValue<SchedulesFact>(live, 'schedules', data => this._receive(data.schedules));
  }

  get list(): readonly Schedule[] {
    return this._list;
  }

  get(id: string): Schedule | undefined {
    return this._list.find(schedule => schedule.id === id);
  }

  isPending(id: string): boolean {
    return this._pending.has(id);
  }

  create(schedule: NewSchedule): Promise<Schedule> {
    return this._api.create(schedule);
  }

  change(id: string, change: ScheduleChange): Promise<Schedule> {
    return this._pending.run(id, () => this._api.change(id, change));
  }

  run(id: string): Promise<Job> {
    return this._pending.run(id, () => this._api.run(id));
  }

  remove(id: string): Promise<void> {
    return this._pending.run(id, () => this._api.remove(id));
  }

  preview(cron: string, timezone: string): Promise<SchedulePreview> {
    return this._api.preview(cron, timezone);
  }

  private _receive(list: readonly Schedule[]): void {
    // Also those that are gone: no fact of theirs will come any more.
    [...this._list, ...list].forEach(({ id }) => this._pending.settle(id));
    this._list = list;
    this.arrived();
  }

  private readonly _api: SchedulesApi;
  private readonly _pending = new PendingCommands(() => this.emitChanged());
  private _list: readonly Schedule[] = [];
}
