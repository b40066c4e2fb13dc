import { MainAreaWidget } from '@jupyterlab/apputils';
import type { ITranslator } from '@jupyterlab/translation';
import React from 'react';
import { DOMAIN } from '../../components/basics/context';
import { crispdmIcon } from '../../icons';
import { View } from '../basics/section';
import { VersionsBody } from './body';
import type { VersionsModel } from './model';

/** The kept versions of one file in the main area. */
export class VersionsPage extends MainAreaWidget<View> {
  constructor(model: VersionsModel, translator: ITranslator) {
    const trans = translator.load(DOMAIN);
    super({
      content: new View(translator, () => React.createElement(VersionsBody, { model })),
      translator
    });
    this.model = model;
    this.id = `jupyter-crispdm:versions:${model.path}`;
    this.title.icon = crispdmIcon;
    this.title.label = trans.__('Versions of %1', model.path.split('/').at(-1));
    this.title.caption = model.path;
    this.title.closable = true;
    this.toolbar.hide();
  }

  readonly model: VersionsModel;

  override dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }
}
