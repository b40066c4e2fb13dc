import { describe, expect, it, vi } from 'vitest';
import { NOTHING } from '../../../../src/components/basics/selection';
import { RunsPageModel } from '../../../../src/panels/runs/model';
import { aRun } from '../../components/runs/fakes';
import { ids, madeBeforeEach, model, runs, settled } from './made';

madeBeforeEach();

describe('RunsPageModel', () => {
  it('asks when it is shown, and again a while after news', async () => {
    expect(runs.queries).toEqual([]);
    const follower = model.show();
    await settled();
    expect(ids()).toBe('abc');
    runs.told.emit({ run: aRun({ id: 'a', name: 'better' }) });
    expect(model.list[0].name).toBe('better');
    runs.told.emit({ deleted: 'b' });
    expect(ids()).toBe('ac');
    expect(runs.queries).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(5000);
    expect(runs.queries).toHaveLength(2);
    expect(ids()).toBe('abc');
    follower.dispose();
    runs.told.emit({ deleted: 'b' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(runs.queries).toHaveLength(2);
    expect(runs.shown.shown).toEqual([]);
  });

  it('asks soon for a run that it does not know', async () => {
    model.show();
    await settled();
    runs.told.emit({ run: aRun({ id: 'new' }) });
    await settled();
    expect(runs.queries).toHaveLength(2);
  });

  it('asks once for what is typed, and at once for another order', async () => {
    model.setView({ filter: 'l' });
    model.setView({ filter: 'loss' });
    await settled();
    expect(runs.queries.map(({ filter }) => filter)).toEqual(['loss']);
    model.setView({ sort: 'name' });
    await vi.advanceTimersByTimeAsync(0);
    expect(runs.queries.at(-1)).toEqual({ filter: 'loss', sort: 'name', limit: 1000 });
    model.setView({ columns: ['state'] });
    await settled();
    expect(runs.queries).toHaveLength(2);
  });

  it('keeps what it has where a condition is refused', async () => {
    model.show();
    await settled();
    runs.failure = new Error('at letter 3 there should be a value');
    model.setView({ filter: 'lr=' });
    await settled();
    expect([ids(), model.trouble, model.error]).toEqual([
      'abc',
      'at letter 3 there should be a value',
      ''
    ]);
  });

  it('says why there is nothing at all', async () => {
    runs.failure = new Error('You may not.');
    model.show();
    await settled();
    expect([model.isReady, model.error, model.trouble]).toEqual([false, 'You may not.', '']);
  });

  it('loads more until all are there', async () => {
    runs.total = 2500;
    model.show();
    await settled();
    expect(model.hasMore).toBe(true);
    model.more();
    await settled();
    expect(runs.queries.at(-1)?.limit).toBe(2000);
  });

  it('comes back with what was chosen', () => {
    const views: unknown[] = [];
    model.viewChanged.connect((_, view) => views.push(view), views);
    model.selection = { ...NOTHING, marked: new Set(['b']) };
    const again = new RunsPageModel(model.workbench, views[0] as object);
    expect([...again.selection.marked]).toEqual(['b']);
    again.setView({ chosen: ['a'] });
    expect([...again.selection.marked]).toEqual(['a']);
    again.dispose();
  });
});
