import { DOMWidgetView } from '@jupyter-widgets/base';
import type { IDisposable } from '@lumino/disposable';
import { DisposableSet } from '@lumino/disposable';
import { MessageLoop } from '@lumino/messaging';
import { Panel, PanelLayout, Widget } from '@lumino/widgets';
import React from 'react';
import type { Root } from 'react-dom/client';
import { createRoot } from 'react-dom/client';
import { DeskFrame } from '../../components/desk/frame';
import { SaveStatus } from '../../components/snapshots/status';
import { IPresence } from '../../tokens/state';
import { ISnapshots } from '../../tokens/snapshots';
import { page } from '../basics/react';
import { PagePlace } from '../shared/place';
import { isOwnPage, PageAddress } from './address';
import type { IKernel } from './lifeline';
import { Lifeline } from './lifeline';
import type { DashboardModel } from './model';
import { PagePanel } from './pagepanel';
import { fillPage, nameInPage, serverUrl, surroundings } from './surroundings';

/** A dashboard: a menu beside the pages, each of which is made when it is first shown, and then kept. */
export class DashboardView extends DOMWidgetView {
  declare model: DashboardModel;

  override render(): void {
    super.render();
    this.el.classList.add('crispdm-Widget', 'crispdm-Desk');
    this._address = PageAddress.take();
    this._address?.onMoved(slug => this.model.go(slug));
    this.el.classList.toggle('crispdm-mod-whole', this._address !== null);
    fillPage(this._address !== null);
    const frame = new Widget();
    frame.addClass('crispdm-Desk-frame');
    this._pages.addClass('crispdm-Desk-pages');
    this._root = createRoot(frame.node);
    const layout = new PanelLayout();
    this.luminoWidget.layout = layout;
    layout.addWidget(frame);
    layout.addWidget(this._pages);
    this._resized.observe(this._pages.node);
    this.listenTo(this.model, 'change', () => this._show());
    this._listenToLife();
    this._tellPlace();
    this._show('replace');
  }

  override remove(): unknown {
    this._root?.unmount();
    this._root = null;
    this._resized.disconnect();
    this._lifeline?.dispose();
    this._watched?.dispose();
    this._place.dispose();
    this._panels.forEach(panel => panel.dispose());
    this._panels.clear();
    if (this._address) {
      this._address.release();
      this._address = null;
      fillPage(false);
    }
    return super.remove();
  }

  /** Show what the model says: the menu, the page, and what has become of each page that was shown. */
  private _show(how: 'push' | 'replace' = 'push'): void {
    if (!this._root) {
      return;
    }
    const { page, entries } = this.model;
    if (!this._address) {
      this.el.style.height = `${this.model.get('height') as number}px`;
    }
    this._dropClosed(new Set(entries.map(({ slug }) => slug)));
    if (this.model.entry(page)) {
      this._panelOf(page);
    }
    this._panels.forEach((panel, slug) => {
      panel.update_page(this.model.entry(slug)!, this.model.content(slug));
    });
    this._turnTo(page, how);
    this._drawFrame();
  }

  /** Let go of pages that the visitor may not open any more. */
  private _dropClosed(open: ReadonlySet<string>): void {
    this._panels.forEach((panel, slug) => {
      if (!open.has(slug)) {
        this._panels.delete(slug);
        panel.dispose();
      }
    });
  }

  private _panelOf(slug: string): PagePanel {
    const known = this._panels.get(slug);
    if (known) {
      return known;
    }
    const made = new PagePanel({
      viewOf: content => this.create_child_view(content),
      onRetry: () => this.model.build(slug)
    });
    made.hide();
    this._panels.set(slug, made);
    this._pages.addWidget(made);
    return made;
  }

  /** Show this page and hide the others. No kernel is needed for it. */
  private _turnTo(page: string, how: 'push' | 'replace'): void {
    const shown = this._panels.get(page);
    if (!shown || this._shown === shown) {
      return;
    }
    const isFirst = this._shown === null;
    this._shown = shown;
    this._panels.forEach(panel => panel !== shown && panel.hide());
    shown.show();
    this._pages.node.scrollTop = 0;
    this._fit();
    this._address?.write(page, how);
    this._name(page);
    if (!isFirst) {
      shown.focus();
    }
  }

  /** Let what is shown fit its room: a figure draws itself for the width that it has. */
  private _fit(): void {
    if (this._shown && !this._shown.isDisposed) {
      MessageLoop.sendMessage(this._shown, Widget.ResizeMessage.UnknownSize);
    }
  }

  private _name(page: string): void {
    if (this._address) {
      const words = [this.model.entry(page)?.name, this.model.get('title') as string];
      document.title = words.filter(Boolean).join(' · ');
    }
  }

  private _drawFrame(): void {
    const { page, entries, extras, visitor } = this.model;
    const around = this._address ? surroundings() : { homeUrl: '', logOutUrl: '', theme: null };
    this._root?.render(
      React.createElement(DeskFrame, {
        ...around,
        title: this.model.get('title') as string,
        entries,
        extras,
        visitor: { ...visitor, name: visitor.name || nameInPage() },
        current: page,
        hrefOf: slug => this._address?.hrefOf(slug) ?? '',
        licenceUrl: extras.includes('licence') ? serverUrl('crispdm/licence') : '',
        status: this._status(),
        life: this._lifeline?.life ?? 'well',
        onGo: slug => this._go(slug),
        onSkip: () => this._shown?.focus()
      })
    );
  }

  /** In Lab the dashboard itself says what is gone; in a page of its own the page does. */
  private _listenToLife(): void {
    if (!isOwnPage() && page.workbench) {
      const { kernel } = this.model.widget_manager as { kernel?: IKernel | null };
      this._watched = page.workbench.get(ISnapshots).watch('dashboard');
      this._lifeline = new Lifeline(page.workbench.connection, kernel ?? null, null);
      this._lifeline.changed.connect(this._drawFrame, this);
    }
  }

  /** Colleagues see which page is shown, and can be followed there. */
  private _tellPlace(): void {
    if (this._address && page.workbench) {
      const place = new PagePlace(this.model);
      this._place.add(place);
      this._place.add(page.workbench.get(IPresence).locate(place));
      this.listenTo(this.model, 'change:page', () => place.tell());
    }
  }

  private _status(): React.ReactNode {
    const { keeping } = this.model;
    return (
      keeping &&
      React.createElement(SaveStatus, {
        saver: keeping.saver,
        misfits: keeping.misfits,
        onTakeOver: () => void keeping.takeOver()
      })
    );
  }

  private _go(slug: string): void {
    if (slug === this.model.page) {
      this._shown?.focus();
    }
    this.model.go(slug);
  }

  private _root: Root | null = null;
  private _address: PageAddress | null = null;
  private readonly _pages = new Panel();
  private readonly _panels = new Map<string, PagePanel>();
  private _shown: PagePanel | null = null;
  private _lifeline: Lifeline | null = null;
  private _watched: IDisposable | null = null;
  private readonly _place = new DisposableSet();
  private readonly _resized = new ResizeObserver(() => this._fit());
}
