const NAME = 'page';

/** Whether this page is a dashboard's own. In Lab the address belongs to Lab. */
export function isOwnPage(): boolean {
  return document.body.dataset.voila !== undefined;
}

/** The name of a dashboard's page in the address of the browser's page. */
export class PageAddress {
  private static _owner: PageAddress | null = null;

  /** The address, for the first dashboard of a page that is Voila's; null for any other. */
  static take(): PageAddress | null {
    if (!isOwnPage() || PageAddress._owner) {
      return null;
    }
    PageAddress._owner = new PageAddress();
    return PageAddress._owner;
  }

  /** Give the address back. */
  release(): void {
    this._stop.abort();
    PageAddress._owner = null;
  }

  /** The page that the address names; empty for none. */
  get slug(): string {
    return new URL(window.location.href).searchParams.get(NAME) ?? '';
  }

  /** The address of a page. */
  hrefOf(slug: string): string {
    const url = new URL(window.location.href);
    url.searchParams.set(NAME, slug);
    return `${url.pathname}${url.search}`;
  }

  /** Say which page is shown: in a step of its own of the history, or in place of the last. */
  write(slug: string, how: 'push' | 'replace'): void {
    if (this.slug !== slug) {
      const href = this.hrefOf(slug);
      window.history[how === 'push' ? 'pushState' : 'replaceState'](null, '', href);
    }
  }

  /** Hear of the browser's way back and forward. */
  onMoved(call: (slug: string) => void): void {
    const { signal } = this._stop;
    window.addEventListener('popstate', () => call(this.slug), { signal });
  }

  private readonly _stop = new AbortController();
}
