import { Signal } from '@lumino/signaling';
import type { Job, NewSchedule, Schedule, ScheduleChange, SchedulePreview } from '../../src/api';
import type { ISchedules } from '../../src/tokens/schedules';

/** A schedule that runs each night. */
export function aSchedule(change: Partial<Schedule> = {}): Schedule {
  return {
    id: 's1',
    name: 'nightly',
    cron: '0 3 * * *',
    timezone: 'UTC',
    description: 'At 03:00 every day',
    missed: 'once',
    overlap: 'skip',
    paused: false,
    submission: {
      command: ['python', 'train.py'],
      script: null,
      notebook: null,
      args: [],
      parameters: {},
      environment: 'server',
      name: null,
      cwd: null,
      env: { SECRET: 'kept' },
      timeout: null,
      retries: 0,
      retry_delay: 0,
      after: [],
      tags: [],
      id: null,
      cpus: 1,
      gpus: 0,
      memory: null,
      notify: 'end',
      cells: null,
      from_cell: null,
      alerts: []
    },
    owner: 'ann',
    created: '2026-11-21T10:00:00Z',
    next_run: '2026-11-22T03:00:00Z',
    last_run: null,
    last_job: null,
    reason: '',
    ...change
  };
}

/** Schedules that a test sets, and the commands that a view gave. */
export class FakeSchedules implements ISchedules {
  readonly changed = new Signal<this, void>(this);
  isReady = true;
  error = '';
  isDisposed = false;
  list: Schedule[] = [];
  pending = new Set<string>();
  commands: unknown[][] = [];
  failure: Error | null = null;
  previewed: SchedulePreview = {
    description: 'At 03:00 every day',
    times: ['2026-11-22T03:00:00Z']
  };

  dispose(): void {
    this.isDisposed = true;
  }
  get(id: string): Schedule | undefined {
    return this.list.find(schedule => schedule.id === id);
  }
  isPending(id: string): boolean {
    return this.pending.has(id);
  }
  create(schedule: NewSchedule): Promise<Schedule> {
    return this._note(aSchedule(), 'create', schedule);
  }
  change(id: string, change: ScheduleChange): Promise<Schedule> {
    return this._note(aSchedule({ id }), 'change', id, change);
  }
  run(id: string): Promise<Job> {
    return this._note({ id: 'new', schedule: id } as Job, 'run', id);
  }
  remove(id: string): Promise<void> {
    return this._note(undefined, 'remove', id);
  }
  preview(cron: string, timezone: string): Promise<SchedulePreview> {
    return this._note(this.previewed, 'preview', cron, timezone);
  }

  private _note<T>(answer: T, ...command: unknown[]): Promise<T> {
    this.commands.push(command);
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(answer);
  }
}
