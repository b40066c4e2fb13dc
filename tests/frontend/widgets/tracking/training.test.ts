import type { DOMWidgetView, IWidgetManager, WidgetModel } from '@jupyter-widgets/base';
import { Signal } from '@lumino/signaling';
import { Panel, Widget } from '@lumino/widgets';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JobCurves } from '../../../../src/widgets/tracking/jobcurves';
import type { IMetrics, ISeries } from '../../../../src/tokens/metrics';
import { FakeShown, aCurve, trans } from '../../support';
import type { IFollower } from '../../../../src/api';

/** The curves of one job, told by the test. */
class FakeMetrics implements IMetrics {
  readonly changed = new Signal<this, void>(this);
  readonly series = new Map<string, ISeries>();
  readonly views = new FakeShown();
  shape = 0;
  show(period?: number | null): IFollower {
    return this.views.show(period);
  }
  closer = () => Promise.resolve(new Map<string, ISeries>());
  whole = () => Promise.resolve(this.series);
  isReady = false;
  isEnded = false;
  trouble = '';
  error = '';
  isDisposed = false;
  dispose(): void {
    this.isDisposed = true;
  }
  tell(...names: string[]): void {
    names.forEach(name => this.series.set(name, aCurve([this.first])));
    this.isReady = true;
    this.changed.emit();
  }
  constructor(readonly first = 1) {}
}

/** Makes figures as slowly as the test lets it. */
class FakeBqplot {
  open = new Set<object>();
  waiting: (() => void)[] = [];
  isSlow = false;

  readonly manager = {
    new_model: (_options: object, values: Record<string, unknown>) => {
      const model = {
        values,
        set: (change: object) => Object.assign(values, change),
        close: () => Promise.resolve(this.open.delete(model))
      };
      this.open.add(model);
      return Promise.resolve(model as unknown as WidgetModel);
    }
  } as unknown as IWidgetManager;

  readonly viewOf = async (): Promise<DOMWidgetView> => {
    if (this.isSlow) {
      await new Promise<void>(resolve => this.waiting.push(resolve));
    }
    const luminoWidget = new Widget();
    return { luminoWidget, remove: () => luminoWidget.dispose() } as unknown as DOMWidgetView;
  };

  finish(): void {
    this.waiting.splice(0).forEach(resolve => resolve());
  }
}

const frames = async (): Promise<void> => {
  for (let count = 0; count < 4; count++) {
    await new Promise(resolve => requestAnimationFrame(resolve));
    await new Promise(resolve => setTimeout(resolve, 0));
  }
};

let page: Panel;
let bqplot: FakeBqplot;

function show(metrics: FakeMetrics, wanted: readonly string[] = []): JobCurves {
  const { manager, viewOf } = bqplot;
  const options = { manager, viewOf, versions: {}, wanted, height: 100, trans };
  const lease = { model: metrics, isDisposed: false, dispose: () => metrics.dispose() };
  const made = new JobCurves([{ label: '', handle: lease }], options);
  page.addWidget(made);
  return made;
}

const titles = (): (string | null)[] =>
  [...page.node.querySelectorAll('[role=figure]')].map(node => node.getAttribute('aria-label'));
const legend = (): (string | null)[] =>
  [...page.node.querySelectorAll('.crispdm-Legend-entry')].map(node => node.textContent);
const note = (): string | null => page.node.querySelector('[role=status]')!.textContent;

beforeEach(() => {
  bqplot = new FakeBqplot();
  page = new Panel();
  Widget.attach(page, document.body);
});
afterEach(() => page.dispose());

describe('JobCurves', () => {
  // proves: widgets.training-plot
  it('shows a figure for each group, with the newest values in a legend beside it', async () => {
    const metrics = new FakeMetrics(0.25);
    show(metrics);
    metrics.tell('train/loss', 'val/loss', 'accuracy');
    await frames();
    expect(titles()).toEqual(['loss', 'accuracy']);
    expect(legend()).toEqual(['train/loss0.25', 'val/loss0.25', 'accuracy0.25']);
    expect(page.node.querySelector('.crispdm-Legend-name')?.getAttribute('title')).toBe(
      'train/loss'
    );
    expect(note()).toBe('');
  });

  it('leaves nothing behind when it goes, not even while its figures are made', async () => {
    const metrics = new FakeMetrics();
    const first = show(metrics);
    metrics.tell('a');
    await frames();
    first.dispose();
    expect(bqplot.open.size).toBe(0);
    expect(metrics.isDisposed).toBe(true);

    bqplot.isSlow = true;
    const again = new FakeMetrics();
    const second = show(again);
    again.tell('a');
    await frames();
    second.dispose();
    bqplot.finish();
    await frames();
    expect(titles()).toEqual([]);
    expect(bqplot.open.size).toBe(0);
  });

  // proves: widgets.change-job
  it('shows the last of twenty jobs that were chosen quickly, and that one only', async () => {
    bqplot.isSlow = true;
    let shown: JobCurves | null = null;
    for (let number = 0; number < 20; number++) {
      shown?.dispose();
      const metrics = new FakeMetrics(number);
      shown = show(metrics);
      metrics.tell('loss');
      await frames();
    }
    bqplot.isSlow = false;
    bqplot.finish();
    await frames();
    expect(titles()).toEqual(['loss']);
    expect(legend()).toEqual(['loss19']);
  });

  it('makes other figures when other metrics come meanwhile, and no figure twice', async () => {
    bqplot.isSlow = true;
    const metrics = new FakeMetrics();
    show(metrics);
    metrics.tell('a');
    await frames();
    metrics.tell('b');
    await frames();
    bqplot.isSlow = false;
    bqplot.finish();
    await frames();
    expect(titles()).toEqual(['a', 'b']);
  });

  it('makes no figure where the page was hidden meanwhile, and makes it once it is seen', async () => {
    const tells: ((entries: { isIntersecting: boolean }[]) => void)[] = [];
    class Observer {
      constructor(tell: (entries: { isIntersecting: boolean }[]) => void) {
        tells.push(tell);
      }
      observe(): void {}
      disconnect(): void {}
    }
    const before = window.IntersectionObserver;
    vi.stubGlobal('IntersectionObserver', Observer);
    const metrics = new FakeMetrics();
    bqplot.isSlow = true;
    show(metrics);
    vi.stubGlobal('IntersectionObserver', before);
    metrics.tell('loss');
    await frames();
    tells[0]([{ isIntersecting: false }]);
    bqplot.finish();
    await frames();
    expect([titles(), bqplot.open.size]).toEqual([[], 0]);
    bqplot.isSlow = false;
    tells[0]([{ isIntersecting: true }]);
    await frames();
    expect(titles()).toEqual(['loss']);
  });

  it('shows only what is wanted', async () => {
    const metrics = new FakeMetrics();
    show(metrics, ['val/*']);
    metrics.tell('train/loss');
    await frames();
    expect(note()).toBe('The job logged none of the metrics that are shown here.');
    metrics.tell('val/loss');
    await frames();
    expect(titles()).toEqual(['loss']);
    expect(note()).toBe('');
  });

  it('tells loading, emptiness, the end and an error in words', async () => {
    const metrics = new FakeMetrics();
    show(metrics);
    expect(note()).toBe('Loading…');
    metrics.tell();
    await frames();
    expect(note()).toMatch(/No metrics yet/);
    metrics.isEnded = true;
    metrics.tell();
    await frames();
    expect(note()).toBe('This job logged no metrics.');
    metrics.error = 'There is no such job.';
    metrics.changed.emit();
    await frames();
    expect(note()).toBe('There is no such job.');
  });

  it('says why figures cannot be made', async () => {
    bqplot.viewOf.toString();
    const failing = { ...bqplot, viewOf: () => Promise.reject(new Error('bqplot is not there')) };
    const metrics = new FakeMetrics();
    const lease = { model: metrics, isDisposed: false, dispose: () => undefined };
    const { manager } = bqplot;
    const options = { manager, viewOf: failing.viewOf, versions: {}, wanted: [], height: 1, trans };
    page.addWidget(new JobCurves([{ label: '', handle: lease }], options));
    metrics.tell('a');
    await frames();
    expect(note()).toBe('bqplot is not there');
    expect(bqplot.open.size).toBe(0);
  });
});
