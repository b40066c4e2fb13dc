import type React from 'react';
import { useEffect } from 'react';
import type { ISharedText } from '../../../tokens/state';
import { editOf, shifted } from './edits';

/** Keep a field and a shared text the same: who writes keeps their caret, whatever others write meanwhile. */
export function useBound(
  field: React.RefObject<HTMLTextAreaElement>,
  shared: ISharedText | null
): void {
  useEffect(() => {
    const node = field.current;
    if (!node || !shared) {
      return undefined;
    }
    const bound = new Bound(node, shared);
    return () => bound.stop();
  }, [field, shared]);
}

/** A field and the text that stands in it. */
class Bound {
  constructor(
    private readonly _node: HTMLTextAreaElement,
    private readonly _shared: ISharedText
  ) {
    this._show();
    _shared.text.observe(this._show);
    const { signal } = this._stop;
    _node.addEventListener('input', () => !this._isComposing && this._take(), { signal });
    _node.addEventListener('compositionstart', () => this._compose(true), { signal });
    _node.addEventListener('compositionend', () => this._compose(false), { signal });
  }

  stop(): void {
    this._stop.abort();
    this._shared.text.unobserve(this._show);
  }

  /** Show the text; a letter that is being put together is not disturbed. */
  private readonly _show = (): void => {
    if (this._isComposing || this._isTaking) {
      return;
    }
    const text = this._shared.text.toJSON();
    const { at, removed, inserted } = editOf(this._node.value, text);
    if (removed > 0 || inserted) {
      this._node.setRangeText(inserted, at, at + removed, 'preserve');
    }
    this._shown = text;
  };

  /** Write into the text what was done in the field. */
  private _take(): void {
    const { text, doc } = this._shared;
    const meanwhile = editOf(this._shown, text.toJSON());
    const { at, removed, inserted } = shifted(editOf(this._shown, this._node.value), meanwhile);
    this._shown = this._node.value;
    this._isTaking = true;
    doc.transact(() => {
      text.delete(at, Math.min(removed, text.length - at));
      text.insert(at, inserted);
    });
    this._isTaking = false;
    this._show();
  }

  private _compose(isComposing: boolean): void {
    this._isComposing = isComposing;
    if (!isComposing) {
      this._take();
    }
  }

  private _shown = '';
  private _isTaking = false;
  private _isComposing = false;
  private readonly _stop = new AbortController();
}
