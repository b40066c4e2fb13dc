import type { ApiClient } from './client';
import { at } from './client';
import type { Job, NewSchedule, Schedule, ScheduleChange, SchedulePreview } from './types';

/** What can be asked about schedules. */
export class SchedulesApi {
  constructor(private readonly _client: ApiClient) {}

  create(schedule: NewSchedule): Promise<Schedule> {
    return this._client.json<Schedule>('schedules', { method: 'POST', body: schedule });
  }

  change(id: string, change: ScheduleChange): Promise<Schedule> {
    return this._client.json<Schedule>(at('schedules', id), { method: 'PATCH', body: change });
  }

  run(id: string): Promise<Job> {
    return this._client.json<Job>(at('schedules', id, 'run'), { method: 'POST' });
  }

  remove(id: string): Promise<void> {
    return this._client.send(at('schedules', id), { method: 'DELETE' });
  }

  preview(cron: string, timezone: string): Promise<SchedulePreview> {
    const query = { cron, timezone };
    return this._client.json<SchedulePreview>('schedules/preview', { query });
  }
}
