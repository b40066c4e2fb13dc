import type { DOMWidgetView, WidgetModel } from '@jupyter-widgets/base';
import { MessageLoop } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';
import React from 'react';
import type { Root } from 'react-dom/client';
import { createRoot } from 'react-dom/client';
import type { IEntry } from '../../components/desk/entry';
import { PageState } from '../../components/desk/page';

/** What a page's panel needs. */
export interface IPagePanelOptions {
  /** Makes the view of the page's widgets. */
  viewOf: (content: WidgetModel) => Promise<DOMWidgetView>;
  onRetry: () => void;
}

/** One page: its heading over its widgets. It stays when another page is shown, and then costs nothing. */
export class PagePanel extends Panel {
  constructor(private readonly _options: IPagePanelOptions) {
    super();
    this.addClass('crispdm-Desk-page');
    this.node.setAttribute('role', 'region');
    const state = new Widget();
    this._heading.tabIndex = -1;
    this._heading.id = `${this.id || `crispdm-page-${PagePanel._count++}`}-heading`;
    this.node.setAttribute('aria-labelledby', this._heading.id);
    this._root = createRoot(state.node);
    this.addWidget(new Widget({ node: this._heading }));
    this.addWidget(state);
  }

  /** Show what has become of the page. */
  update_page(entry: IEntry, content: WidgetModel | undefined): void {
    const { onRetry } = this._options;
    this._heading.textContent = entry.name;
    this.node.setAttribute('aria-busy', String(!entry.built && !entry.trouble));
    this._root.render(React.createElement(PageState, { entry, onRetry }));
    if (content !== this._content) {
      this._content = content;
      void this._fill(content);
    }
  }

  /** Bring the focus to the page, as a browser does that has opened one. */
  focus(): void {
    this._heading.focus();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._content = undefined;
      this._view?.remove();
      this._root.unmount();
      super.dispose();
    }
  }

  /** Show other widgets; those that come late for ones that were replaced meanwhile are dropped. */
  private async _fill(content: WidgetModel | undefined): Promise<void> {
    this._view?.remove();
    this._view = null;
    if (!content) {
      return;
    }
    const view = await this._options.viewOf(content);
    if (this.isDisposed || content !== this._content) {
      view.remove();
      return;
    }
    this._view = view;
    this.addWidget(view.luminoWidget);
    MessageLoop.sendMessage(view.luminoWidget, Widget.ResizeMessage.UnknownSize);
  }

  private static _count = 0;
  private readonly _heading = document.createElement('h1');
  private readonly _root: Root;
  private _content: WidgetModel | undefined;
  private _view: DOMWidgetView | null = null;
}
