import { WidgetTracker } from '@jupyterlab/apputils';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepPages, showPage } from '../../../../src/plugins/basics/pages';
import { FakeLab, FakeRestorer } from '../../lab';

class Page extends Widget {
  constructor(id: string) {
    super();
    this.id = id;
  }

  readonly changed = new Signal<this, void>(this);
  zoom = 1;

  override dispose(): void {
    Signal.clearData(this);
    super.dispose();
  }
}

let lab: FakeLab;
let tracker: WidgetTracker<Page>;

beforeEach(() => {
  lab = new FakeLab();
  tracker = new WidgetTracker({ namespace: 'pages' });
});
afterEach(() => {
  tracker.dispose();
  lab.dispose();
});

describe('showPage', () => {
  it('shows a page once, and afterwards brings it to the front', async () => {
    const page = new Page('a');
    await showPage(lab.app, tracker, page, 'Page');
    await showPage(lab.app, tracker, new Page('b'), 'Page');
    await showPage(lab.app, tracker, page, 'Page');
    expect(lab.places.map(({ widget }) => widget.id)).toEqual(['a', 'b']);
    expect(lab.current).toBe(page);
  });

  it('lets a page go that was made while another of its id was made', async () => {
    const [first, second] = [new Page('a'), new Page('a')];
    await showPage(lab.app, tracker, first, 'Page');
    await showPage(lab.app, tracker, second, 'Page');
    expect([first.isDisposed, second.isDisposed]).toEqual([false, true]);
    expect(lab.places).toHaveLength(1);
    expect(lab.current).toBe(first);
  });
});

describe('keepPages', () => {
  const keep = (restorer: FakeRestorer | null) =>
    keepPages(lab.app, tracker, restorer?.asRestorer ?? null, {
      changed: page => page.changed,
      command: 'open',
      name: page => page.id,
      args: ({ id, zoom }) => ({ id, zoom })
    });

  it('remembers a page each time that it says it is left another way', async () => {
    const save = vi.spyOn(tracker, 'save').mockResolvedValue(undefined);
    const restorer = new FakeRestorer();
    keep(restorer);
    const page = new Page('a');
    await showPage(lab.app, tracker, page, 'Page');
    save.mockClear();
    page.zoom = 2;
    page.changed.emit();
    expect(save).toHaveBeenCalledExactlyOnceWith(page);
    expect(restorer.saved(page)).toEqual(['a', { id: 'a', zoom: 2 }]);
    page.dispose();
  });

  it('does without what brings pages back', async () => {
    keep(null);
    const page = new Page('a');
    await showPage(lab.app, tracker, page, 'Page');
    page.changed.emit();
    expect(lab.places).toHaveLength(1);
  });
});
