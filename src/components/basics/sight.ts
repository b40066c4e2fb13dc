import type { IDisposable } from '@lumino/disposable';
import { Visibility } from './visibility';

/** So far outside the window a view is kept up to date already: who scrolls finds it right. */
const MARGIN = '200px';

/** Watches whether an element of a page can be seen: scrolled away or in a hidden tab it cannot. */
export class Sight implements IDisposable {
  constructor(node: HTMLElement) {
    this._observer = new IntersectionObserver(
      entries => {
        this.visibility.isVisible = entries.at(-1)?.isIntersecting ?? true;
      },
      { rootMargin: MARGIN }
    );
    this._observer.observe(node);
  }

  readonly visibility = new Visibility();

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._observer.disconnect();
  }

  private readonly _observer: IntersectionObserver;
  private _isDisposed = false;
}
