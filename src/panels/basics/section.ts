import type { ITranslator } from '@jupyterlab/translation';
import { PanelWithToolbar, ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import React from 'react';
import { DOMAIN, TransContext } from '../../components/basics/context';
import { Visibility, VisibilityContext } from '../../components/basics/visibility';

/**
 * A React view inside a Lumino widget, in the language of the application.
 *
 * While the widget is hidden (behind another tab, in a closed panel or a folded section), the view rests.
 */
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
    const { _trans, _visibility } = this;
    const view = React.createElement(TransContext.Provider, { value: _trans }, this._render());
    return React.createElement(VisibilityContext.Provider, { value: _visibility }, view);
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._look();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._look();
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this._look();
  }

  private _look(): void {
    this._visibility.isVisible = this.isVisible;
  }

  private readonly _trans;
  private readonly _visibility = new Visibility(false);
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
