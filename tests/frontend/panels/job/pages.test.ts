import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import { describe, expect, it } from 'vitest';
import type { JobPage } from '../../../../src/panels/job';
import { JobPageModel } from '../../../../src/panels/job/model';
import type { IOpenOptions } from '../../../../src/panels/job/pages';
import { JobPages } from '../../../../src/panels/job/pages';
import { FakeJobs, aJob, fakeWorkbench } from '../../support';

/** A page without its views. */
class FakePage {
  constructor(readonly model: JobPageModel) {
    this.id = `page ${model.id}`;
  }
  readonly id: string;
  isAttached = false;
  isDisposed = false;
  dispose(): void {
    this.isDisposed = true;
    this.model.dispose();
  }
}

/** A shell, a tracker, and pages that are made as slowly as the test lets them. */
class Bench {
  made: string[] = [];
  places: unknown[] = [];
  front = '';
  wait: Promise<void> = Promise.resolve();
  private readonly _pages: FakePage[] = [];

  readonly shell = {
    add: (page: FakePage, _area: string, options: { ref?: string }) => {
      page.isAttached = true;
      this.places.push(options.ref);
    },
    activateById: (id: string) => {
      this.front = id;
    }
  } as unknown as JupyterFrontEnd.IShell;

  readonly tracker = {
    find: (test: (page: FakePage) => boolean) => this._open.find(test),
    add: (page: FakePage) => Promise.resolve(void this._pages.push(page))
  } as unknown as WidgetTracker<JobPage>;

  readonly pages = new JobPages(this.shell, this.tracker, (id, options) => this._make(id, options));

  open(id: string, isPreview: boolean, view = {}): Promise<void> {
    return this.pages.open(id, { view, isPreview });
  }

  /** The jobs that have a page, those in preview with a question mark. */
  get shown(): string[] {
    return this._open.map(({ model }) => model.id + (model.isPreview ? '?' : ''));
  }

  view(id: string): JobPageModel['view'] | undefined {
    return this._open.find(page => page.model.id === id)?.model.view;
  }

  setTab(id: string): void {
    this._open.find(page => page.model.id === id)?.model.setView({ tab: 'log' });
  }

  private get _open(): FakePage[] {
    return this._pages.filter(page => !page.isDisposed);
  }

  private async _make(id: string, { view, isPreview }: IOpenOptions): Promise<JobPage> {
    this.made.push(id);
    await this.wait;
    const jobs = new FakeJobs();
    jobs.list = [aJob({ id })];
    const model = new JobPageModel(fakeWorkbench(jobs).workbench, id, view, isPreview);
    return new FakePage(model) as unknown as JobPage;
  }
}

describe('JobPages', () => {
  it('has one preview, in whose place the next one comes, on the same tab', async () => {
    const bench = new Bench();
    await bench.open('a', true);
    bench.setTab('a');
    await bench.open('b', true);
    expect(bench.shown).toEqual(['b?']);
    expect(bench.places).toEqual([undefined, 'page a']);
    expect(bench.front).toBe('page b');
    expect(bench.view('b')?.tab).toBe('log');
  });

  it('leaves pages alone that were opened to stay', async () => {
    const bench = new Bench();
    await bench.open('a', false);
    await bench.open('b', true);
    await bench.open('c', true);
    expect(bench.shown).toEqual(['a', 'c?']);
    await bench.open('a', true);
    expect(bench.shown).toEqual(['a', 'c?']);
    expect(bench.front).toBe('page a');
  });

  it('keeps a preview that is opened again to stay, or whose tab is clicked twice', async () => {
    const bench = new Bench();
    await bench.open('a', true);
    await bench.open('a', false);
    await bench.open('b', true);
    bench.pages.keep('b');
    bench.pages.keep('nobody');
    await bench.open('c', true);
    expect(bench.shown).toEqual(['a', 'b', 'c?']);
  });

  it('makes one page for the two clicks and the double click that a double click is', async () => {
    const bench = new Bench();
    await Promise.all([bench.open('a', true), bench.open('a', true), bench.open('a', false)]);
    expect(bench.made).toEqual(['a']);
    expect(bench.shown).toEqual(['a']);
  });

  it('shows the last of twenty jobs that were looked at while their pages load', async () => {
    const bench = new Bench();
    let finish = (): void => undefined;
    bench.wait = new Promise(resolve => (finish = resolve));
    const asked = Array.from({ length: 20 }, (_, number) => bench.open(`j${number % 7}`, true));
    finish();
    await Promise.all(asked);
    expect(bench.shown).toEqual(['j5?']);
    expect(bench.front).toBe('page j5');
  });
});
