import type { ITranslator } from '@jupyterlab/translation';
import { PanelWithToolbar, ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';
import { DOMAIN, TransContext } from '../../components/basics/context';

/** A React view inside a Lumino widget, in the language of the application. */
export class View extends ReactWidget {
  constructor(
    translator: ITranslator,
    private readonly _render: () => React.JSX.Element
  ) {
    super();
    this._trans = translator.load(DOMAIN);
    this.addClass('crispdm-View');
  }

  protected render(): React.JSX.Element {
    return React.createElement(TransContext.Provider, { value: this._trans }, this._render());
  }

  private readonly _trans;
}

/** One foldable section of the side panel: a title with a toolbar over a view. */
export class Section extends PanelWithToolbar {
  constructor(options: { label: string; view: View }) {
    super();
    this.title.label = options.label;
    this.addClass('crispdm-Section');
    this.addWidget(options.view);
  }
}
