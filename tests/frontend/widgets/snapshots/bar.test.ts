import type { IWidgetManager, WidgetModel } from '@jupyter-widgets/base';
import { Widget } from '@lumino/widgets';
import { act, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ISnapshots } from '../../../../src/tokens/snapshots';
import { page } from '../../../../src/widgets/basics/react';
import { SnapshotBarModel, SnapshotBarView } from '../../../../src/widgets/snapshots';
import { Keeping } from '../../../../src/widgets/snapshots/keeping';
import { FakeSnapshots } from '../../snapshots';
import { FakeJobs, fakeWorkbench, giveSize } from '../../support';

let snapshots: FakeSnapshots;
let views: SnapshotBarView[];

beforeEach(() => {
  giveSize(400);
  const { workbench, share } = fakeWorkbench(new FakeJobs());
  snapshots = new FakeSnapshots();
  share(ISnapshots, snapshots);
  page.workbench = workbench;
  views = [];
});
afterEach(() => {
  act(() => views.forEach(view => void view.remove()));
  document.body.innerHTML = '';
});

async function show(values: object, models: Record<string, object> = {}) {
  const manager = {
    inline_sanitize: (text: string) => text,
    get_model: (id: string) =>
      id in models ? Promise.resolve(models[id]) : Promise.reject(new Error('gone'))
  } as unknown as IWidgetManager;
  const model = new SnapshotBarModel(values, { model_id: 'm1', widget_manager: manager });
  const view = new SnapshotBarView({ model, options: {} });
  views.push(view);
  await act(async () => {
    view.render();
    Widget.attach(view.luminoWidget, document.body);
    await new Promise(done => setTimeout(done, 0));
  });
  return { model, view };
}

function keepingOf(name: string): Keeping {
  const facts: Record<string, unknown> = { page: 'a', saved: {}, snapshot: { page: name } };
  const dashboard = { get: (what: string) => facts[what], on: () => 0, off: () => 0 };
  return new Keeping(dashboard as unknown as WidgetModel, snapshots.saver);
}

// proves: saved.table
describe('a bar of saved work', () => {
  it('shows the work of its dashboard', async () => {
    const keeping = keepingOf('digits');
    snapshots.add('lunch');
    await show({ dashboard: 'd1' }, { d1: { keeping } });
    expect(screen.getByText('lunch')).toBeTruthy();
    expect(snapshots.asked).toEqual([]);
    keeping.dispose();
  });

  it.each([
    [{ dashboard: 'd1' }, { d1: { keeping: null } }],
    [{ dashboard: 'd1' }, {}],
    [{}, {}]
  ])('says so where nothing is kept: %j %j', async (values, models) => {
    await show(values, models);
    expect(screen.getByText('Nothing of this page is kept.')).toBeTruthy();
  });

  it('is taken away before it was known whose work it shows', async () => {
    const { view } = await show({ dashboard: 'd1' });
    act(() => void view.remove());
    views = [];
    expect(screen.queryByRole('grid')).toBeNull();
  });
});

// proves: saved.own-widgets
describe('a bar of widgets', () => {
  it('saves them by itself, and says how that stands', async () => {
    const { model } = await show({ snapshot: { page: 'tuning', revision: 4 } });
    expect(snapshots.asked).toEqual([['open', 'tuning', 4]]);
    expect(screen.getAllByRole('status')[0].textContent).toBe('Saved');
    expect(screen.getByText('Nothing is saved under a name yet.')).toBeTruthy();
    await act(() => model.close(true));
    expect(snapshots.saver.isDisposed).toBe(true);
  });
});
