import type { DOMWidgetView, IWidgetManager } from '@jupyter-widgets/base';
import { act } from '@testing-library/react';
import { Widget } from '@lumino/widgets';
import { CrispdmModel } from '../../../src/widgets/basics/react';

type View<V> = new (options: { model: CrispdmModel; options: object }) => V;

const shown: DOMWidgetView[] = [];

/** A widget's view in the page, with these values of its model. */
export async function showWidget<V extends DOMWidgetView>(
  kind: View<V>,
  values: object,
  manager: object = {}
): Promise<{ view: V; model: CrispdmModel }> {
  const sanitize = { inline_sanitize: (text: string) => text };
  const widget_manager = { ...sanitize, ...manager } as unknown as IWidgetManager;
  const model = new CrispdmModel(values, { model_id: 'm1', widget_manager });
  model.save_changes = () => undefined;
  const view = new kind({ model, options: {} });
  shown.push(view);
  await act(async () => {
    view.render();
    Widget.attach(view.luminoWidget, document.body);
    await view.displayed;
  });
  return { view, model };
}

/** Change values as the kernel does, and let the view follow. */
export async function tell(model: CrispdmModel, values: object): Promise<void> {
  await act(async () => {
    model.set(values);
    await Promise.resolve();
  });
}

/** Take all views away that a test has shown. */
export function removeWidgets(): void {
  act(() => shown.splice(0).forEach(view => void view.remove()));
  document.body.innerHTML = '';
}
