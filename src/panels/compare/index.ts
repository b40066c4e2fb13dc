import { MainAreaWidget } from '@jupyterlab/apputils';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { DOMAIN } from '../../components/basics/context';
import { crispdmIcon } from '../../icons';
import { View } from '../basics/section';
import { CompareBody } from './body';
import type { CompareModel } from './model';

/** Some jobs and runs side by side in the main area, or one of their metrics. */
export class ComparePage extends MainAreaWidget<View> {
  constructor(options: ComparePage.IOptions) {
    const { model, commands, translator } = options;
    const trans = translator.load(DOMAIN);
    super({
      content: new View(translator, () => React.createElement(CompareBody, { model, commands })),
      translator
    });
    this.model = model;
    this.id = `jupyter-crispdm:compare:${compareId(model)}`;
    this.title.icon = crispdmIcon;
    this.title.label = titleOf(trans, model);
    // The name of a single run is known once it is found.
    model.changed.connect(() => {
      this.title.label = titleOf(trans, model);
    }, this);
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

/** What tells one page from another: what it compares, and which metric it shows. */
export function compareId({ ids, metric }: Pick<CompareModel, 'ids' | 'metric'>): string {
  return [ids.join('+'), ...(metric === undefined ? [] : [encodeURIComponent(metric)])].join(':');
}

function titleOf(
  trans: TranslationBundle,
  { ids, outside, metric, compared }: CompareModel
): string {
  const what =
    ids.length === 1
      ? (compared.at(0)?.subject.name ?? ids[0])
      : outside.length === 0
        ? trans.__('Compare %1 jobs', ids.length)
        : trans.__('Compare %1 runs', ids.length);
  return metric === undefined ? what : trans.__('%1 – %2', metric, what);
}
