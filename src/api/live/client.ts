import { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IFollower, IFollowOptions } from './coordinator';
import { Coordinator } from './coordinator';
import type { IFold } from './folds';
import { readFrame } from './frames';
import { readPacked } from './packed';
import type { LiveState } from './socket';
import { LiveSocket } from './socket';

/** A page that is hidden no longer than this keeps all that it follows. */
const HIDDEN_FOR_GOOD = 10_000;

/** The live facts of a page: one socket, on which each topic is followed once, whoever needs it. */
export class LiveClient implements IDisposable {
  constructor(settings: ServerConnection.ISettings = ServerConnection.makeSettings()) {
    this._coordinator = new Coordinator({
      send: command => this._socket.send(command),
      onDemand: isNeeded => {
        this._socket.isNeeded = isNeeded;
      }
    });
    this._socket = new LiveSocket(settings, {
      opened: () => this._coordinator.opened(),
      closed: () => this._coordinator.closed(),
      received: message => this._receive(message)
    });
    this._socket.stateChanged.connect(this._onState, this);
    document.addEventListener('visibilitychange', this._onVisibility);
  }

  get state(): LiveState {
    return this._socket.state;
  }

  get stateChanged(): ISignal<this, LiveState> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._socket.isDisposed;
  }

  /** Follow a topic; see `Coordinator`. */
  follow<F extends IFold<D>, D>(topic: string, options: IFollowOptions<F, D>): IFollower {
    return this._coordinator.follow(topic, options);
  }

  /** Try again at once. */
  reconnect(): void {
    this._socket.reconnect();
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    window.clearTimeout(this._timer);
    document.removeEventListener('visibilitychange', this._onVisibility);
    this._coordinator.clear();
    this._socket.dispose();
    Signal.clearData(this);
  }

  private _receive(message: string | ArrayBuffer): void {
    const frame =
      typeof message === 'string'
        ? readFrame(message)
        : readPacked(message, key => this._coordinator.topicOf(key));
    if (frame !== null) {
      this._coordinator.receive(frame);
    }
  }

  private _onState(_: LiveSocket, state: LiveState): void {
    this._stateChanged.emit(state);
  }

  private readonly _onVisibility = (): void => {
    window.clearTimeout(this._timer);
    if (document.hidden) {
      this._timer = window.setTimeout(() => {
        this._coordinator.isPageVisible = false;
      }, HIDDEN_FOR_GOOD);
    } else {
      this._coordinator.isPageVisible = true;
    }
  };

  private readonly _coordinator: Coordinator;
  private readonly _socket: LiveSocket;
  private readonly _stateChanged = new Signal<this, LiveState>(this);
  private _timer = 0;
}
