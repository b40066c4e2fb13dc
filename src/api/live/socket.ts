import { URLExt } from '@jupyterlab/coreutils';
import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { Command } from './frames';

/** `idle`: nobody needs anything. `refused`: the login ended; only a new login helps. */
export type LiveState = 'idle' | 'connecting' | 'open' | 'lost' | 'refused';

const SESSION_ENDED = 4401;
const SHORTEST_WAIT = 500;
const LONGEST_WAIT = 8_000;
/** Seconds of silence after which the server says that it is there. */
const HEARTBEAT = 2;
/** A socket that was silent for so many milliseconds is dead: the loss is told in under 5 s. */
const PATIENCE = 4_500;
/** A timer that comes so much too late tells that the page itself stood still, not the server. */
const STOOD_STILL = 1_000;

/** Who hears what happens on the socket. */
export interface ISocketOwner {
  opened: () => void;
  closed: () => void;
  received: (message: string | ArrayBuffer) => void;
}

/**
 * The page's WebSocket: opened while it is needed, made anew after each loss.
 *
 * A cut network closes no socket. So the server is asked for a heartbeat, and a socket on which nothing came for
 * 4.5 seconds is given up.
 */
export class LiveSocket implements IDisposable {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    private readonly _owner: ISocketOwner
  ) {
    window.addEventListener('online', this._hurry);
    window.addEventListener('offline', this._drop);
    document.addEventListener('visibilitychange', this._seen);
  }

  get state(): LiveState {
    return this._state;
  }

  get stateChanged(): ISignal<this, LiveState> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Whether a socket is wanted at all. */
  set isNeeded(isNeeded: boolean) {
    this._isNeeded = isNeeded;
    if (!isNeeded) {
      this._hangUp();
      this._setState('idle');
    } else if (this._socket === null && this._timer === 0) {
      this._connect();
    }
  }

  /** Try again at once. */
  reconnect(): void {
    if (this._socket === null && this._isNeeded) {
      this._connect();
    }
  }

  /** Send a command, when the socket is open. */
  send(command: Command): void {
    if (this._socket !== null && this._state === 'open') {
      this._socket.send(JSON.stringify(command));
    }
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._isNeeded = false;
    window.removeEventListener('online', this._hurry);
    window.removeEventListener('offline', this._drop);
    document.removeEventListener('visibilitychange', this._seen);
    this._hangUp();
    this._setState('idle');
    Signal.clearData(this);
  }

  private _connect(): void {
    window.clearTimeout(this._timer);
    this._timer = 0;
    this._setState(this._state === 'lost' ? 'lost' : 'connecting');
    const socket = new this._settings.WebSocket(
      URLExt.join(this._settings.wsUrl, 'crispdm/api/live')
    );
    this._socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this._socket === socket && this._opened();
    socket.onmessage = event => this._socket === socket && this._receive(messageOf(event.data));
    socket.onclose = event => this._socket === socket && this._closed(event.code);
    // A slow server needs longer for the handshake than for a heartbeat: each try has more time than the last.
    this._listen(PATIENCE - SHORTEST_WAIT + this._wait);
  }

  private _opened(): void {
    this._wait = SHORTEST_WAIT;
    this._setState('open');
    this.send({ heartbeat: HEARTBEAT });
    this._owner.opened();
    this._listen(PATIENCE);
  }

  private _receive(message: string | ArrayBuffer): void {
    this._heard = performance.now();
    this._owner.received(message);
  }

  private _closed(code: number): void {
    window.clearTimeout(this._watch);
    this._socket = null;
    this._owner.closed();
    if (code === SESSION_ENDED) {
      this._setState('refused');
      return;
    }
    this._setState('lost');
    const jitter = 0.75 + Math.random() / 2;
    this._timer = window.setTimeout(() => this._connect(), this._wait * jitter);
    this._wait = Math.min(this._wait * 2, LONGEST_WAIT);
  }

  /** Give the socket up when nothing comes for so many milliseconds. */
  private _listen(patience: number): void {
    this._heard = performance.now();
    this._watchFor(patience, patience);
  }

  private _watchFor(wait: number, patience: number): void {
    window.clearTimeout(this._watch);
    const due = performance.now() + wait;
    this._watch = window.setTimeout(() => {
      const now = performance.now();
      const left = this._heard + patience - now;
      if (left > 0) {
        this._watchFor(left, patience);
      } else if (document.hidden || now > due + STOOD_STILL) {
        this._watchFor(patience, patience);
      } else {
        this._drop();
      }
    }, wait);
  }

  /** Close the socket for good. */
  private _hangUp(): void {
    window.clearTimeout(this._timer);
    window.clearTimeout(this._watch);
    this._timer = 0;
    this._socket?.close();
    this._socket = null;
    this._owner.closed();
  }

  private readonly _hurry = (): void => {
    if (!document.hidden && this._state === 'lost') {
      this.reconnect();
    }
  };

  /** Whoever looks at the page again wants to know soon whether it is alive. */
  private readonly _seen = (): void => {
    this._hurry();
    if (!document.hidden && this._state === 'open') {
      this._listen(PATIENCE);
    }
  };

  /** Give the socket up: it is not closed, but nothing comes through any more. */
  private readonly _drop = (): void => {
    const socket = this._socket;
    if (socket !== null) {
      this._closed(0);
      socket.close();
    }
  };

  private _setState(state: LiveState): void {
    if (state !== this._state) {
      this._state = state;
      this._stateChanged.emit(state);
    }
  }

  private readonly _stateChanged = new Signal<this, LiveState>(this);
  private _socket: WebSocket | null = null;
  private _state: LiveState = 'idle';
  private _isNeeded = false;
  /** When something came last. */
  private _heard = 0;
  private _timer = 0;
  private _watch = 0;
  private _wait = SHORTEST_WAIT;
  private _isDisposed = false;
}

function messageOf(data: unknown): string | ArrayBuffer {
  return data instanceof ArrayBuffer ? data : String(data);
}
