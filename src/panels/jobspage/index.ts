import { MainAreaWidget } from '@jupyterlab/apputils';
import type { ITranslator } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { DOMAIN } from '../../components/basics/context';
import { crispdmIcon } from '../../icons';
import { View } from '../basics/section';
import { JobsPageBody } from './body';
import type { JobsPageModel } from './model';

/** All jobs as a wide table in the main area. */
export class JobsPage extends MainAreaWidget<View> {
  constructor(options: JobsPage.IOptions) {
    const { model, commands, translator } = options;
    const trans = translator.load(DOMAIN);
    super({
      content: new View(translator, () => React.createElement(JobsPageBody, { model, commands })),
      translator
    });
    this.model = model;
    this.id = 'jupyter-crispdm:jobs';
    this.title.icon = crispdmIcon;
    this.title.label = trans.__('Jobs');
    this.title.closable = true;
    this.toolbar.hide();
  }

  readonly model: JobsPageModel;

  override dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }
}

/** A namespace for the page's statics. */
export namespace JobsPage {
  /** What the page needs. */
  export interface IOptions {
    model: JobsPageModel;
    commands: CommandRegistry;
    translator: ITranslator;
  }
}
