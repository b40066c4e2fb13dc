import { MainAreaWidget } from '@jupyterlab/apputils';
import type { ITranslator } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { crispdmIcon } from '../../icons';
import { View } from '../basics/section';
import type { ModelPageModel } from './model';
import { ModelPageBody } from './pagebody';

/** The page of one model in the main area. */
export class ModelPage extends MainAreaWidget<View> {
  constructor(
    readonly model: ModelPageModel,
    commands: CommandRegistry,
    translator: ITranslator
  ) {
    super({
      content: new View(translator, () => React.createElement(ModelPageBody, { model, commands })),
      translator
    });
    this.id = `jupyter-crispdm:model:${model.name}`;
    this.title.icon = crispdmIcon;
    this.title.closable = true;
    this.title.label = model.name;
    this.title.caption = model.name;
    this.toolbar.hide();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }
}
