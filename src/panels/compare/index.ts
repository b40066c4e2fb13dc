import { MainAreaWidget } from '@jupyterlab/apputils';
import type { ITranslator } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { DOMAIN } from '../../components/basics/context';
import { crispdmIcon } from '../../icons';
import { View } from '../basics/section';
import { CompareBody } from './body';
import type { CompareModel } from './model';

/** Some jobs side by side in the main area. */
export class ComparePage extends MainAreaWidget<View> {
  constructor(options: ComparePage.IOptions) {
    const { model, commands, translator } = options;
    const trans = translator.load(DOMAIN);
    super({
      content: new View(translator, () => React.createElement(CompareBody, { model, commands })),
      translator
    });
    this.model = model;
    this.id = `jupyter-crispdm:compare:${model.ids.join('+')}`;
    this.title.icon = crispdmIcon;
    this.title.label = trans.__('Compare %1 jobs', model.ids.length);
    this.title.closable = true;
    this.toolbar.hide();
  }

  readonly model: CompareModel;

  override dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }
}

/** A namespace for the page's statics. */
export namespace ComparePage {
  /** What the page needs. */
  export interface IOptions {
    model: CompareModel;
    commands: CommandRegistry;
    translator: ITranslator;
  }
}
