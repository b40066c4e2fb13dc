import type { Text } from 'yjs';
import {
  applyUpdate,
  decodeStateVector,
  Doc,
  encodeStateAsUpdate,
  encodeStateVector,
  encodeStateVectorFromUpdate
} from 'yjs';
import type { IFold, LiveClient } from '../../api';
import { messageOf } from '../../api';
import type { StateApi, TextFact } from '../../api/state';
import { fromBase64, toBase64 } from '../../api/state';
import type { ISharedText } from '../../tokens/state';
import { Facts } from '../basics/facts';
import { Outbox } from './outbox';
import { isPassing, Pace } from './pace';

const PERIOD = 50;
/** What a browser lets a page send that goes, less something for the rest of the request. */
const LEAVING_BYTES = 60_000;

/**
 * A text that several people write at once.
 *
 * What is written here goes into the outbox and is posted, at most 20 times a second, until the server has answered
 * that it has it. What others write comes by the topic. After a new beginning of the topic, and where an answer says
 * that something is missing, the server is sent what it lacks.
 */
export class SharedTextModel extends Facts implements ISharedText {
  constructor(
    private readonly _api: StateApi,
    private readonly _live: LiveClient,
    readonly key: string,
    private readonly _session: string
  ) {
    super();
    this.text = this.doc.getText('text');
    this.doc.on('update', this._onUpdate);
    this.own(
      _live.follow(`state/${key}/text`, {
        fold: () => new TextFold(this.doc, () => void this._compare()),
        onData: () => (this.isReady && !this.error ? undefined : this.arrived()),
        onError: this.refused
      })
    );
    _live.stateChanged.connect(this._onState, this);
    window.addEventListener('pagehide', this._leave);
  }

  readonly doc = new Doc();
  readonly text: Text;

  get isConnected(): boolean {
    return this._live.state === 'open';
  }

  get isSaved(): boolean {
    return this._outbox.isEmpty;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._leave();
      window.removeEventListener('pagehide', this._leave);
      window.clearTimeout(this._timer);
      this._live.stateChanged.disconnect(this._onState, this);
      super.dispose();
      this.doc.destroy();
    }
  }

  private readonly _onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin !== SERVER) {
      const wasSaved = this.isSaved;
      this._outbox.add(update);
      this._plan();
      if (wasSaved) {
        this.emitChanged();
      }
    }
  };

  private _onState(): void {
    if (this.isConnected) {
      this._pace.hurry();
      window.clearTimeout(this._timer);
      this._timer = undefined;
      this._plan();
    }
    this.emitChanged();
  }

  private _plan(): void {
    const isIdle = this._timer === undefined && !this._isSending;
    if (isIdle && !this._outbox.isEmpty && !this.isDisposed) {
      this._timer = window.setTimeout(() => void this._send(), this._pace.wait);
    }
  }

  /** Post all that waits. Never rejects. */
  private async _send(isLeaving = false): Promise<void> {
    this._timer = undefined;
    const { update, settled } = this._outbox.take();
    const own = this._ownClock;
    this._isSending = true;
    this._pace.begin();
    try {
      const isKept = isLeaving && update.length < LEAVING_BYTES / 2;
      const { state } = await this._api.write(this.key, toBase64(update), this._session, isKept);
      settled();
      this._pace.succeeded();
      this._check(state, own);
      this._settled('');
    } catch (error) {
      this._pace.failed();
      this._settled(isPassing(error) ? '' : messageOf(error));
    }
  }

  /** What a refused text lacks cannot be mended by sending it again: the next change is tried. */
  private _settled(refusal: string): void {
    this._isSending = false;
    if (refusal) {
      this.refused({ message: refusal, reason: '', code: '', details: {} });
      return;
    }
    if (this._outbox.isEmpty) {
      this.arrived();
    }
    this._plan();
  }

  /** An update that builds on something which the server has lost waits there: send all that it lacks. */
  private _check(state: string, own: number): void {
    const known = decodeStateVector(fromBase64(state)).get(this.doc.clientID) ?? 0;
    if (known < own) {
      this._outbox.add(encodeStateAsUpdate(this.doc, fromBase64(state)));
    }
  }

  /** The topic began anew: give the server what it has not. */
  private async _compare(): Promise<void> {
    if (this._ownClock === 0 || this.isDisposed) {
      return; // nothing was ever written here
    }
    try {
      const { update } = await this._api.text(this.key);
      const state = encodeStateVectorFromUpdate(fromBase64(update));
      if (lacks(decodeStateVector(state), decodeStateVector(encodeStateVector(this.doc)))) {
        this._outbox.add(encodeStateAsUpdate(this.doc, state));
        this._plan();
      }
    } catch (error) {
      console.warn('What the server lacks of a text could not be found out.', error);
    }
  }

  /** How much was written in this page. */
  private get _ownClock(): number {
    return decodeStateVector(encodeStateVector(this.doc)).get(this.doc.clientID) ?? 0;
  }

  private readonly _leave = (): void => {
    if (!this._outbox.isEmpty) {
      window.clearTimeout(this._timer);
      void this._send(true);
    }
  };

  private readonly _outbox = new Outbox();
  private readonly _pace = new Pace(PERIOD);
  private _timer: number | undefined;
  private _isSending = false;
}

/** Where a change comes from that need not be sent. */
const SERVER = Symbol('server');

/** Takes over what others wrote. Nothing is dropped when the updates are numbered anew. */
class TextFold implements IFold<TextFact> {
  constructor(
    private readonly _doc: Doc,
    private readonly _onAnew: () => void
  ) {}

  take({ updates = [] }: TextFact, isAnew: boolean): void {
    updates.forEach(update => applyUpdate(this._doc, fromBase64(update), SERVER));
    if (isAnew && this._wasTold) {
      this._onAnew();
    }
    this._wasTold = true;
  }

  private _wasTold = false;
}

/** Whether somebody wrote here what is not there. */
function lacks(there: ReadonlyMap<number, number>, here: ReadonlyMap<number, number>): boolean {
  return [...here].some(([client, clock]) => (there.get(client) ?? 0) < clock);
}
