import type { ISerializers, WidgetModel } from '@jupyter-widgets/base';
import { DOMWidgetModel, unpack_models } from '@jupyter-widgets/base';
import type { IEntry, IVisitor } from '../../components/desk/entry';
import { own } from '../../api/own';
import { ISnapshots } from '../../tokens/snapshots';
import { CrispdmModel, page } from '../basics/react';
import { Keeping } from '../snapshots/keeping';

/** A dashboard: what its Python side tells. Only `page` is set from here. */
export class DashboardModel extends CrispdmModel {
  static override serializers: ISerializers = {
    ...DOMWidgetModel.serializers,
    children_by_page: { deserialize: unpack_models },
    saved: { deserialize: unpack_models }
  };

  override defaults(): Backbone.ObjectHash {
    return {
      ...super.defaults(),
      _model_name: 'DashboardModel',
      _view_name: 'DashboardView',
      title: '',
      page: '',
      menu: [],
      children_by_page: {},
      visitor: {},
      saved: {},
      snapshot: {},
      extras: [],
      height: 640
    };
  }

  override initialize(
    attributes: Backbone.ObjectHash,
    options: Parameters<CrispdmModel['initialize']>[1]
  ): void {
    super.initialize(attributes, options);
    this.keeping = page.workbench && Keeping.of(this, page.workbench.get(ISnapshots));
  }

  override close(isGone?: boolean): Promise<void> {
    this.keeping?.dispose();
    return super.close(isGone);
  }

  /** What saves the visitor's work; null where nothing is kept. Declared only: a field would undo `initialize`. */
  declare keeping: Keeping | null;

  get page(): string {
    return this.get('page') as string;
  }

  get entries(): readonly IEntry[] {
    return this.get('menu') as IEntry[];
  }

  get visitor(): IVisitor {
    return { name: '', role: '', ...(this.get('visitor') as Partial<IVisitor>) };
  }

  get extras(): readonly string[] {
    return this.get('extras') as string[];
  }

  /** The entry of a page that the visitor may open. */
  entry(slug: string): IEntry | undefined {
    return this.entries.find(entry => entry.slug === slug);
  }

  /** The widgets of a page; undefined until they were made. */
  content(slug: string): WidgetModel | undefined {
    return own(this.get('children_by_page') as Record<string, WidgetModel>, slug);
  }

  /** Show a page. The kernel hears of it, and makes the page where it was not made yet. */
  go(slug: string): void {
    if (slug !== this.page && this.entry(slug)) {
      this.set({ page: slug });
      this.save_changes();
    }
  }

  /** Have a page made once more. */
  build(slug: string): void {
    this.send({ build: slug }, undefined, undefined);
  }
}
