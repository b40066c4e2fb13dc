import type { IDisposable } from '@lumino/disposable';

/** Pixels before a press counts as a drag. */
const SLACK = 3;
/** How much closer one notch of a wheel is. */
const NOTCH = 0.8;

/** What the gestures ask for. */
export interface IGestureOwner {
  /** Move the view by so many pixels of the plot: to the right shows what was before. */
  onPan: (pixels: number) => void;
  /** Look closer (under 1) or from farther away, around a place in pixels of the plot. */
  onZoom: (factor: number, left: number) => void;
}

/** Dragging a plot, and the wheel over it: with Ctrl or pinched it zooms; sideways, or with Shift, it moves. */
export class Gestures implements IDisposable {
  constructor(
    private readonly _node: HTMLElement,
    private readonly _owner: IGestureOwner
  ) {
    _node.addEventListener('pointerdown', this._onDown);
    _node.addEventListener('pointermove', this._onMove);
    _node.addEventListener('pointerup', this._onUp);
    _node.addEventListener('pointercancel', this._onUp);
    _node.addEventListener('wheel', this._onWheel, { passive: false });
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._node.removeEventListener('pointerdown', this._onDown);
    this._node.removeEventListener('pointermove', this._onMove);
    this._node.removeEventListener('pointerup', this._onUp);
    this._node.removeEventListener('pointercancel', this._onUp);
    this._node.removeEventListener('wheel', this._onWheel);
  }

  private readonly _onDown = (event: PointerEvent): void => {
    if (event.button === 0) {
      this._at = event.clientX;
      this._isDrag = false;
    }
  };

  private readonly _onMove = (event: PointerEvent): void => {
    if (this._at === null) {
      return;
    }
    const moved = event.clientX - this._at;
    if (!this._isDrag && Math.abs(moved) >= SLACK) {
      this._isDrag = true;
      this._node.setPointerCapture?.(event.pointerId);
      this._node.classList.add('crispdm-mod-dragged');
    }
    if (this._isDrag && moved !== 0) {
      this._at = event.clientX;
      this._owner.onPan(moved);
    }
  };

  private readonly _onUp = (): void => {
    this._at = null;
    this._node.classList.remove('crispdm-mod-dragged');
  };

  /** A plain turn of the wheel is for the page. */
  private readonly _onWheel = (event: WheelEvent): void => {
    const sideways = event.deltaX || (event.shiftKey ? event.deltaY : 0);
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this._owner.onZoom(event.deltaY < 0 ? NOTCH : 1 / NOTCH, event.offsetX);
    } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      event.preventDefault();
      this._owner.onPan(-sideways);
    }
  };

  private _at: number | null = null;
  private _isDrag = false;
  private _isDisposed = false;
}
