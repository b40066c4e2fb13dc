import { MainAreaWidget } from '@jupyterlab/apputils';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { DOMAIN } from '../../components/context';
import { crispdmIcon } from '../../icons';
import { View } from '../section';
import { JobBody } from './body';
import type { JobPageModel } from './model';

/** The page of one job in the main area. */
export class JobPage extends MainAreaWidget<View> {
  constructor(options: JobPage.IOptions) {
    const { model, commands, translator } = options;
    super({
      content: new View(translator, () => React.createElement(JobBody, { model, commands })),
      translator
    });
    this.model = model;
    this._trans = translator.load(DOMAIN);
    this.id = `jupyter-crispdm:job:${model.id}`;
    this.title.icon = crispdmIcon;
    this.title.closable = true;
    this.title.dataset = { ...this.title.dataset, 'job-page': model.id };
    this.toolbar.hide();
    // The keyboard goes where the reader looks: into the page that was opened.
    this.content.node.tabIndex = -1;
    model.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  readonly model: JobPageModel;

  override dispose(): void {
    if (!this.isDisposed) {
      this.model.changed.disconnect(this._onChanged, this);
      this.model.dispose();
      super.dispose();
    }
  }

  private _onChanged(): void {
    const { job, id, isPreview } = this.model;
    const name = job?.name ?? id;
    this.title.label = name;
    this.title.caption = isPreview
      ? this._trans.__('%1 (preview: double click to keep it open)', name)
      : name;
    this.title.className = isPreview ? 'crispdm-mod-preview' : '';
  }

  private readonly _trans: TranslationBundle;
}

/** A namespace for the page's statics. */
export namespace JobPage {
  /** What the page needs. */
  export interface IOptions {
    model: JobPageModel;
    commands: CommandRegistry;
    translator: ITranslator;
  }
}
