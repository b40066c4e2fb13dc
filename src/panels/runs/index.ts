import { MainAreaWidget } from '@jupyterlab/apputils';
import type { ITranslator } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { DOMAIN } from '../../components/basics/context';
import { crispdmIcon } from '../../icons';
import { View } from '../basics/section';
import { RunsPageBody } from './body';
import type { RunsPageModel } from './model';

/** The table of runs in the main area. */
export class RunsPage extends MainAreaWidget<View> {
  constructor(options: RunsPage.IOptions) {
    const { model, commands, translator } = options;
    const trans = translator.load(DOMAIN);
    super({
      content: new View(translator, () => React.createElement(RunsPageBody, { model, commands })),
      translator
    });
    this.model = model;
    this.id = 'jupyter-crispdm:runs';
    this.title.icon = crispdmIcon;
    this.title.label = trans.__('Runs');
    this.title.closable = true;
    this.toolbar.hide();
  }

  readonly model: RunsPageModel;

  override dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }
}

/** A namespace for the page's statics. */
export namespace RunsPage {
  /** What the page needs. */
  export interface IOptions {
    model: RunsPageModel;
    commands: CommandRegistry;
    translator: ITranslator;
  }
}
