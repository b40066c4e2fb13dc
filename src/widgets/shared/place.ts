import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IPlace, IPlaceSource } from '../../tokens/state';

/** The pages of a dashboard, where the page of the browser has some. */
export interface ITabs {
  /** The slug of the page that is shown; empty for none. */
  readonly page: string;
  go(slug: string): void;
}

const NO_TABS: ITabs = { page: '', go: () => undefined };
/** The pages of a dashboard scroll in this element, all others with the window. */
const SCROLLER = '.crispdm-Desk-pages';

/** Where this page of the browser is, and the way to where a colleague is. */
export class PagePlace implements IPlaceSource, IDisposable {
  constructor(private readonly _tabs: ITabs = NO_TABS) {
    const { signal } = this._stop;
    const onScroll = ({ target }: Event): void => {
      if (target === scroller() || target === document) {
        this.tell();
      }
    };
    // Scrolling does not bubble: it is heard on its way down.
    document.addEventListener('scroll', onScroll, { capture: true, passive: true, signal });
  }

  get place(): IPlace {
    const { pathname } = window.location;
    return {
      page: pathname,
      title: document.title,
      tab: this._tabs.page,
      scroll: scrollOf(scroller())
    };
  }

  get moved(): ISignal<this, void> {
    return this._moved;
  }

  get isDisposed(): boolean {
    return this._stop.signal.aborted;
  }

  /** Say that the place is another. */
  tell(): void {
    this._moved.emit();
  }

  go(place: IPlace): void {
    if (place.page !== window.location.pathname) {
      leaveFor(place);
      return;
    }
    if (place.tab && place.tab !== this._tabs.page) {
      this._tabs.go(place.tab);
    }
    scrollTo(scroller(), place.scroll);
  }

  dispose(): void {
    this._stop.abort();
    Signal.clearData(this);
  }

  private readonly _moved = new Signal<this, void>(this);
  private readonly _stop = new AbortController();
}

/** Open the page of a colleague: a path of this server, whatever they say. */
function leaveFor({ page, tab }: IPlace): void {
  const url = new URL(window.location.href);
  url.pathname = page;
  url.search = tab ? `?page=${encodeURIComponent(tab)}` : '';
  url.hash = '';
  window.location.assign(url.href);
}

/** What scrolls in this page. */
function scroller(): Element | null {
  return document.querySelector(SCROLLER) ?? document.scrollingElement;
}

function scrollOf(node: Element | null): number {
  const most = node ? node.scrollHeight - node.clientHeight : 0;
  return node && most > 0 ? Math.min(1, Math.max(0, node.scrollTop / most)) : 0;
}

function scrollTo(node: Element | null, scroll: number): void {
  if (node) {
    node.scrollTop = scroll * (node.scrollHeight - node.clientHeight);
  }
}
