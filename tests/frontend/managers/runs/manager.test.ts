import { describe, expect, it } from 'vitest';
import type { IRunsFact } from '../../../../src/api';
import { ApiClient } from '../../../../src/api';
import { RunsManager } from '../../../../src/managers/runs/manager';
import { PLAIN_RUNS } from '../../../../src/panels/runs/model';
import { aRun } from '../../components/runs/fakes';
import { FakeLive } from '../../live';
import { FakeJobs, fakeServer, json } from '../../support';

function make(answer: unknown = {}) {
  const { settings, asked } = fakeServer(() => json(answer));
  const live = new FakeLive();
  const manager = new RunsManager(new ApiClient(settings), live.asClient, new FakeJobs());
  const told: IRunsFact[] = [];
  manager.told.connect((_, fact) => told.push(fact), told);
  return { manager, live, asked, told };
}

describe('RunsManager', () => {
  it('tells what changes while somebody looks', () => {
    const { manager, live, told } = make();
    const follower = manager.show();
    live.say('runs', 1, { runs: [aRun()] });
    live.say('runs', 2, { run: aRun({ id: 'b' }) });
    live.say('runs', 3, { deleted: 'a' });
    expect(told.map(Object.keys)).toEqual([['runs'], ['run'], ['deleted']]);
    follower.dispose();
    live.say('runs', 4, { deleted: 'b' });
    expect(told).toHaveLength(3);
  });

  it('asks in the words of the reader', async () => {
    const { manager, asked } = make({ runs: [], total: 0, next: null, pending: 0 });
    await manager.find({ filter: 'params.lr < 1', sort: '-created', limit: 5 });
    expect(asked[0].path).toBe('/base/crispdm/api/runs');
    expect(new URLSearchParams(asked[0].query).get('filter')).toBe('params.lr < 1');
    expect(new URLSearchParams(asked[0].query).get('limit')).toBe('5');
  });

  it('tells of what was changed here at once', async () => {
    const { manager, asked, told } = make(aRun({ favourite: true }));
    await manager.change('a', { favourite: true });
    expect(asked[0]).toMatchObject({ method: 'PATCH', body: { favourite: true } });
    expect(told[0].run?.favourite).toBe(true);
  });

  it('makes one of several, tells of it at once, and of its end', async () => {
    const { manager, asked, told } = make(aRun({ id: 'merged', kind: 'merged' }));
    const made = await manager.merge(['a', 'b'], 'whole');
    expect((await manager.get('merged')).kind).toBe('merged');
    await manager.remove(made.id);
    expect(asked.map(({ method, path }) => `${method} ${path.split('/api/')[1]}`)).toEqual([
      'POST runs/merge',
      'GET runs/merged',
      'DELETE runs/merged'
    ]);
    expect(asked[0].body).toEqual({ ids: ['a', 'b'], name: 'whole' });
    expect(told.map(({ run, deleted }) => run?.id ?? deleted)).toEqual(['merged', 'merged']);
  });

  it('tells nothing of what the server refused', async () => {
    const { settings } = fakeServer(() => json({ message: 'No.', reason: '', code: 'x' }, 409));
    const manager = new RunsManager(
      new ApiClient(settings),
      new FakeLive().asClient,
      new FakeJobs()
    );
    const told: IRunsFact[] = [];
    manager.told.connect((_, fact) => told.push(fact), told);
    await expect(manager.merge(['a'], '')).rejects.toThrow('No.');
    await expect(manager.remove('a')).rejects.toThrow('No.');
    expect(told).toEqual([]);
  });

  it('runs again, and keeps views', async () => {
    const { manager, asked } = make({ views: [], metrics: [] });
    await manager.again('a', { code: 'now', environment: 'then' });
    await manager.environment('a');
    await manager.fields();
    expect(await manager.views()).toEqual([]);
    expect(manager.addressOf('a & b')).toMatch(/\/base\/lab\?runs=a%20%26%20b$/);
    await manager.view('my best');
    await manager.saveView('my best', PLAIN_RUNS);
    await manager.removeView('my best');
    expect(asked.map(({ method, path }) => `${method} ${path.split('/api/')[1]}`)).toEqual([
      'POST runs/a/again',
      'POST runs/a/environment',
      'GET runs/fields',
      'GET runs/views',
      'GET runs/views/my%20best',
      'PUT runs/views/my%20best',
      'DELETE runs/views/my%20best'
    ]);
    expect(asked[0].body).toEqual({ code: 'now', environment: 'then' });
  });
});
