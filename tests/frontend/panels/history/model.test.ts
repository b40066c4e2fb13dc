import { beforeEach, describe, expect, it } from 'vitest';
import { LayoutsModel } from '../../../../src/panels/history/layouts';
import { VersionsModel } from '../../../../src/panels/history/model';
import type { Comparison } from '../../../../src/tokens/history';
import { aLayout, aVersion, FakeHistory } from '../../managers/history/fakes';

let history: FakeHistory;
let model: VersionsModel;
/** What was restored, and whether the user changed their mind. */
let restored: [number, boolean][];
let isSure: boolean;

beforeEach(() => {
  history = new FakeHistory();
  history.kept = [aVersion({ id: 3 }), aVersion({ id: 2 }), aVersion({ id: 1 })];
  [restored, isSure] = [[], true];
  model = new VersionsModel({
    history,
    path: 'study/train.py',
    file: () => Promise.resolve(null),
    restore: (version, isUndo) => {
      restored.push([version.id, isUndo]);
      if (!isSure) {
        return Promise.resolve(undefined);
      }
      const made = aVersion({ id: 10 + restored.length });
      history.kept = [made, ...history.kept];
      return Promise.resolve(made);
    }
  });
});

const compared = () => history.asked.filter(([name]) => name === 'compare').map(([, id]) => id);

// proves: history.view
describe('the versions of a file', () => {
  it('begin with the one before the newest, which is what the file is', async () => {
    await model.load();
    expect(model.versions).toHaveLength(3);
    expect(model.selected?.id).toBe(2);
    expect(compared()).toEqual([2]);
    expect(model.comparison).toEqual({ kind: 'same' });
  });

  it('begin with the only one', async () => {
    history.kept = [aVersion({ id: 5 })];
    await model.load();
    expect(model.selected?.id).toBe(5);
  });

  it('can be none', async () => {
    history.kept = [];
    await model.load();
    expect([model.versions, model.selected, model.comparison]).toEqual([[], null, null]);
    await model.restore();
    expect(restored).toEqual([]);
  });

  it('keep what is selected when they are asked for again, unless it is gone', async () => {
    await model.load();
    model.select(1);
    await model.load();
    expect(model.selected?.id).toBe(1);
    history.kept = [aVersion({ id: 4 }), aVersion({ id: 3 })];
    await model.load();
    expect(model.selected?.id).toBe(3);
  });

  it('say why they do not come, and come later', async () => {
    history.failure = new Error('No answer.');
    await model.load();
    expect([model.versions, model.error]).toEqual([null, 'No answer.']);
    history.failure = null;
    await model.load();
    expect([model.versions?.length, model.error]).toEqual([3, '']);
  });

  it('show the difference of the one chosen last, in whatever order the answers come', async () => {
    await model.load();
    const slow: { done?: (comparison: Comparison) => void } = {};
    history.comparison = new Promise(done => (slow.done = done));
    model.select(1);
    expect(model.comparison).toBeNull();
    history.comparison = { kind: 'binary' };
    model.select(3);
    await settled();
    slow.done?.({ kind: 'gone' });
    await settled();
    expect(model.comparison).toEqual({ kind: 'binary' });
  });

  it('say why they cannot be compared', async () => {
    await model.load();
    history.failure = new Error('It is gone.');
    model.select(1);
    await settled();
    expect([model.comparison, model.comparisonError]).toEqual([null, 'It is gone.']);
  });

  it('tell nobody after they are closed', async () => {
    let told = 0;
    model.changed.connect(() => (told += 1));
    model.dispose();
    await model.load();
    expect(told).toBe(0);
  });
});

// proves: history.view
describe('restoring', () => {
  it('brings the chosen one back, and offers what was there before', async () => {
    await model.load();
    await model.restore();
    expect(restored).toEqual([[2, false]]);
    expect([model.restored?.id, model.canUndo, model.isBusy]).toEqual([2, true, false]);
    await model.undo();
    expect(restored[1]).toEqual([3, true]);
    expect(model.canUndo).toBe(false);
  });

  it('changes nothing when the user is not sure', async () => {
    isSure = false;
    await model.load();
    await model.restore();
    expect([model.restored, model.canUndo, model.isBusy]).toEqual([null, false, false]);
    await model.undo();
    expect(restored).toHaveLength(1);
  });

  it('is not done twice at once', async () => {
    await model.load();
    await Promise.all([model.restore(), model.restore()]);
    expect(restored).toHaveLength(1);
  });
});

describe('layouts', () => {
  it('begin with the one before the newest, which is what Lab looks like', async () => {
    const layouts = new LayoutsModel(history);
    history.keptLayouts = [aLayout({ id: 9 }), aLayout({ id: 8 }), aLayout({ id: 7 })];
    await layouts.load();
    expect(layouts.selected).toBe(8);
    layouts.select(7);
    expect((await layouts.submit())?.id).toBe(7);
  });

  it('restore nothing when there is none, or when it cannot be prepared', async () => {
    const none = new LayoutsModel(history);
    await none.load();
    expect(await none.submit()).toBeNull();
    history.keptLayouts = [aLayout({ id: 9 })];
    const unready = new LayoutsModel(history, () => Promise.reject(new Error('Not saved.')));
    await unready.load();
    expect(await unready.submit()).toBeNull();
    expect(unready.error).toBe('Not saved.');
    expect(history.asked.some(([name]) => name === 'restoreLayout')).toBe(false);
  });

  it('say why they do not come, or do not come back', async () => {
    const layouts = new LayoutsModel(history);
    history.keptLayouts = [aLayout({ id: 9 })];
    await layouts.load();
    history.failure = new Error('It is gone.');
    expect(await layouts.submit()).toBeNull();
    expect(layouts.error).toBe('It is gone.');
    expect(layouts.layouts).toHaveLength(1);
  });
});

const settled = () => new Promise(done => setTimeout(done));
