import type { ISerializers } from '@jupyter-widgets/base';
import { DOMWidgetModel, unpack_models } from '@jupyter-widgets/base';
import React from 'react';
import { useTrans } from '../../components/basics/context';
import { WorkBar } from '../../components/snapshots/bar';
import { SaveStatus } from '../../components/snapshots/status';
import { ISnapshots } from '../../tokens/snapshots';
import { CrispdmModel, page, ReactView } from '../basics/react';
import { Desk } from './desk';
import { Keeping } from './keeping';
import { Shelf } from './shelf';

/** A bar of saved work: of a dashboard, or of widgets that it keeps by itself. */
export class SnapshotBarModel extends CrispdmModel {
  static override serializers: ISerializers = {
    ...DOMWidgetModel.serializers,
    saved: { deserialize: unpack_models }
  };

  override defaults(): Backbone.ObjectHash {
    return {
      ...super.defaults(),
      _model_name: 'SnapshotBarModel',
      _view_name: 'SnapshotBarView',
      dashboard: '',
      saved: {},
      snapshot: {}
    };
  }

  override initialize(
    attributes: Backbone.ObjectHash,
    options: Parameters<CrispdmModel['initialize']>[1]
  ): void {
    super.initialize(attributes, options);
    const isOwn = page.workbench && !this.get('dashboard');
    this.own = isOwn ? Keeping.of(this, page.workbench!.get(ISnapshots)) : null;
  }

  override close(isGone?: boolean): Promise<void> {
    this.own?.dispose();
    return super.close(isGone);
  }

  /** What keeps the bar's own widgets; null where it is of a dashboard. */
  declare own: Keeping | null; // a value here would be set after `initialize`

  /** What keeps the work that the bar shows; null where nothing is kept. */
  async keeping(): Promise<Keeping | null> {
    const dashboard = this.get('dashboard') as string;
    if (!dashboard) {
      return this.own;
    }
    const found = (await this.widget_manager.get_model(dashboard)) as { keeping?: Keeping | null };
    return found.keeping ?? null;
  }
}

/** The bar, once it is known what keeps the work. */
export class SnapshotBarView extends ReactView {
  declare model: SnapshotBarModel;

  override render(): void {
    super.render();
    void this._open();
  }

  override remove(): unknown {
    this._isRemoved = true;
    this._shelf?.dispose();
    return super.remove();
  }

  protected body(): React.ReactElement {
    const { own } = this.model;
    return (
      <>
        {own && (
          <SaveStatus
            saver={own.saver}
            misfits={own.misfits}
            onTakeOver={() => void own.takeOver()}
          />
        )}
        {this._shelf ? <WorkBar shelf={this._shelf} /> : this._isAsked && <NothingKept />}
      </>
    );
  }

  private async _open(): Promise<void> {
    const keeping = await this.model.keeping().catch(() => null);
    if (this._isRemoved || !page.workbench) {
      return;
    }
    this._isAsked = true;
    if (keeping) {
      const snapshots = page.workbench.get(ISnapshots);
      this._shelf = new Shelf(keeping.page, snapshots, new Desk(this.model, keeping, snapshots));
      this._shelf.refresh();
    }
    this.draw();
  }

  private _shelf: Shelf | null = null;
  private _isAsked = false;
  private _isRemoved = false;
}

function NothingKept(): React.JSX.Element {
  const trans = useTrans();
  return <p className="crispdm-Waiting">{trans.__('Nothing of this page is kept.')}</p>;
}
