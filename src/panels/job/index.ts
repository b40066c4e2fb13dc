import { MainAreaWidget } from '@jupyterlab/apputils';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import React from 'react';
import { DOMAIN } from '../../components/basics/context';
import { isFindKey } from '../../components/logs/toolbar';
import { crispdmIcon } from '../../icons';
import { View } from '../basics/section';
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

  /** The key for searching works on the whole page, not only within the log. */
  handleEvent(event: KeyboardEvent): void {
    const box = this.node.querySelector<HTMLInputElement>('.crispdm-Log [type=search]');
    if (box && isFindKey(event) && !event.defaultPrevented) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.node.addEventListener('keydown', this);
  }

  protected override onBeforeDetach(message: Message): void {
    this.node.removeEventListener('keydown', this);
    super.onBeforeDetach(message);
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
