import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IFrame, ISubscribeOptions, ISubscription } from './subscription';
import { Subscription } from './subscription';

/** `idle`: nobody follows anything. `refused`: the login ended; only a new login helps. */
export type LiveState = 'idle' | 'connecting' | 'open' | 'lost' | 'refused';

const SESSION_ENDED = 4401;
const SHORTEST_WAIT = 500;
const LONGEST_WAIT = 8_000;
/** A quiet socket is doubted after this time, and the server gets as long again to answer: in all, under 5 s. */
const QUIET = 2_000;

/** What a test replaces. */
export interface ILiveOptions {
  settings?: ServerConnection.ISettings;
  /** Rejects when the server does not answer within the milliseconds given. */
  health?: (milliseconds: number) => Promise<void>;
}

/**
 * The one WebSocket of the page. Views follow topics on it; it goes on where it was after each loss.
 *
 * It is open while somebody follows something. A cut network closes no socket, so a quiet one is
 * checked by a small request.
 */
export class LiveClient implements IDisposable {
  constructor(options: ILiveOptions = {}) {
    this._settings = options.settings ?? ServerConnection.makeSettings();
    this._health = options.health ?? (() => Promise.resolve());
    window.addEventListener('online', this._hurry);
    window.addEventListener('offline', this._drop);
    document.addEventListener('visibilitychange', this._hurry);
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

  /** Follow a topic. One follower a topic: views share the model that follows it. */
  subscribe<T>(topic: string, options: ISubscribeOptions<T>): ISubscription {
    if (this._topics.has(topic)) {
      throw new Error(`The topic '${topic}' is followed already: share its model.`);
    }
    const send = (command: object): void => this._send(command);
    const subscription = new Subscription<T>(topic, options, send, () => this._leave(topic));
    this._topics.set(topic, subscription as Subscription<unknown>);
    if (this._isOpen()) {
      subscription.join();
    } else if (this._socket === null && this._timer === 0) {
      this._connect();
    }
    return subscription;
  }

  /** Try again at once. */
  reconnect(): void {
    if (this._socket === null && this._topics.size > 0) {
      this._connect();
    }
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.removeEventListener('online', this._hurry);
    window.removeEventListener('offline', this._drop);
    document.removeEventListener('visibilitychange', this._hurry);
    this._topics.clear();
    this._hangUp();
    this._setState('idle');
    Signal.clearData(this);
  }

  private _connect(): void {
    window.clearTimeout(this._timer);
    this._timer = 0;
    this._setState(this._state === 'lost' ? 'lost' : 'connecting');
    const url = URLExt.join(this._settings.wsUrl, 'crispdm/api/live');
    const socket = new this._settings.WebSocket(url);
    this._socket = socket;
    this._leaving.clear();
    socket.onopen = () => this._socket === socket && this._opened();
    socket.onmessage = event => this._socket === socket && this._receive(String(event.data));
    socket.onclose = event => this._socket === socket && this._closed(event.code);
    this._doubt();
  }

  private _opened(): void {
    this._wait = SHORTEST_WAIT;
    this._setState('open');
    this._topics.forEach(subscription => subscription.join());
    this._doubt();
  }

  private _receive(text: string): void {
    this._doubt();
    const frame = JSON.parse(text) as IFrame;
    const left = this._leaving.get(frame.topic) ?? 0;
    if (frame.left) {
      this._leaving.set(frame.topic, left - 1);
    } else if (left === 0) {
      this._topics.get(frame.topic)?.receive(frame);
    }
  }

  private _closed(code: number): void {
    window.clearTimeout(this._doubtTimer);
    this._socket = null;
    if (code === SESSION_ENDED) {
      this._setState('refused');
      return;
    }
    this._setState('lost');
    const jitter = 0.75 + Math.random() / 2;
    this._timer = window.setTimeout(() => this._connect(), this._wait * jitter);
    this._wait = Math.min(this._wait * 2, LONGEST_WAIT);
  }

  /** Check the server when the socket has been quiet for a while. */
  private _doubt(): void {
    window.clearTimeout(this._doubtTimer);
    const socket = this._socket;
    this._doubtTimer = window.setTimeout(() => void this._check(socket), QUIET);
  }

  private async _check(socket: WebSocket | null): Promise<void> {
    try {
      if (!document.hidden) {
        await this._health(QUIET);
      }
      if (this._socket === socket && socket !== null) {
        this._doubt();
      }
    } catch {
      if (this._socket === socket) {
        this._drop();
      }
    }
  }

  private _send(command: object): void {
    if (this._isOpen()) {
      this._socket?.send(JSON.stringify(command));
    }
  }

  private _leave(topic: string): void {
    this._topics.delete(topic);
    if (this._isOpen()) {
      this._leaving.set(topic, (this._leaving.get(topic) ?? 0) + 1);
      this._send({ unsubscribe: topic });
    }
    if (this._topics.size === 0) {
      this._hangUp();
      this._setState('idle');
    }
  }

  private _isOpen(): boolean {
    return this._socket !== null && this._state === 'open';
  }

  /** Close the socket for good. */
  private _hangUp(): void {
    window.clearTimeout(this._timer);
    window.clearTimeout(this._doubtTimer);
    this._timer = 0;
    this._socket?.close();
    this._socket = null;
  }

  private readonly _hurry = (): void => {
    if (!document.hidden && this._state === 'lost') {
      this.reconnect();
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

  private readonly _settings: ServerConnection.ISettings;
  private readonly _health: (milliseconds: number) => Promise<void>;
  private readonly _topics = new Map<string, Subscription<unknown>>();
  /** How many goodbyes of a topic the server has not answered: until then its frames are for nobody. */
  private readonly _leaving = new Map<string, number>();
  private readonly _stateChanged = new Signal<this, LiveState>(this);
  private _socket: WebSocket | null = null;
  private _state: LiveState = 'idle';
  private _timer = 0;
  private _doubtTimer = 0;
  private _wait = SHORTEST_WAIT;
  private _isDisposed = false;
}
