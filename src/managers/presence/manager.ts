import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import type { ApiClient, IFollower, LiveClient } from '../../api';
import { TableFold } from '../../api';
import type { PresenceFact, Visitor } from '../../api/state';
import { newId, PresenceApi } from '../../api/state';
import type { IMove, IPlaceSource, IPresence } from '../../tokens/state';
import { Facts } from '../basics/facts';
import { Leader } from './leader';
import { Reporter } from './reporter';

const TOPIC = 'presence';
/** Seconds between two facts for those who look, and for who follows somebody. */
const LOOKING = 0.1;
const FOLLOWING = 0.05;

/** Milliseconds that somebody may take from one page to the next. */
const PATIENCE = 15_000;

type Fold = TableFold<Visitor, PresenceFact>;

/** Who is here, and where; this page tells of itself as long as something says where it is. */
export class PresenceManager extends Facts implements IPresence {
  constructor(
    api: ApiClient,
    private readonly _live: LiveClient,
    readonly session: string = newId()
  ) {
    super();
    this._api = new PresenceApi(api);
    this._reporter = new Reporter(
      word => this._api.say(session, word),
      visitor => this._said(visitor)
    );
    this.own(this._followed(false, LOOKING));
    window.addEventListener('pagehide', this._leave);
    window.addEventListener('pageshow', this._comeBack);
    document.addEventListener('visibilitychange', this._comeBack);
  }

  get me(): Visitor | null {
    return this._visitors.get(this.session) ?? this._me;
  }

  get others(): readonly Visitor[] {
    const others = [...this._visitors.values()].filter(({ session }) => session !== this.session);
    return others.sort((a, b) => a.user.localeCompare(b.user) || a.since.localeCompare(b.since));
  }

  get here(): readonly Visitor[] {
    const place = this._source?.place;
    return place
      ? this.others.filter(({ page, tab }) => page === place.page && tab === place.tab)
      : [];
  }

  get following(): string {
    return this._leader.session;
  }

  show(period: number | null = LOOKING): IFollower {
    return this._followed(true, period);
  }

  move(move: IMove): void {
    this._reporter.change(move);
  }

  follow(session: string): void {
    if (session === this.following) {
      return;
    }
    this._leader.follow(session, this._visitors.get(session));
    this._watch();
    this._goAlong();
    this.emitChanged();
  }

  locate(source: IPlaceSource): IDisposable {
    this._sources.push(source);
    source.moved.connect(this._onMoved, this);
    this._onMoved();
    this._reporter.start();
    if (!this.following) {
      this._leader.recall();
      this._watch();
    }
    return new DisposableDelegate(() => this._forget(source));
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._leave();
      this._watched?.dispose();
      window.clearTimeout(this._missed);
      window.removeEventListener('pagehide', this._leave);
      window.removeEventListener('pageshow', this._comeBack);
      document.removeEventListener('visibilitychange', this._comeBack);
      this._sources.forEach(source => source.moved.disconnect(this._onMoved, this));
      super.dispose();
    }
  }

  private _followed(isVisible: boolean, period: number | null): IFollower {
    return this._live.follow(TOPIC, {
      fold: (): Fold =>
        new TableFold(
          ({ session }) => session,
          ({ visitors, visitor, left }) => ({ whole: visitors, changed: visitor, deleted: left })
        ),
      need: { isVisible, period },
      // The follower that is there from the start tells for all.
      onData: (fold: Fold) => !isVisible && this._heard(fold.rows),
      onError: this.refused
    });
  }

  private _heard(visitors: ReadonlyMap<string, Visitor>): void {
    this._visitors = visitors;
    this._goAlong();
    this.arrived();
  }

  /** Have facts come as long as somebody is followed. */
  private _watch(): void {
    window.clearTimeout(this._missed);
    this._missed = undefined;
    this._watched?.dispose();
    this._watched = this.following ? this._followed(true, FOLLOWING) : null;
  }

  /** Be where the colleague is who is followed. */
  private _goAlong(): void {
    const leader = this._visitors.get(this.following);
    if (leader) {
      window.clearTimeout(this._missed);
      this._missed = undefined;
      if (this._source) {
        this._leader.take(leader, this._source);
      }
    } else if (this.following) {
      this._miss();
    }
  }

  /** Who goes to another page is gone for a moment, and then here with another session. */
  private _miss(): void {
    const next = this._leader.successor(this._visitors.values());
    if (next) {
      this.follow(next.session);
    } else {
      this._missed ??= window.setTimeout(() => this.follow(''), PATIENCE);
    }
  }

  private _said(visitor: Visitor): void {
    const isNew = this._me === null;
    this._me = visitor;
    if (isNew) {
      this.emitChanged();
    }
  }

  private _onMoved(): void {
    if (this._source) {
      this._reporter.change(this._source.place);
      this.emitChanged();
    }
  }

  private _forget(source: IPlaceSource): void {
    source.moved.disconnect(this._onMoved, this);
    this._sources.splice(this._sources.indexOf(source), 1);
    if (this._source) {
      this._onMoved();
    } else {
      this._leave();
    }
  }

  private readonly _leave = (): void => {
    if (this._reporter.isRunning) {
      this._reporter.stop();
      this._api.leave(this.session, this._reporter.visit).catch(() => undefined); // then it is forgotten in a moment
    }
  };

  /** A page that a browser kept, or that was hidden for long, is here again. */
  private readonly _comeBack = (): void => {
    if (this._source && !document.hidden) {
      this._reporter.start();
      this._reporter.repeat();
    }
  };

  private get _source(): IPlaceSource | undefined {
    return this._sources.at(-1);
  }

  private readonly _api: PresenceApi;
  private readonly _reporter: Reporter;
  private readonly _leader = new Leader();
  private readonly _sources: IPlaceSource[] = [];
  private _visitors: ReadonlyMap<string, Visitor> = new Map();
  private _watched: IFollower | null = null;
  private _me: Visitor | null = null;
  private _missed: number | undefined;
}
