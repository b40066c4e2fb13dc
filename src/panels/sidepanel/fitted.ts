import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import { MessageLoop } from '@lumino/messaging';
import type { AccordionPanel, Widget } from '@lumino/widgets';
import { fitHeights } from './fit';

/**
 * Keeps the open sections of an accordion as high as their content.
 *
 * Who moves a border knows better: from then on only opening and closing a section fits them again.
 */
export class FittedSections implements IDisposable {
  constructor(private readonly _accordion: AccordionPanel) {
    this._observer.observe(_accordion.node, { childList: true, subtree: true });
    _accordion.handleMoved.connect(this._onMoved, this);
    _accordion.expansionToggled.connect(this._onToggled, this);
    MessageLoop.installMessageHook(_accordion, this._onMessage);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._observer.disconnect();
      cancelAnimationFrame(this._frame);
      this._accordion.handleMoved.disconnect(this._onMoved, this);
      this._accordion.expansionToggled.disconnect(this._onToggled, this);
      MessageLoop.removeMessageHook(this._accordion, this._onMessage);
    }
  }

  /** Fit the sections in the next frame: what changed is drawn by then. */
  readonly fitSoon = (): void => {
    this._frame ||= requestAnimationFrame(() => {
      this._frame = 0;
      this._fit();
    });
  };

  private _fit(): void {
    const { widgets, node, titles } = this._accordion;
    const open = widgets.filter(widget => !widget.isHidden);
    const heads = titles.reduce((sum, title) => sum + title.offsetHeight, 0);
    const room = node.clientHeight - heads;
    if (this._isMoved || open.length === 0 || room <= 0) {
      return;
    }
    const heights = fitHeights(open.map(contentHeight), room);
    const wanted = widgets.map(widget => heights[open.indexOf(widget)] ?? 0).join();
    if (wanted !== this._given) {
      this._given = wanted;
      this._accordion.setRelativeSizes(wanted.split(',').map(Number));
    }
  }

  private _onMoved(): void {
    this._isMoved = true;
  }

  private _onToggled(): void {
    this._isMoved = false;
    this._given = '';
    this.fitSoon();
  }

  private readonly _onMessage = (_: unknown, message: Message): boolean => {
    if (message.type === 'resize' || message.type === 'after-show') {
      this._given = '';
      this.fitSoon();
    }
    return true;
  };

  private readonly _observer = new MutationObserver(this.fitSoon);
  private _frame = 0;
  private _given = '';
  private _isMoved = false;
  private _isDisposed = false;
}

/** How high the content of a section is by itself, wherever it is scrolled. */
export function contentHeight(section: Widget): number {
  const view = section.node.querySelector('.crispdm-View') ?? section.node;
  return [...view.children].reduce((sum, child) => sum + outerHeight(child as HTMLElement), 0);
}

/** A list that draws only what is in sight says itself how high it would be. */
function outerHeight(node: HTMLElement): number {
  const whole = node.classList.contains('crispdm-JobTable') ? node.firstElementChild : node;
  const { marginTop, marginBottom } = getComputedStyle(node);
  const margins = (parseFloat(marginTop) || 0) + (parseFloat(marginBottom) || 0);
  return ((whole as HTMLElement | null)?.offsetHeight ?? 0) + margins;
}
