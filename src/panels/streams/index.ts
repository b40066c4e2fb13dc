import { MainAreaWidget } from '@jupyterlab/apputils';
import type { ITranslator } from '@jupyterlab/translation';
import React from 'react';
import { crispdmIcon } from '../../icons';
import { View } from '../basics/section';
import type { StreamPageModel } from './model';
import { StreamPageBody } from './pagebody';

/** The page of one stream in the main area. */
export class StreamPage extends MainAreaWidget<View> {
  constructor(
    readonly model: StreamPageModel,
    translator: ITranslator
  ) {
    super({
      content: new View(translator, () => React.createElement(StreamPageBody, { model })),
      translator
    });
    this.id = `jupyter-crispdm:stream:${model.id}`;
    this.title.icon = crispdmIcon;
    this.title.closable = true;
    this.toolbar.hide();
    model.monitor.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.model.monitor.changed.disconnect(this._onChanged, this);
      this.model.dispose();
      super.dispose();
    }
  }

  private _onChanged(): void {
    const name = this.model.monitor.stream?.name ?? this.model.id;
    this.title.label = name;
    this.title.caption = name;
  }
}
