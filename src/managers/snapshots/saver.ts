import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { ApiError, messageOf } from '../../api';
import type { Merged, SnapshotChange } from '../../api';
import type { ISending } from '../../api/snapshots';
import type { IPageSaver, SaveState } from '../../tokens/snapshots';

/** Sends a change of a page. */
export type Send = (change: SnapshotChange, sending: ISending) => Promise<Merged>;

const A_SECOND = 1000;
const LONGEST_PAUSE = 30_000;
/** What a browser lets a page send that goes, less something for the rest of the request. */
const LEAVING_BYTES = 60_000;
/** The page was forgotten since: what a page that is older says must not bring it back. */
const FORGOTTEN = 409;
const REFUSED = new Set([400, 413, 422]);

/** Fields that go in one request; those that are small arrive though their page is gone. */
interface IPart {
  readonly fields: ReadonlyMap<string, unknown>;
  readonly isSmall: boolean;
}

/** What was sent together: what of it is not answered, the names of all of it, and whether its page was going. */
interface IUnderWay {
  readonly left: Map<string, unknown>;
  readonly names: ReadonlySet<string>;
  readonly stop: AbortController;
  readonly isLeaving: boolean;
}

/**
 * Saves the fields of one page as they change.
 *
 * One request is on its way at a time and at least a second passes between two, whatever is dragged. What a request
 * carried that failed is sent again with the next, unless it has changed since. It counts by the time of the page: the
 * clock of the day may be set back.
 */
export class PageSaver implements IPageSaver {
  constructor(
    private readonly _send: Send,
    private _revision: number | null
  ) {}

  get state(): SaveState {
    return this._state;
  }

  get others(): ReadonlyMap<string, unknown> {
    return this._others;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** The newest revision that this page knows of. */
  get revision(): number | null {
    return this._revision;
  }

  change(field: string, value: unknown): void {
    if (this._isDisposed || this._isForgotten) {
      return;
    }
    this._dirty.set(field, value);
    this._others.delete(field); // this one is the newer now
    this._say({ kind: 'saving' });
    this._plan();
  }

  flush(isLeaving = false): void {
    if (isLeaving) {
      this._leave();
    } else if (this._dirty.size > 0 && !this._underWay) {
      this._begin();
    }
  }

  dismissOthers(): void {
    this._others.clear();
    this._changed.emit();
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._leave();
      this._isDisposed = true;
      window.clearTimeout(this._timer);
      Signal.clearData(this);
    }
  }

  /** Send what is there as soon as a second has passed since the last time, or the pause after a failure. */
  private _plan(): void {
    if (this._underWay || this._timer !== undefined || this._dirty.size === 0) {
      return;
    }
    const wait = Math.max(0, this._began + Math.max(A_SECOND, this._pause) - performance.now());
    this._timer = window.setTimeout(() => this._begin(), wait);
  }

  private _begin(): void {
    const sent = new Map(this._dirty);
    this._start(sent, [{ fields: sent, isSmall: false }], false);
  }

  /**
   * Send everything that is not known to have arrived, also what is on its way: of that nobody could say afterwards
   * whether it came after the rest. A page that goes says so more than once.
   */
  private _leave(): void {
    if (this._underWay?.isLeaving && this._dirty.size === 0) {
      return;
    }
    this._underWay?.stop.abort();
    const rest = new Map([...(this._underWay?.left ?? []), ...this._dirty]);
    this._underWay = null;
    this._start(rest, leaving(rest), true);
  }

  /** Send fields in one request or in several. Until all are answered no other begins, which might overtake them. */
  private _start(fields: Map<string, unknown>, parts: IPart[], isLeaving: boolean): void {
    window.clearTimeout(this._timer);
    this._timer = undefined;
    this._dirty.clear();
    if (parts.length === 0) {
      return;
    }
    this._began = performance.now();
    const stop = new AbortController();
    const underWay = { left: new Map(fields), names: new Set(fields.keys()), stop, isLeaving };
    this._underWay = underWay;
    void Promise.all(parts.map(part => this._deliver(part, underWay))).then(() => {
      if (this._underWay === underWay) {
        this._underWay = null;
        this._plan();
      }
    });
  }

  /** One request, and what becomes of it. Never rejects. */
  private async _deliver({ fields, isSmall }: IPart, underWay: IUnderWay): Promise<void> {
    const { left, names, stop, isLeaving } = underWay;
    const sending = { keepalive: isLeaving && isSmall, signal: stop.signal };
    try {
      const values = Object.fromEntries(fields);
      const merged = await this._send({ values, base: this._revision }, sending);
      fields.forEach((_, field) => left.delete(field));
      this._arrived(merged, names);
    } catch (error) {
      if (!stop.signal.aborted) {
        fields.forEach((_, field) => left.delete(field));
        this._failed(fields, error);
      }
    }
  }

  /** What one request of several changed is no news of another tab's, though the next is told of it. */
  private _arrived({ revision, others }: Merged, own: ReadonlySet<string>): void {
    this._pause = 0;
    this._revision = Math.max(revision, this._revision ?? 0);
    for (const [field, value] of Object.entries(others)) {
      if (!this._dirty.has(field) && !own.has(field)) {
        this._others.set(field, value);
      }
    }
    const isSaved = this._dirty.size === 0 && !this._underWay?.left.size;
    this._say({ kind: isSaved ? 'saved' : 'saving' });
  }

  /** Keep what was not saved for the next time, but for a field that the server will never take. */
  private _failed(sent: ReadonlyMap<string, unknown>, error: unknown): void {
    if (error instanceof ApiError && error.status === FORGOTTEN) {
      this._isForgotten = true;
      this._dirty.clear();
      this._say({ kind: 'failed', reason: messageOf(error) });
      return;
    }
    const refused = error instanceof ApiError && REFUSED.has(error.status);
    const field = refused ? error.field : null;
    const isOne = field !== null && sent.has(field);
    for (const [name, value] of sent) {
      const isHopeless = refused && (!isOne || name === field);
      if (!isHopeless && !this._dirty.has(name)) {
        this._dirty.set(name, value);
      }
    }
    this._pause = isOne ? 0 : Math.min(LONGEST_PAUSE, 2 * this._pause || 2 * A_SECOND);
    this._say({ kind: 'failed', reason: messageOf(error) });
  }

  private _say(state: SaveState): void {
    this._state = state;
    this._changed.emit();
  }

  private readonly _dirty = new Map<string, unknown>();
  private readonly _others = new Map<string, unknown>();
  private readonly _changed = new Signal<this, void>(this);
  private _underWay: IUnderWay | null = null;
  private _state: SaveState = { kind: 'saved' };
  private _timer: number | undefined;
  private _began = -A_SECOND;
  private _pause = 0;
  private _isDisposed = false;
  private _isForgotten = false;
}

/** What is sent while the page goes: small fields together, so that they arrive for sure, then the rest. */
function leaving(rest: ReadonlyMap<string, unknown>): IPart[] {
  const small = new Map<string, unknown>();
  const large = new Map<string, unknown>();
  let room = LEAVING_BYTES;
  for (const [field, value] of rest) {
    const size = new Blob([JSON.stringify([field, value])]).size;
    (size <= room ? small : large).set(field, value);
    room -= size <= room ? size : 0;
  }
  return [
    { fields: small, isSmall: true },
    { fields: large, isSmall: false }
  ].filter(({ fields }) => fields.size > 0);
}
