import type { Visitor } from '../../api/state';
import type { IPlace, IPlaceSource } from '../../tokens/state';

const KEPT = 'crispdm-following';

/** What is known of a leader: each page of theirs has a session of its own. */
interface IKnown {
  readonly session: string;
  readonly user: string;
  readonly since: string;
}

const NOBODY: IKnown = { session: '', user: '', since: '' };

/** Whom this page follows; remembered while the browser's tab goes from page to page. */
export class Leader {
  get session(): string {
    return this._known.session;
  }

  /** Follow somebody; nothing more is known of one who is not here. */
  follow(session: string, visitor?: Visitor): void {
    const { user = '', since = '' } = visitor ?? {};
    this._known = { session, user, since };
    this._last = null;
    this._remember();
  }

  /** Go on with whom the last page of this tab followed. */
  recall(): void {
    this._known = remembered();
  }

  /** The page that somebody has opened in the place of the one that was followed and is gone. */
  successor(visitors: Iterable<Visitor>): Visitor | null {
    const { user, since } = this._known;
    const later = [...visitors].filter(one => user && one.user === user && one.since > since);
    return later.sort((a, b) => a.since.localeCompare(b.since)).at(-1) ?? null;
  }

  /** Go where they have gone since the last time; nowhere while nobody is to know where they are. */
  take(visitor: Visitor, source: IPlaceSource): void {
    if (this._known.user !== visitor.user) {
      this._known = { session: visitor.session, user: visitor.user, since: visitor.since };
      this._remember();
    }
    const { page, title, tab, scroll } = visitor;
    const place = { page, title, tab, scroll };
    if (page && !isSame(place, this._last)) {
      this._last = place;
      source.go(place);
    }
  }

  private _remember(): void {
    if (this.session) {
      storage()?.setItem(KEPT, JSON.stringify(this._known));
    } else {
      storage()?.removeItem(KEPT);
    }
  }

  private _known: IKnown = NOBODY;
  private _last: IPlace | null = null;
}

function isSame(a: IPlace, b: IPlace | null): boolean {
  return b !== null && a.page === b.page && a.tab === b.tab && a.scroll === b.scroll;
}

function remembered(): IKnown {
  try {
    return { ...NOBODY, ...(JSON.parse(storage()?.getItem(KEPT) ?? '{}') as Partial<IKnown>) };
  } catch {
    return NOBODY;
  }
}

/** The tab's own storage; null where the browser keeps it shut. */
function storage(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}
