import type { ApiClient } from './client';
import { at } from './paths';
import type { Job, NewSchedule, Schedule, ScheduleChange, SchedulePreview } from './types';

/** What can be asked about schedules. */
export class SchedulesApi {
  constructor(private readonly _client: ApiClient) {}

  create(schedule: NewSchedule): Promise<Schedule> {
    return this._client.json(at('POST', 'schedules'), { body: schedule });
  }

  change(id: string, change: ScheduleChange): Promise<Schedule> {
    return this._client.json(at('PATCH', 'schedules/{id}', { id }), { body: change });
  }

  run(id: string): Promise<Job> {
    return this._client.json(at('POST', 'schedules/{id}/run', { id }));
  }

  remove(id: string): Promise<void> {
    return this._client.send(at('DELETE', 'schedules/{id}', { id }));
  }

  preview(cron: string, timezone: string): Promise<SchedulePreview> {
    const query = { cron, timezone };
    return this._client.json(at('GET', 'schedules/preview'), { query });
  }
}
