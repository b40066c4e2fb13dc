import type { WidgetModel, WidgetView } from '@jupyter-widgets/base';
import { DOMWidgetModel, DOMWidgetView } from '@jupyter-widgets/base';
import type { ReactElement } from 'react';
import React from 'react';
import type { Root } from 'react-dom/client';
import { createRoot } from 'react-dom/client';
import { Sight } from '../../components/basics/sight';
import { VisibilityContext } from '../../components/basics/visibility';
import type { IWorkbench } from '../../tokens/workbench';

export const MODULE = 'jupyter-crispdm';
export const VERSION = '0.1.0';

/** Models and views of widgets, by the names that the Python side gives them. */
export type WidgetExports = { [name: string]: typeof WidgetModel | typeof WidgetView };

/** What the Python side configures. One model serves all our widgets: they hold values and nothing else. */
export class CrispdmModel extends DOMWidgetModel {
  override defaults(): Backbone.ObjectHash {
    return {
      ...super.defaults(),
      _model_module: MODULE,
      _model_module_version: VERSION,
      _model_name: 'CrispdmModel',
      _view_module: MODULE,
      _view_module_version: VERSION
    };
  }
}

/** The facts that the widgets of a page share; set once by the plugin that registers them. */
export const page: { workbench: IWorkbench | null } = { workbench: null };

/** A widget whose view is a React component, drawn again when a value of the model changes. */
export abstract class ReactView extends DOMWidgetView {
  override render(): void {
    super.render();
    this.el.classList.add('crispdm-Widget');
    this._root = createRoot(this.el);
    this.listenTo(this.model, 'change', () => this.draw());
    this._sight = new Sight(this.el);
    this.draw();
  }

  override remove(): unknown {
    this._root?.unmount();
    this._root = null;
    this._sight?.dispose();
    return super.remove();
  }

  /** What the view shows now. */
  protected abstract body(workbench: IWorkbench): ReactElement;

  protected draw(): void {
    if (page.workbench && this._sight) {
      this._root?.render(
        <VisibilityContext.Provider value={this._sight.visibility}>
          {this.body(page.workbench)}
        </VisibilityContext.Provider>
      );
    }
  }

  /** A value of the model. */
  protected value<T>(name: string): T {
    return this.model.get(name) as T;
  }

  /** Change a value of the model; its kernel hears of it if it is alive. */
  protected set(values: Parameters<WidgetModel['set']>[0]): void {
    this.model.set(values);
    this.model.save_changes();
  }

  private _root: Root | null = null;
  private _sight: Sight | null = null;
}
