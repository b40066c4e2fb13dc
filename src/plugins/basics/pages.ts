import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import type { Widget } from '@lumino/widgets';

/** Show a page in the main area. Asked for twice at once, it is made once: the other one goes. */
export async function showPage<T extends Widget>(
  app: JupyterFrontEnd,
  tracker: WidgetTracker<T>,
  page: T,
  type: string
): Promise<void> {
  const found = tracker.find(({ id }) => id === page.id);
  if (found && found !== page) {
    page.dispose();
  } else if (!page.isAttached) {
    app.shell.add(page, 'main', { type });
    await tracker.add(page);
  }
  app.shell.activateById((found ?? page).id);
}
