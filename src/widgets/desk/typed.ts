import type { IDisposable } from '@lumino/disposable';

const TEXTS = 'textarea, input:not([type="checkbox"], [type="radio"], [type="range"])';
/** Nobody may keep what these hold. */
const SECRETS = 'input[type="password"], input[type="file"]';
/** Whoever typed so lately types still. */
const PAUSE = 2000;

/** What people typed into a page: whether any of it is kept by nobody, or is not finished. */
export class Typed implements IDisposable {
  constructor() {
    const { signal } = this._stop;
    const options = { capture: true, signal };
    document.addEventListener('input', event => this._hear(event.target), options);
  }

  get isDisposed(): boolean {
    return this._stop.signal.aborted;
  }

  dispose(): void {
    this._stop.abort();
  }

  /** Whether the page should stay as it is for now. */
  get isThere(): boolean {
    return this._isUnkept || performance.now() - this._last < PAUSE;
  }

  /** Widgets of the kernel are kept by the dashboard around them; forms of our own views are not. */
  private _hear(target: EventTarget | null): void {
    if (target instanceof Element && target.matches(TEXTS)) {
      this._last = performance.now();
      const widget = target.closest('.jupyter-widgets, .crispdm-Widget');
      this._isUnkept ||= target.matches(SECRETS) || !widget?.matches(':not(.crispdm-Widget)');
    }
  }

  private readonly _stop = new AbortController();
  private _isUnkept = false;
  private _last = -PAUSE;
}
