import type { WidgetModel } from '@jupyter-widgets/base';
import * as Backbone from 'backbone';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Desk } from '../../../../src/widgets/snapshots/desk';
import { Keeping } from '../../../../src/widgets/snapshots/keeping';
import { FakeSnapshots } from '../../snapshots';

/** A widget as its browser side sees it, whose kernel is the test. */
class Model extends Backbone.Model {
  comm_live = true;
  widget_manager: { kernel: { status: string } | null } = { kernel: { status: 'idle' } };
  saves = 0;
  readonly sent: { put: object; forget: string[]; number: number }[] = [];

  save_changes(): void {
    this.saves++;
  }
  send(content: never): void {
    this.sent.push(content);
  }
  answer(told: object): void {
    this.trigger('msg:custom', told);
  }
}

const asWidget = (model: Model): WidgetModel => model as unknown as WidgetModel;

let slider: Model;
let bar: Model;
let snapshots: FakeSnapshots;
let keeping: Keeping;
let desk: Desk;

beforeEach(() => {
  vi.useFakeTimers();
  slider = new Model({ value: 10 });
  bar = new Model();
  snapshots = new FakeSnapshots();
  const way = new Model({ index: 0, _options_labels: ['Adam', 'SGD'] });
  const dashboard = new Model({
    page: 'train',
    menu: [
      { slug: 'train', built: true },
      { slug: 'later', built: false }
    ],
    saved: {
      'train/Epochs': { model: slider, trait: 'value' },
      'train/Way': { model: way, trait: 'index' }
    },
    snapshot: { page: 'digits' }
  });
  keeping = new Keeping(asWidget(dashboard), snapshots.saver);
  desk = new Desk(asWidget(bar), keeping, snapshots);
});
afterEach(() => {
  keeping.dispose();
  vi.useRealTimers();
});

// proves: saved.named
describe('what is saved', () => {
  it('is what stands in the fields, and what is kept of pages that are still to be made', async () => {
    snapshots.kept = { 'train/Epochs': 1, 'later/Rate': 0.1, '*/page': 'train' };
    expect(await desk.values()).toEqual({
      'train/Epochs': 10, 'train/Way': 'Adam', 'later/Rate': 0.1
    }); // prettier-ignore
  });
});

// proves: saved.load
describe('what is loaded', () => {
  it('is put in by the kernel, which says what did not fit and what waits', async () => {
    const put = desk.put({ 'train/Epochs': 500, 'later/Rate': 0.5 }, ['later/Old']);
    expect(bar.sent).toEqual([
      { put: { 'train/Epochs': 500, 'later/Rate': 0.5 }, forget: ['later/Old'], number: 1 }
    ]);
    const misfits = [{ name: 'train/Epochs', reason: 'why' }];
    bar.answer({ number: 7, misfits: [], waiting: [] });
    bar.answer({ number: 1, misfits, waiting: ['later/Rate'] });
    expect(await put).toEqual({ misfits, waiting: ['later/Rate'] });
    expect(slider.get('value')).toBe(10);
  });

  it('is saved by itself also where its page is still to be made, and is saved with the rest', async () => {
    const put = desk.put({ 'later/Rate': 0.5 }, []);
    bar.answer({ number: 1, waiting: ['later/Rate'] });
    await put;
    expect(snapshots.saver.saved).toEqual([['later/Rate', 0.5]]);
    expect(await desk.values()).toMatchObject({ 'later/Rate': 0.5 });
    const undo = desk.put({}, ['later/Rate']);
    bar.answer({ number: 2 });
    await undo;
    expect(await desk.values()).not.toHaveProperty('later/Rate');
  });

  it.each([
    ['its comm is closed', () => (bar.comm_live = false)],
    ['it is dead', () => (bar.widget_manager.kernel = { status: 'dead' })],
    ['it is started anew', () => (bar.widget_manager.kernel = { status: 'autorestarting' })],
    ['there is none', () => (bar.widget_manager.kernel = null)]
  ])('is put in by the browser where the kernel is gone: %s', async (_, end) => {
    end();
    const values = { 'train/Epochs': 20, 'train/Way': 'None', 'later/Rate': 1, 'gone/A': 1, x: 1 };
    expect(await desk.put(values, [])).toEqual({
      misfits: [
        { name: 'train/Way', reason: 'impossible' },
        { name: 'gone/A', reason: 'not-here' },
        { name: 'x', reason: 'not-here' }
      ],
      waiting: ['later/Rate']
    });
    expect([slider.get('value'), slider.saves, bar.sent]).toEqual([20, 1, []]);
    expect(snapshots.saver.saved).toEqual([
      ['train/Epochs', 20],
      ['later/Rate', 1]
    ]);
  });

  it('is put in by the browser when the kernel goes before it answers', async () => {
    const put = desk.put({ 'train/Epochs': 20 }, []);
    await vi.advanceTimersByTimeAsync(5000);
    expect(slider.get('value')).toBe(10);
    bar.widget_manager.kernel = { status: 'dead' };
    await vi.advanceTimersByTimeAsync(1000);
    expect([await put, slider.get('value')]).toEqual([{ misfits: [], waiting: [] }, 20]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is put in by the browser when nothing can be sent', async () => {
    bar.send = () => {
      throw new Error('Kernel is dead');
    };
    await desk.put({ 'train/Epochs': 20 }, []);
    expect(slider.get('value')).toBe(20);
  });
});
