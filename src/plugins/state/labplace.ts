import type { ILabShell } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IPlace, IPlaceSource } from '../../tokens/state';

/** What scrolls in Lab's documents before anybody has scrolled. */
const SCROLLERS = '.jp-WindowedPanel-outer, .cm-scroller, .jp-RenderedMarkdown';
const LONGEST_TITLE = 200;

/** Where Lab is: the document in front, and how far it is scrolled. */
export class LabPlace implements IPlaceSource, IDisposable {
  /** `root` is the path of Lab's own page, as `/user/ada/lab`. */
  constructor(
    private readonly _shell: Pick<ILabShell, 'currentWidget' | 'currentChanged'>,
    private readonly _documents: Pick<IDocumentManager, 'contextForWidget' | 'openOrReveal'>,
    private readonly _root: string
  ) {
    _shell.currentChanged?.connect(this._onCurrent, this);
    const options = { capture: true, passive: true, signal: this._stop.signal };
    // Scrolling does not bubble: it is heard on its way down.
    document.addEventListener('scroll', event => this._onScroll(event), options);
  }

  get place(): IPlace {
    const title = this._shell.currentWidget?.title.label ?? '';
    return {
      page: this._page,
      title: title.replace(/\p{Cc}/gu, ' ').slice(0, LONGEST_TITLE),
      tab: '',
      scroll: scrollOf(this._scroller)
    };
  }

  get moved(): ISignal<this, void> {
    return this._moved;
  }

  get isDisposed(): boolean {
    return this._stop.signal.aborted;
  }

  /** Open the document of a colleague; another page than Lab's in a tab of its own, once. */
  go(place: IPlace): void {
    const path = this._documentOf(place.page);
    if (path) {
      if (place.page !== this._page) {
        this._documents.openOrReveal(path);
      }
      scrollTo(this._scroller, place.scroll);
    } else if (!place.page.startsWith(this._root) && place.page !== this._opened) {
      this._opened = place.page;
      const url = new URL(window.location.href);
      [url.pathname, url.hash] = [place.page, ''];
      url.search = place.tab ? `?page=${encodeURIComponent(place.tab)}` : '';
      window.open(url.href);
    }
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._stop.abort();
      this._shell.currentChanged?.disconnect(this._onCurrent, this);
      Signal.clearData(this);
    }
  }

  private get _page(): string {
    const { currentWidget } = this._shell;
    const path = currentWidget && this._documents.contextForWidget(currentWidget)?.path;
    return path
      ? `${this._root}/tree/${path.split('/').map(encodeURIComponent).join('/')}`
      : this._root;
  }

  private _documentOf(page: string): string {
    const start = `${this._root}/tree/`;
    try {
      return page.startsWith(start) ? decodeURIComponent(page.slice(start.length)) : '';
    } catch {
      return '';
    }
  }

  private _onCurrent(): void {
    this._scrolled = null;
    this._moved.emit();
  }

  private _onScroll({ target }: Event): void {
    if (target instanceof Element && this._shell.currentWidget?.node.contains(target)) {
      this._scrolled = target;
      this._moved.emit();
    }
  }

  private get _scroller(): Element | null {
    return this._scrolled ?? this._shell.currentWidget?.node.querySelector(SCROLLERS) ?? null;
  }

  private readonly _moved = new Signal<this, void>(this);
  private readonly _stop = new AbortController();
  private _scrolled: Element | null = null;
  private _opened = '';
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
