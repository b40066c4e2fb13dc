import { Dialog } from '@jupyterlab/apputils';
import type { Message } from '@lumino/messaging';

/**
 * A dialog around a view, that begins in the field which `focusNodeSelector` selects.
 *
 * Lab looks for that field once, and may be earlier than the view is drawn: it then begins in a button.
 */
export class ViewDialog<T> extends Dialog<T> {
  constructor(options: Partial<Dialog.IOptions<T>>) {
    super(options);
    this._firstField = options.focusNodeSelector ?? '';
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    const body = this.node.querySelector('.jp-Dialog-body');
    if (!body || !this._firstField || body.querySelector(this._firstField)) {
      return;
    }
    const drawn = new MutationObserver(() => {
      const field = body.querySelector<HTMLElement>(this._firstField);
      if (field) {
        drawn.disconnect();
        field.focus();
      }
    });
    drawn.observe(body, { childList: true, subtree: true });
  }

  private readonly _firstField: string;
}
