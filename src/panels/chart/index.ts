import { MainAreaWidget } from '@jupyterlab/apputils';
import type { ITranslator } from '@jupyterlab/translation';
import React from 'react';
import { crispdmIcon } from '../../icons';
import { View } from '../basics/section';
import { ChartBody } from './body';
import type { ChartModel } from './model';

/** One chart of a job in a tab of its own. */
export class ChartPage extends MainAreaWidget<View> {
  constructor(options: ChartPage.IOptions) {
    const { model, translator } = options;
    super({
      content: new View(translator, () => React.createElement(ChartBody, { model })),
      translator
    });
    this.model = model;
    this.id = `jupyter-crispdm:chart:${chartId(model.job, model.group.series)}`;
    this.title.icon = crispdmIcon;
    this.title.label = model.title;
    this.title.closable = true;
    this.toolbar.hide();
  }

  readonly model: ChartModel;

  override dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }
}

/** A namespace for the page's statics. */
export namespace ChartPage {
  /** What the page needs. */
  export interface IOptions {
    model: ChartModel;
    translator: ITranslator;
  }
}

/** What tells one chart from another: whose it is, and what it shows. */
export function chartId(job: string, series: readonly string[]): string {
  return [job, ...series].map(encodeURIComponent).join('+');
}
