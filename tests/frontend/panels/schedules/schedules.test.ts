import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../../src/api';
import { ScheduleModel } from '../../../../src/panels/schedules/model';
import { SchedulesManager } from '../../../../src/managers/schedules/manager';
import { ApiClient } from '../../../../src/api';
import { FakeSchedules, aSchedule } from '../../schedules';
import { FakeEnvironments, FakeJobs, FakeLive, fakeServer, json, trans } from '../../support';

const settled = () => new Promise(resolve => setTimeout(resolve));

function aModel(change: Partial<ScheduleModel.IOptions> = {}) {
  const schedules = new FakeSchedules();
  const model = new ScheduleModel({
    schedules,
    jobs: new FakeJobs(),
    environments: new FakeEnvironments(),
    trans,
    submission: { script: 'models/train.py' },
    ...change
  });
  return { schedules, model };
}

function refusal(field: string, message: string): ApiError {
  return new ApiError(400, { message, reason: '', code: 'bad_request', details: { field } });
}

describe('ScheduleModel', () => {
  it('previews what is chosen, from the start', async () => {
    const { schedules, model } = aModel();
    await settled();
    expect(schedules.commands).toEqual([['preview', '0 3 * * *', model.values.timezone]]);
    expect(model.preview?.description).toBe('At 03:00 every day');
    model.dispose();
  });

  it('asks once for several quick changes', async () => {
    vi.useFakeTimers();
    const { schedules, model } = aModel();
    for (const cron of ['*', '*/', '*/5', '*/5 * * * *']) {
      model.change({ preset: 'custom', cron });
    }
    await vi.advanceTimersByTimeAsync(300);
    vi.useRealTimers();
    expect(schedules.commands.map(command => command[1])).toEqual(['0 3 * * *', '*/5 * * * *']);
    model.dispose();
  });

  it('makes a schedule, named after the file', async () => {
    const { schedules, model } = aModel();
    model.change({ preset: 'weekdays', time: '07:30' });
    model.changeRun({ args: '--fast' });
    await model.save();
    const [, made] = schedules.commands.find(command => command[0] === 'create')!;
    expect(made).toMatchObject({
      name: 'train.py',
      cron: '30 7 * * 1-5',
      missed: 'once',
      overlap: 'skip',
      submission: { script: 'models/train.py', args: ['--fast'], id: null }
    });
    model.dispose();
  });

  it('changes a schedule and keeps what the form does not show', async () => {
    const schedule = aSchedule({ missed: 'skip' });
    const { schedules, model } = aModel({ submission: schedule.submission, schedule });
    expect(model.isEdit).toBe(true);
    model.change({ time: '04:00' });
    await model.save();
    const [, id, change] = schedules.commands.find(command => command[0] === 'change')!;
    expect(id).toBe('s1');
    expect(change).toMatchObject({
      cron: '0 4 * * *',
      missed: 'skip',
      submission: { command: ['python', 'train.py'], env: { SECRET: 'kept' } }
    });
    model.dispose();
  });

  it.each([
    ['cron', 'errors', 'cron'],
    ['timezone', 'errors', 'timezone'],
    ['', 'errors', ''],
    ['constructor', 'errors', ''],
    ['submission.toString', 'runErrors', ''],
    ['submission.environment', 'runErrors', 'environment'],
    ['submission.cells', 'runErrors', '']
  ] as const)('puts a complaint about “%s” into %s, at “%s”', async (field, place, name) => {
    const { schedules, model } = aModel();
    await settled();
    schedules.failure = refusal(field, 'wrong');
    expect(await model.save()).toBeNull();
    expect(model[place]).toEqual({ [name]: 'wrong' });
    model.dispose();
  });

  it('forgets a complaint when its field is changed', async () => {
    const { schedules, model } = aModel();
    await settled();
    schedules.failure = refusal('timezone', 'no such zone');
    await model.save();
    model.change({ timezone: 'UTC' });
    expect(model.errors).toEqual({});
    model.dispose();
  });

  it('forgets a complaint about what runs while its field is being corrected, and only that', async () => {
    const { schedules, model } = aModel();
    await settled();
    model.changeRun({ args: '"open', cpus: 'many' });
    await model.save();
    expect(Object.keys(model.runErrors)).toEqual(['args', 'cpus']);
    model.changeRun({ args: '"open"' });
    expect(Object.keys(model.runErrors)).toEqual(['cpus']);
    model.changeRun({ cpus: '2' });
    expect(model.runErrors).toEqual({});
    schedules.failure = refusal('submission.cells', 'That cannot be scheduled.');
    await model.save();
    expect(model.runErrors).toEqual({ '': 'That cannot be scheduled.' });
    model.changeRun({ name: 'other' });
    expect(model.runErrors).toEqual({});
    model.dispose();
  });

  it('shows no times for an expression that means nothing', async () => {
    const { schedules, model } = aModel();
    await settled();
    schedules.failure = refusal('cron', 'five fields');
    vi.useFakeTimers();
    model.change({ preset: 'custom', cron: 'x' });
    await vi.advanceTimersByTimeAsync(300);
    vi.useRealTimers();
    expect(model.preview).toBeNull();
    expect(model.errors.cron).toBe('five fields');
    model.dispose();
  });

  it('shows the times of the zone that was chosen last, however late those of another come', async () => {
    const { schedules, model } = aModel();
    await settled();
    const answers = new Map<string, () => void>();
    schedules.preview = (_, zone) =>
      new Promise(resolve =>
        answers.set(zone, () => resolve({ description: `in ${zone}`, times: [] }))
      );
    vi.useFakeTimers();
    for (const timezone of ['Asia/Tokyo', 'UTC']) {
      model.change({ timezone });
      await vi.advanceTimersByTimeAsync(300);
    }
    vi.useRealTimers();
    answers.get('UTC')?.();
    await settled();
    answers.get('Asia/Tokyo')?.();
    await settled();
    expect(model.preview?.description).toBe('in UTC');
    model.dispose();
  });

  it('tells nobody of a preview that comes after it was disposed of', async () => {
    const { model } = aModel();
    let told = 0;
    model.changed.connect(() => told++, model);
    model.dispose();
    await settled();
    expect([told, model.preview]).toEqual([0, null]);
  });

  it('sends nothing that cannot be read', async () => {
    const { schedules, model } = aModel();
    model.changeRun({ args: '"open' });
    expect(await model.save()).toBeNull();
    expect(model.runErrors.args).toBeTruthy();
    expect(schedules.commands.some(command => command[0] === 'create')).toBe(false);
    model.dispose();
  });
});

describe('SchedulesManager', () => {
  function aManager() {
    const live = new FakeLive();
    const { settings, asked } = fakeServer(() => json(aSchedule()));
    const manager = new SchedulesManager(new ApiClient(settings), live.asClient);
    return { live, asked, manager };
  }

  it('holds what the topic tells', () => {
    const { live, manager } = aManager();
    expect(manager.isReady).toBe(false);
    live.say('schedules', 1, { schedules: [aSchedule()] });
    expect(manager.list).toHaveLength(1);
    expect(manager.get('s1')?.name).toBe('nightly');
    manager.dispose();
    expect(live.coordinator.topics).toEqual([]);
  });

  it('is pending until the fact comes', async () => {
    const { live, asked, manager } = aManager();
    live.say('schedules', 1, { schedules: [aSchedule()] });
    await manager.change('s1', { paused: true });
    expect(asked[0]).toMatchObject({ method: 'PATCH', body: { paused: true } });
    expect(manager.isPending('s1')).toBe(true);
    live.say('schedules', 2, { schedules: [aSchedule({ paused: true })] });
    expect(manager.isPending('s1')).toBe(false);
    manager.dispose();
  });

  it.each(['change', 'run', 'remove'] as const)(
    'can be asked again after a refused %s',
    async ask => {
      const live = new FakeLive();
      const { settings } = fakeServer(() => json({ message: 'It is not yours.' }, 403));
      const manager = new SchedulesManager(new ApiClient(settings), live.asClient);
      live.say('schedules', 1, { schedules: [aSchedule()] });
      const asked = ask === 'change' ? manager.change('s1', {}) : manager[ask]('s1');
      expect(manager.isPending('s1')).toBe(true);
      await expect(asked).rejects.toThrow('It is not yours.');
      expect(manager.isPending('s1')).toBe(false);
      manager.dispose();
    }
  );

  it('is done with a deleted schedule when the list no longer has it', async () => {
    const { live, manager } = aManager();
    live.say('schedules', 1, { schedules: [aSchedule(), aSchedule({ id: 's2' })] });
    await manager.remove('s1');
    live.say('schedules', 2, { schedules: [aSchedule({ id: 's2' })] });
    expect(manager.isPending('s1')).toBe(false);
    expect(manager.list.map(({ id }) => id)).toEqual(['s2']);
    manager.dispose();
  });

  it('asks the server for runs, deletions and previews', async () => {
    const { asked, manager } = aManager();
    await manager.run('s/1');
    await manager.remove('s1');
    await manager.preview('0 3 * * *', 'Europe/Berlin');
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /base/crispdm/api/schedules/s%2F1/run',
      'DELETE /base/crispdm/api/schedules/s1',
      'GET /base/crispdm/api/schedules/preview'
    ]);
    expect(asked[2].query).toContain('timezone=Europe%2FBerlin');
    manager.dispose();
  });
});
