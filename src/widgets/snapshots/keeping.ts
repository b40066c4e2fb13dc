import type { WidgetModel } from '@jupyter-widgets/base';
import type { IDisposable } from '@lumino/disposable';
import type { IMisfit } from '../../components/snapshots/shelf';
import type { IPageSaver, ISnapshots } from '../../tokens/snapshots';
import type { IKeptTrait } from './values';
import { keptValue, putValue } from './values';

/** The field of which page is shown; what the Python side of a dashboard calls it. */
export const PAGE_FIELD = '*/page';

/** Where a dashboard's work is kept, as its Python side says. */
interface ISnapshotFacts {
  readonly page?: string;
  readonly revision?: number | null;
  readonly misfits?: readonly IMisfit[];
}

/** Saves the widgets of a dashboard as they change, in the browser: so it goes on when their kernel has died. */
export class Keeping implements IDisposable {
  /** All that is kept on this page now. */
  static readonly all: ReadonlySet<Keeping> = new Set<Keeping>();

  /** The keeping of a dashboard; null where nothing is kept. */
  static of(dashboard: WidgetModel, snapshots: ISnapshots): Keeping | null {
    const { page, revision } = dashboard.get('snapshot') as ISnapshotFacts;
    return page ? new Keeping(dashboard, snapshots.open(page, revision ?? null)) : null;
  }

  constructor(
    private readonly _dashboard: WidgetModel,
    readonly saver: IPageSaver
  ) {
    const { signal } = this._stop;
    _dashboard.on('change:saved', this._bind, this);
    _dashboard.on('change:page', this._savePage, this);
    document.addEventListener('visibilitychange', () => this._leave(), { signal });
    window.addEventListener('pagehide', () => this.saver.flush(true), { signal });
    this._bind();
    (Keeping.all as Set<Keeping>).add(this);
  }

  get isDisposed(): boolean {
    return this._stop.signal.aborted;
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._stop.abort();
      (Keeping.all as Set<Keeping>).delete(this);
      this._dashboard.off('change:saved', this._bind, this);
      this._dashboard.off('change:page', this._savePage, this);
      this._bound.forEach(({ model }) => model.off(undefined, undefined, this));
      this._bound.clear();
      this.saver.dispose();
    }
  }

  /** Under which name the work is kept. */
  get page(): string {
    return (this._dashboard.get('snapshot') as ISnapshotFacts).page ?? '';
  }

  /** The fields of the pages that were made. */
  get fields(): ReadonlyMap<string, IKeptTrait> {
    return this._bound;
  }

  /** Whether the page of a field is in the menu and was not made yet. */
  waits(field: string): boolean {
    const menu = (this._dashboard.get('menu') ?? []) as readonly { slug: string; built: boolean }[];
    const slug = field.slice(0, Math.max(0, field.indexOf('/')));
    return menu.some(page => page.slug === slug && !page.built);
  }

  /** What did not come back. */
  get misfits(): readonly IMisfit[] {
    return (this._dashboard.get('snapshot') as ISnapshotFacts).misfits ?? [];
  }

  /** Put what another tab saved into the widgets of this one. */
  async takeOver(): Promise<void> {
    const others = new Map(this.saver.others);
    this.saver.dismissOthers();
    for (const [name, value] of others) {
      const field = this._bound.get(name);
      if (field) {
        await putValue(field, value);
      }
    }
  }

  /** Listen to what is kept and was not yet; a page that is made brings more of it. */
  private _bind(): void {
    const fields = this._dashboard.get('saved') as Readonly<Record<string, IKeptTrait>>;
    for (const [name, field] of Object.entries(fields)) {
      const known = this._bound.get(name);
      if (known?.model !== field.model) {
        known?.model.off(undefined, undefined, this);
        this._bound.set(name, field);
        field.model.on(
          `change:${field.trait}`,
          () => this.saver.change(name, keptValue(field)),
          this
        );
      }
    }
  }

  private _savePage(): void {
    this.saver.change(PAGE_FIELD, this._dashboard.get('page'));
    this.saver.flush();
  }

  private _leave(): void {
    if (document.visibilityState === 'hidden') {
      this.saver.flush(true);
    }
  }

  private readonly _stop = new AbortController();
  private readonly _bound = new Map<string, IKeptTrait>();
}
