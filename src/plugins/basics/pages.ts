import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
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

/** How pages of a kind come back after a reload. */
export interface IKeeping<T> {
  /** Tells that somebody left a page another way than before. */
  changed: (page: T) => ISignal<unknown, unknown>;

  /** The command that opens a page. */
  command: string;

  /** What tells a page from others of its kind. */
  name: (page: T) => string;

  /** What the command is told, to open the page as it was left. */
  args: (page: T) => ReadonlyPartialJSONObject;
}

/** Remember pages and how they are left, and bring them back after a reload. */
export function keepPages<T extends Widget>(
  app: JupyterFrontEnd,
  tracker: WidgetTracker<T>,
  restorer: ILayoutRestorer | null,
  { changed, ...options }: IKeeping<T>
): void {
  tracker.widgetAdded.connect((_, page) => {
    changed(page).connect(() => void tracker.save(page), tracker);
  }, app);
  void restorer?.restore(tracker, options);
}
