import type { WidgetModel } from '@jupyter-widgets/base';
import * as Backbone from 'backbone';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IPageSaver, ISnapshots } from '../../../../src/tokens/snapshots';
import { Keeping } from '../../../../src/widgets/snapshots/keeping';
import { FakeSaver } from '../../snapshots';
import { keptValue, putValue } from '../../../../src/widgets/snapshots/values';

/** A widget as its browser side sees it. */
class Model extends Backbone.Model {
  static serializers: Record<string, unknown> = {};
  saves = 0;
  widget_manager = null;

  save_changes(): void {
    this.saves++;
  }
}

/** One whose value is not what JSON has. */
class DateModel extends Model {
  static override serializers = {
    value: {
      serialize: (value: Date | null) => value && { year: value.getFullYear() },
      deserialize: (value: { year: number } | null) => value && new Date(value.year, 0, 1)
    }
  };
}

const asWidget = (model: Model): WidgetModel => model as unknown as WidgetModel;
const field = (model: Model, trait = 'value'): object => ({ model, trait });

let saver: FakeSaver;
let slider: Model;
let dashboard: Model;
let keeping: Keeping;

beforeEach(() => {
  saver = new FakeSaver();
  slider = new Model({ value: 10 });
  dashboard = new Model({
    page: 'train',
    saved: { 'train/Epochs': field(slider) },
    snapshot: { page: 'digits', revision: 3, misfits: [{ name: 'train/Gone', reason: 'why' }] }
  });
  keeping = new Keeping(asWidget(dashboard), saver);
});
afterEach(() => keeping.dispose());

// proves: desk.autosave
describe('what of a dashboard is saved', () => {
  it('is every value that changes, whoever changes it, and not what was there', () => {
    expect(saver.saved).toEqual([]);
    slider.set('value', 20);
    slider.set('description', 'other');
    expect(saver.saved).toEqual([['train/Epochs', 20]]);
  });

  it('is also what comes with a page that is made later, once', () => {
    const text = new Model({ value: '' });
    const both = { 'train/Epochs': field(slider), 'data/Note': field(text) };
    dashboard.set('saved', both);
    dashboard.set('saved', { ...both });
    text.set('value', 'x');
    slider.set('value', 11);
    expect(saver.saved).toEqual([
      ['data/Note', 'x'],
      ['train/Epochs', 11]
    ]);
  });

  it('follows a page that was made anew', () => {
    const again = new Model({ value: 1 });
    dashboard.set('saved', { 'train/Epochs': field(again) });
    slider.set('value', 99);
    again.set('value', 2);
    expect(saver.saved).toEqual([['train/Epochs', 2]]);
  });

  it('is the page, at once when it is turned', () => {
    dashboard.set('page', 'data');
    expect(saver.saved).toEqual([['*/page', 'data']]);
    expect(saver.flushes).toEqual([false]);
  });

  it('is sent when the tab hides or goes', () => {
    const hidden = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    hidden.mockReturnValue('visible');
    document.dispatchEvent(new Event('visibilitychange'));
    window.dispatchEvent(new Event('pagehide'));
    expect(saver.flushes).toEqual([true, true]);
    hidden.mockRestore();
  });

  it('ends with the dashboard', () => {
    keeping.dispose();
    keeping.dispose();
    slider.set('value', 20);
    dashboard.set('page', 'data');
    window.dispatchEvent(new Event('pagehide'));
    expect([saver.saved, saver.flushes, saver.isDisposed]).toEqual([[], [], true]);
  });
});

describe('a dashboard', () => {
  const opened = (facts: object): [Keeping | null, unknown[]] => {
    const calls: unknown[] = [];
    const open = (...asked: unknown[]): IPageSaver => (calls.push(asked), new FakeSaver());
    const model = new Model({ page: '', saved: {}, snapshot: facts });
    const made = Keeping.of(asWidget(model), { open } as unknown as ISnapshots);
    made?.dispose();
    return [made, calls];
  };

  it('keeps its work under the name that its kernel says', () => {
    expect(opened({ page: 'digits', revision: 3 })[1]).toEqual([['digits', 3]]);
    expect(opened({ page: 'digits' })[1]).toEqual([['digits', null]]);
  });

  it('keeps nothing where its author does not want it', () => {
    expect(opened({ page: '' })).toEqual([null, []]);
    expect(opened({})).toEqual([null, []]);
  });

  it('says what did not come back', () => {
    expect(keeping.misfits).toEqual([{ name: 'train/Gone', reason: 'why' }]);
  });
});

// proves: desk.tabs
describe('what another tab saved', () => {
  it('is put into the widgets when the visitor wants it, and their kernel hears of it', async () => {
    saver.others.set('train/Epochs', 33).set('other/Page', 1);
    await keeping.takeOver();
    expect([slider.get('value'), slider.saves, saver.others.size]).toEqual([33, 1, 0]);
  });
});

// proves: desk.fields
describe('a value as JSON', () => {
  const choice = (index: unknown): object =>
    field(new Model({ index, _options_labels: ['Adam', 'SGD', 'LBFGS'] }), 'index');

  it.each([
    [1, 'SGD'],
    [0, 'Adam'],
    [null, null],
    [
      [0, 2],
      ['Adam', 'LBFGS']
    ],
    [[], []]
  ])('of the choice %j is its label', (index, label) => {
    expect(keptValue(choice(index) as never)).toEqual(label);
  });

  it('is what the widget sends to its kernel', () => {
    const date = new DateModel({ value: new Date(2026, 4, 5) });
    expect(keptValue(field(date) as never)).toEqual({ year: 2026 });
  });

  it('that stands in another widget under the same name is no label', () => {
    expect(keptValue(field(new Model({ index: 3 }), 'index') as never)).toBe(3);
  });

  it.each([
    ['SGD', 1],
    [null, null],
    [
      ['LBFGS', 'Adam'],
      [2, 0]
    ]
  ])('comes back by its label %j', async (label, place) => {
    const put = choice(0) as { model: Model };
    expect(await putValue(put as never, label)).toBe(true);
    expect(put.model.get('index')).toEqual(place);
  });

  it('does not come back where the option is gone', async () => {
    const put = choice(0) as { model: Model };
    expect(await putValue(put as never, 'RMSprop')).toBe(false);
    expect(await putValue(put as never, ['Adam', 'RMSprop'])).toBe(false);
    expect([put.model.get('index'), put.model.saves]).toEqual([0, 0]);
  });

  it('comes back as what the widget holds', async () => {
    const date = new DateModel({ value: null });
    expect(await putValue(field(date) as never, { year: 2020 })).toBe(true);
    expect((date.get('value') as Date).getFullYear()).toBe(2020);
  });
});
