import type { ITranslator } from '@jupyterlab/translation';
import { CommandToolbarButton, SidePanel } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';
import type { AccordionPanel, Widget } from '@lumino/widgets';
import React from 'react';
import { ConnectionBanner } from '../../components/basics/connection';
import { DOMAIN } from '../../components/basics/context';
import { crispdmIcon } from '../../icons';
import type { IConnection } from '../../tokens/connection';
import type { ISection, ISidePanel } from '../../tokens/sidepanel';
import { Section, View } from '../basics/section';
import { FittedSections } from './fitted';

/** The side panel “CRISP-DM”: one section for each room that adds one. */
export class CrispdmPanel extends SidePanel implements ISidePanel {
  constructor(private readonly _options: CrispdmPanel.IOptions) {
    super({ translator: _options.translator });
    const { connection, translator } = _options;
    const trans = translator.load(DOMAIN);
    this.id = 'jupyter-crispdm:panel';
    this.title.icon = crispdmIcon;
    this.title.caption = trans.__('CRISP-DM');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('CRISP-DM'));
    this.addClass('crispdm-Panel');
    this.header.addWidget(
      new View(translator, () => React.createElement(ConnectionBanner, { connection }))
    );
    this._fitted = new FittedSections(this.content as AccordionPanel);
  }

  addSection(section: ISection): IDisposable {
    const { name, label, rank, buttons = [], render } = section;
    const { commands, translator } = this._options;
    const widget = new Section({ label, view: new View(translator, render) });
    widget.addClass(`crispdm-mod-${name}`);
    buttons.forEach(({ command: id, icon }) =>
      widget.toolbar.addItem(id, new CommandToolbarButton({ commands, id, icon, label: '' }))
    );
    const above = this.widgets.filter(other => (this._ranks.get(other) ?? 0) <= rank);
    this._ranks.set(widget, rank);
    this.insertWidget(above.length, widget);
    this._putInOrder(above.length);
    return widget;
  }

  /** Make the open sections as high as their content: Lab restores what it saved while the panel was hidden. */
  settleSizes(): void {
    this._fitted.fitSoon();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._fitted.dispose();
      super.dispose();
    }
  }

  /** The accordion appends what is new; who tabs through the sections meets them as they are shown. */
  private _putInOrder(at: number): void {
    const { titles, handles, widgets } = this.content as AccordionPanel;
    titles[at + 1]?.before(titles[at], widgets[at].node, handles[at]);
  }

  private readonly _ranks = new WeakMap<Widget, number>();
  private readonly _fitted: FittedSections;
}

/** A namespace for the panel's statics. */
export namespace CrispdmPanel {
  /** What the panel needs. */
  export interface IOptions {
    connection: IConnection;
    commands: CommandRegistry;
    translator: ITranslator;
  }
}
